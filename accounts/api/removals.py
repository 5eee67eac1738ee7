"""The bin over REST: what was removed, bringing it back, and letting go of it."""

import datetime as dt

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.models import Removal
from accounts.selectors.removals import removals
from accounts.services import removals as service
from kam.lib.api_parameters import one_of, whole
from kam.lib.editing import Conflict
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .conflicts import ChangedMeanwhile


class InTheWay(APIException):
    """409: something hangs on the record, or stands in its place."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "in_the_way"


class RemovalSerializer(serializers.ModelSerializer):
    """``object``: the id that it had and will have again; ``rows``: how many of each kind are
    kept; ``until``: when it is let go."""

    noun = serializers.ChoiceField(list(service.NOUNS))
    object = serializers.IntegerField(source="object_id")
    rows = serializers.DictField(source="counts", child=serializers.IntegerField())
    until = serializers.SerializerMethodField()

    class Meta:
        model = Removal
        fields = ("id", "noun", "object", "title", "client", "person", "at", "until", "rows")
        read_only_fields = fields

    def get_until(self, row) -> dt.datetime:
        return row.at + dt.timedelta(days=settings.REMOVED_DAYS)


def removed(request, noun: str, row) -> Response:
    """Answer to ``DELETE`` of a record.  It needs the version that was read where rows have one:
    a corrected note has another id."""
    version = version_asked(request) if hasattr(row, "version") else None
    try:
        kept = service.remove(noun, row, version, request.user)
    except Conflict as conflict:
        raise ChangedMeanwhile(getattr(conflict.present, "version", 0)) from conflict
    except service.Kept as error:
        raise InTheWay(str(error)) from error
    return Response(RemovalSerializer(kept).data)


class RemovalList(ListAPIView):
    """What was removed and can be brought back by whoever asks."""

    serializer_class = RemovalSerializer
    filters = {"client": ("client", whole), "noun": ("noun", one_of(list(service.NOUNS)))}
    sorts = {"id": "pk", "at": "at"}

    def get_queryset(self):
        return removals().order_by("pk")


class RemovalDetail(APIView):
    """One removed record.  ``DELETE`` lets go of it for good."""

    @extend_schema(responses={200: RemovalSerializer})
    def get(self, request, pk):
        return Response(RemovalSerializer(find(Removal, pk=pk)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request, pk):
        service.destroy(find_editable(Removal, pk=pk), request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoredSerializer(serializers.Serializer):
    noun = serializers.ChoiceField(list(service.NOUNS))
    object = serializers.IntegerField()


class RemovalRestoration(APIView):
    """Bring a record back with all that went along, under the ids that they had."""

    @extend_schema(request=None, responses=RestoredSerializer)
    def post(self, request, pk):
        row = find_editable(Removal, pk=pk)
        try:
            restored = service.restore(row, request.user)
        except service.Kept as error:
            raise InTheWay(str(error)) from error
        return Response(RestoredSerializer({"noun": row.noun, "object": restored.pk}).data)
