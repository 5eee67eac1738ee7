"""Jobs over REST: list, one, and stopping one."""

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from kam.lib.api_parameters import one_of, phrase
from kam.lib.endpoints import Listing
from kam.lib.views import find_editable

from .models import Job
from .services import cancel


class JobSerializer(serializers.ModelSerializer):
    title = serializers.CharField(read_only=True)
    fraction = serializers.FloatField(read_only=True, allow_null=True)

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "title",
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "attempts",
            "done",
            "total",
            "fraction",
            "note",
            "result",
            "error",
        ]
        read_only_fields = fields


class JobViewSet(
    Listing, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    serializer_class = JobSerializer
    lookup_value_converter = "int"
    filters = {"status": ("status", one_of(Job.Status.values)), "kind": ("kind", phrase)}
    sorts = {"id": "pk", "created_at": "created_at"}

    def get_queryset(self):
        return Job.objects.all()

    @extend_schema(request=None, responses={202: JobSerializer})
    @action(detail=True, methods=["post"])
    def cancellation(self, request, pk=None):
        """Ask the job to stop: 202; 404 where it is not visible, 403 where it is not yours."""
        job = find_editable(Job, pk=pk)
        cancel(job)
        job.refresh_from_db()
        return Response(self.get_serializer(job).data, status=status.HTTP_202_ACCEPTED)
