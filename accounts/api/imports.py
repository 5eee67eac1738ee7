"""Imports and quarantine over REST: the same selectors as the page "Data"."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts.models import ImportBatch, QuarantinedRow
from accounts.selectors.imports import batches, waiting_rows
from kam.lib.api_parameters import one_of, phrase
from kam.lib.endpoints import ListAPIView, RetrieveAPIView


class ImportSerializer(serializers.ModelSerializer):
    asked_by = serializers.CharField(source="asked_by.name", default=None, read_only=True)

    class Meta:
        model = ImportBatch
        fields = ("id", "kind", "source", "filename", "sha256", "history", "asked_by", "at")
        read_only_fields = fields


class ImportReportSerializer(ImportSerializer):
    class Meta(ImportSerializer.Meta):
        fields = (*ImportSerializer.Meta.fields, "report")
        read_only_fields = fields


class WaitingRowSerializer(serializers.ModelSerializer):
    class Meta:
        model = QuarantinedRow
        fields = ("id", "batch", "source", "kind", "row", "date", "amount", "known_from", "data")
        read_only_fields = fields


class ImportList(ListAPIView):
    """Files taken in."""

    serializer_class = ImportSerializer
    filters = {"kind": ("kind", one_of(ImportBatch.Kind.values)), "source": ("source", phrase)}
    sorts = {"id": "pk", "at": "at"}

    def get_queryset(self):
        return batches()


class ImportDetail(RetrieveAPIView):
    """One file taken in, with the report that was given."""

    serializer_class = ImportReportSerializer

    def get_queryset(self):
        return batches()


class QuarantineList(ListAPIView):
    """Rows that name no client we know."""

    serializer_class = WaitingRowSerializer

    @extend_schema(parameters=[phrase("q", "Part of what names the client.")])
    def get(self, request):
        return self.list(request)

    def get_queryset(self):
        return waiting_rows(self.request.query_params.get("q", "")[:120])
