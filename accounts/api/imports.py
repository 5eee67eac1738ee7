"""Imports and quarantine over REST: the same selectors as the page "Data"."""

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client, ImportBatch, QuarantinedRow
from accounts.selectors.imports import batches, waiting_rows
from accounts.services import import_undo, quarantine
from kam.lib.api_parameters import one_of, phrase
from kam.lib.endpoints import APIView, ListAPIView, RetrieveAPIView
from kam.lib.views import find, find_editable


class ImportSerializer(serializers.ModelSerializer):
    asked_by = serializers.CharField(source="asked_by.name", default=None, read_only=True)

    class Meta:
        model = ImportBatch
        fields = (
            "id", "kind", "source", "filename", "sha256", "history", "asked_by", "at", "revocable",
            "undone_at",
        )  # fmt: skip
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


class EffectSerializer(serializers.Serializer):
    """``removed``: rows that go; ``restored``: rows that say again what they said before."""

    what = serializers.CharField()
    removed = serializers.IntegerField()
    restored = serializers.IntegerField()


class ObstacleClient(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ObstacleSerializer(serializers.Serializer):
    """Why it cannot be undone: ``later`` (the import ``batch`` goes first), ``edited``,
    ``depends``, ``undone`` or ``not_kept``."""

    code = serializers.ChoiceField(choices=import_undo.CODES)
    what = serializers.CharField()
    count = serializers.IntegerField()
    batch = serializers.IntegerField(source="batch.pk", default=None)
    clients = ObstacleClient(many=True)


class UndoSerializer(serializers.Serializer):
    """``job``: the job that undoes it, once that was asked for."""

    effects = EffectSerializer(many=True)
    obstacles = ObstacleSerializer(many=True)
    job = serializers.IntegerField(source="batch.undo_job_id", allow_null=True)


class ImportUndo(APIView):
    """What undoing an import would do; ``POST`` undoes it as a job."""

    @extend_schema(responses=UndoSerializer)
    def get(self, request, pk):
        return Response(UndoSerializer(import_undo.look(find(ImportBatch, pk=pk))).data)

    @extend_schema(request=None, responses={202: UndoSerializer})
    def post(self, request, pk):
        batch = find_editable(ImportBatch, pk=pk)
        found = import_undo.look(batch)
        try:
            import_undo.request(batch, request.user)
        except import_undo.Hindered as hindered:
            raise serializers.ValidationError(
                [_("The import cannot be undone; GET says what stands in its way.")],
                code="hindered",
            ) from hindered
        found.batch.undo_job_id = batch.undo_job_id
        return Response(UndoSerializer(found).data, status=status.HTTP_202_ACCEPTED)


class QuarantineList(ListAPIView):
    """Rows that name no client we know."""

    serializer_class = WaitingRowSerializer

    @extend_schema(parameters=[phrase("q", "Part of what names the client.")])
    def get(self, request):
        return self.list(request)

    def get_queryset(self):
        return waiting_rows(self.request.query_params.get("q", "")[:120])


def _rows() -> serializers.ListField:
    number = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    return serializers.ListField(child=number, allow_empty=False, max_length=quarantine.MOST)


class AssignmentSerializer(serializers.Serializer):
    """Rows in quarantine and the client they are about; of a document all lines are taken."""

    rows = _rows()
    client = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

    def validate_client(self, pk):
        client = Client.objects.filter(pk=pk).first()
        if client is None:
            raise serializers.ValidationError(_("There is no such client."))
        return client


class RefusedSerializer(serializers.Serializer):
    row = serializers.IntegerField()
    message = serializers.CharField()


class AssignedSerializer(serializers.Serializer):
    """``remembered``: whether the next file of the source finds the client by itself."""

    loaded = serializers.IntegerField()
    refused = RefusedSerializer(many=True)
    remembered = serializers.BooleanField()


class QuarantineAssignment(APIView):
    """Load rows as rows of a client, by the rules of their kind of file."""

    @extend_schema(request=AssignmentSerializer, responses=AssignedSerializer)
    def post(self, request):
        asked = AssignmentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            given = quarantine.give(**asked.validated_data, person=request.user)
        except ValidationError as error:
            raise serializers.ValidationError({"client": error.messages}) from error
        language = get_language() or ""
        refused = [{"row": row.row, "message": row.words(language)} for row in given.refused]
        return Response(
            {"loaded": given.loaded, "refused": refused, "remembered": given.remembered}
        )


class DiscardSerializer(serializers.Serializer):
    rows = _rows()
    reason = serializers.CharField(max_length=500)


class DiscardedSerializer(serializers.Serializer):
    discarded = serializers.IntegerField()


class QuarantineDiscard(APIView):
    """Put rows away for good, with a reason."""

    @extend_schema(request=DiscardSerializer, responses=DiscardedSerializer)
    def post(self, request):
        asked = DiscardSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response({"discarded": quarantine.discard(**asked.validated_data)})
