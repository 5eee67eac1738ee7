"""Exports over REST: ask for a list as a file, see how far it is, take it."""

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from kam.lib.endpoints import APIView, ListCreateAPIView, RetrieveAPIView
from kam.lib.navigation import may
from kam.lib.views import find

from . import services
from .models import Export
from .registry import lists


class ExportSerializer(serializers.ModelSerializer):
    """``state``: ``ready``, ``removed``, else how its job stands.  ``list``: see GET
    ``exports/lists/``; ``of``: the row that the list belongs to, as the client of its documents;
    ``query``: filters and sort as in the address of the page."""

    list = serializers.CharField(source="name", max_length=60)
    state = serializers.CharField(read_only=True)

    class Meta:
        model = Export
        fields = (
            "id", "list", "of", "query", "format", "at", "job", "state", "filename", "size", "rows",
        )  # fmt: skip
        read_only_fields = ("id", "at", "job", "filename", "size", "rows")
        extra_kwargs = {"query": {"max_length": services.LONGEST_QUERY}}


class ExportableSerializer(serializers.Serializer):
    """A list that can be exported."""

    name = serializers.CharField()
    title = serializers.CharField()
    page = serializers.CharField(source="route")


class ExportLists(APIView):
    """Which lists can be exported by whom asks."""

    @extend_schema(responses=ExportableSerializer(many=True))
    def get(self, request):
        found = [each for each in lists().values() if may(request.user, each.route)]
        return Response(ExportableSerializer(found, many=True).data)


class ExportList(ListCreateAPIView):
    """Exports asked for; ``POST`` asks for one, with the rights of whom asks."""

    serializer_class = ExportSerializer
    sorts = {"id": "pk", "at": "at"}

    def get_queryset(self):
        return Export.objects.select_related("job")

    @extend_schema(request=ExportSerializer, responses={201: ExportSerializer})
    def post(self, request):
        asked = ExportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = asked.validated_data
        try:
            row = services.request(
                request.user,
                found["name"],
                found["format"],
                found.get("query", ""),
                found.get("of"),
            )
        except Http404 as error:
            raise serializers.ValidationError({"list": [_("There is no such list.")]}) from error
        except services.OtherFormat as error:
            raise serializers.ValidationError({"format": [_("Not for this list.")]}) from error
        return Response(ExportSerializer(row).data, status=status.HTTP_201_CREATED)


class ExportDetail(RetrieveAPIView):
    """One export."""

    serializer_class = ExportSerializer

    def get_queryset(self):
        return Export.objects.select_related("job")


class ExportFile(APIView):
    """The file; 404 until it is ready, and once it has been removed."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiResponse(response=OpenApiTypes.BINARY)}
    )
    def get(self, request, pk):
        row = find(Export, pk=pk)
        return FileResponse(
            services.take(row, request.user), as_attachment=True, filename=row.filename,
            content_type="application/octet-stream",
        )  # fmt: skip
