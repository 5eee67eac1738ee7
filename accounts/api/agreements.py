"""Agreements and notices over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import (
    AgreedPrice,
    Agreement,
    AgreementFile,
    Client,
    Commitment,
    Notice,
    RebateStep,
)
from accounts.selectors import ledger
from accounts.selectors.agreements import whole
from accounts.selectors.people import people_beside
from accounts.services import agreement_state, agreements, notices
from accounts.services.clients import Conflict
from kam.lib.api_parameters import flag
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .removals import RemovalSerializer, removed


class CommitmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Commitment
        fields = ("family", "starts", "ends", "amount")


class PriceSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgreedPrice
        fields = ("product", "price")


class RebateStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = RebateStep
        fields = ("volume", "percent")


class FileSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgreementFile
        fields = ("id", "name", "size", "sha256", "brought_at")


class AgreementSerializer(serializers.ModelSerializer):
    """An agreement; a part that is sent replaces what was there.  Writing needs ``version``."""

    commitments = CommitmentSerializer(many=True, required=False)
    prices = PriceSerializer(many=True, required=False)
    rebate_steps = RebateStepSerializer(many=True, required=False)
    files = FileSerializer(many=True, read_only=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Agreement
        fields = (
            "id", "client", *agreements.FIELDS, "previous", "commitments", "prices",
            "rebate_steps", "files", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("previous", "created_at")
        validators = ()

    def get_fields(self):
        fields = super().get_fields()
        if self.instance is not None:
            fields["client"] = serializers.PrimaryKeyRelatedField(read_only=True)
        else:
            fields["client"].queryset = Client.objects.all()
        fields["owner"].queryset = people_beside(current())
        return fields

    def validate(self, data):
        whole_row = {
            name: data.get(name, getattr(self.instance, name, None)) for name in agreements.FIELDS
        }
        parts = {
            name: data[name]
            if name in data
            else agreements.part_values(self.instance, name)
            if self.instance is not None
            else []
            for name in agreements.PARTS
        }
        wrong = agreements.check_parts(whole_row, parts)
        if wrong:
            raise serializers.ValidationError({name: [text] for name, text in wrong.items()})
        return data

    def taken_apart(self) -> tuple[dict, dict]:
        """(values, parts) of what was sent."""
        values = dict(self.validated_data)
        values.pop("version", None)
        parts = {}
        for name in agreements.PARTS:
            if name in values:
                names = [f.name for f in agreements.PARTS[name]._meta.concrete_fields]
                blank = {n: None for n in names if n == "family"}
                parts[name] = [{**blank, **row} for row in values.pop(name)]
        return values, parts


class AgreementList(ListAPIView):
    """Agreements; ``?client=ID`` narrows them, ``?holds=1`` to those in force today."""

    serializer_class = AgreementSerializer
    filters = OF_CLIENT
    sorts = {"id": "pk", "starts": "starts"}

    def get_queryset(self):
        rows = whole().order_by("pk")
        if self.request.query_params.get("holds") == "1":
            day = today()
            rows = rows.filter(starts__lte=day).exclude(ends__lt=day).exclude(ended_on__lt=day)
        return rows

    @extend_schema(parameters=[flag("holds")])
    def get(self, request):
        return self.list(request)

    @extend_schema(request=AgreementSerializer, responses={201: AgreementSerializer})
    def post(self, request):
        asked = AgreementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values, parts = asked.taken_apart()
        client = find_editable(Client, pk=values.pop("client").pk)
        return _written(
            lambda: agreements.create(client, values, parts, request.user),
            status.HTTP_201_CREATED,
        )


def _written(write, code=status.HTTP_200_OK) -> Response:
    try:
        row = write()
    except Conflict as conflict:
        raise ChangedMeanwhile(conflict.present.version) from conflict
    except agreements.ValidationError as error:
        raise serializers.ValidationError(error.messages) from error
    return Response(AgreementSerializer(find(Agreement, queryset=whole(), pk=row.pk)).data, code)


class AgreementDetail(APIView):
    """One agreement; writing needs the version that was read, or answers 428."""

    @extend_schema(responses=AgreementSerializer)
    def get(self, request, pk):
        return Response(AgreementSerializer(find(Agreement, queryset=whole(), pk=pk)).data)

    @extend_schema(request=AgreementSerializer, responses=AgreementSerializer)
    def patch(self, request, pk):
        find_editable(Agreement, pk=pk)
        row = find(Agreement, queryset=whole(), pk=pk)
        asked = AgreementSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values, parts = asked.taken_apart()
        version = version_asked(request)
        return _written(
            lambda: agreements.change(
                row, values, parts, row.version if version is None else version
            )
        )

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "agreement", find_editable(Agreement, pk=pk))


class ProgressSerializer(serializers.Serializer):
    agreement = serializers.IntegerField(source="commitment.agreement_id")
    family = serializers.CharField(source="commitment.family.name", default=None)
    starts = serializers.DateField(source="commitment.starts")
    ends = serializers.DateField(source="commitment.ends")
    committed = serializers.DecimalField(18, 2, source="commitment.amount")
    taken = serializers.DecimalField(18, 2)
    expected = serializers.DecimalField(18, 2)
    forecast = serializers.DecimalField(18, 2, allow_null=True)
    state = serializers.CharField()


class EarnedSerializer(serializers.Serializer):
    start = serializers.DateField()
    end = serializers.DateField()
    volume = serializers.DecimalField(18, 2)
    amount = serializers.DecimalField(18, 2)
    percent = serializers.DecimalField(5, 2, allow_null=True)
    next_volume = serializers.DecimalField(18, 2, allow_null=True)
    next_percent = serializers.DecimalField(5, 2, allow_null=True)


class StateSerializer(serializers.Serializer):
    agreement = serializers.IntegerField(source="agreement.pk")
    number = serializers.CharField(source="agreement.number")
    phase = serializers.CharField()
    days_left = serializers.IntegerField(allow_null=True)
    commitments = ProgressSerializer(many=True)
    earned = EarnedSerializer(allow_null=True)


class ClientAgreements(APIView):
    """How a client's agreements stand today: phase, committed against taken, rebate earned."""

    @extend_schema(responses=StateSerializer(many=True))
    def get(self, request, pk):
        client = find(Client, pk=pk)
        day = today()
        states = agreement_state.states_of(ledger.legal_entities(client, day), day)
        return Response(StateSerializer(states, many=True).data)


class ToldSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="row.pk")
    kind = serializers.CharField(source="row.kind")
    client = serializers.IntegerField(source="row.client_id", allow_null=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField(source="row.created_at")


class NoticeList(APIView):
    """What the product has told the person and they have not seen yet."""

    @extend_schema(responses=ToldSerializer(many=True))
    def get(self, request):
        return Response(ToldSerializer(notices.unseen_of(request.user), many=True).data)


class NoticeSeen(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request, pk):
        notices.see(find_editable(Notice, pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)
