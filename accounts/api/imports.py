"""Imports and quarantine over REST: the same selectors as the page "Data"."""

from rest_framework import generics, serializers

from accounts.models import ImportBatch, QuarantinedRow
from accounts.selectors.imports import batches, waiting_rows


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


class ImportList(generics.ListAPIView):
    """Files taken in."""

    serializer_class = ImportSerializer

    def get_queryset(self):
        return batches()


class ImportDetail(generics.RetrieveAPIView):
    """One file taken in, with the report that was given."""

    serializer_class = ImportReportSerializer

    def get_queryset(self):
        return batches()


class QuarantineList(generics.ListAPIView):
    """Rows that name no client we know."""

    serializer_class = WaitingRowSerializer

    def get_queryset(self):
        return waiting_rows(self.request.query_params.get("q", "")[:120])
