"""Signals, health of relationships and quality of data over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.measures.data_quality import CHECKS
from accounts.measures.health import PARTS
from accounts.models import Client, HealthWeek, Problem, Severity, Signal
from accounts.selectors import health as fare
from accounts.services import problems, radar
from accounts.services.clients import Conflict
from accounts.services.radar_facts import watched
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .problems import ProblemSerializer
from .promises import _told


class SignalSerializer(serializers.ModelSerializer):
    """A deviation in the data of a client.  ``shown_on`` is empty while it is held back by the
    budget of the week, or because chance may explain it (``by_chance``); ``cleared_on``: when its
    cause was gone.  ``evidence``: numbers and days by the names of the detector."""

    class Meta:
        model = Signal
        fields = (
            "id", "client", "kind", "level", "chance", "revenue", "evidence", "state", "since",
            "seen_on", "shown_on", "by_chance", "snoozed_until", "reason", "problem", "settled_by",
            "settled_on", "cleared_on",
        )  # fmt: skip
        read_only_fields = fields


class SignalList(ListAPIView):
    """Signals of clients that one may see, those held back among them."""

    serializer_class = SignalSerializer
    filters = {
        **OF_CLIENT,
        "state": ("state", one_of(Signal.State.values)),
        "kind": ("kind", one_of([kind.value for kind in Problem.FOUND])),
        "level": ("level", whole),
    }
    sorts = {"id": "pk", "since": "since", "revenue": "revenue"}

    def get_queryset(self):
        return Signal.objects.order_by("pk")


class SignalDetail(APIView):
    """One signal with its evidence."""

    @extend_schema(responses=SignalSerializer)
    def get(self, request, pk):
        return Response(SignalSerializer(find(Signal, pk=pk)).data)


class TakenSerializer(serializers.Serializer):
    """``what`` and ``severity`` of the problem; the signal tells them where they are left out."""

    what = serializers.CharField(max_length=300, required=False)
    severity = serializers.ChoiceField(Severity.choices, required=False)


class SignalProblem(APIView):
    """Make a problem of a signal."""

    @extend_schema(request=TakenSerializer, responses={201: ProblemSerializer})
    def post(self, request, pk):
        signal = find_editable(Signal, pk=pk)
        asked = TakenSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            problem = problems.take(signal, request.user, asked.validated_data)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ProblemSerializer(problem).data, status=status.HTTP_201_CREATED)


class DismissalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class SignalDismissal(APIView):
    """Let a signal go; it is not raised anew until its cause has gone and come again."""

    @extend_schema(
        request=DismissalSerializer,
        responses=SignalSerializer,
        examples=sent(reason="They moved; orders go on in April."),
    )
    def post(self, request, pk):
        signal = find_editable(Signal, pk=pk)
        asked = DismissalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            problems.dismiss(signal, asked.validated_data["reason"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(SignalSerializer(signal).data)


class SnoozeSerializer(serializers.Serializer):
    """``until``: half a year ahead at most."""

    until = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class SignalSnooze(APIView):
    """Let a signal rest until a day."""

    @extend_schema(request=SnoozeSerializer, responses=SignalSerializer)
    def post(self, request, pk):
        signal = find_editable(Signal, pk=pk)
        asked = SnoozeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            problems.snooze(signal, said["until"], said["reason"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(SignalSerializer(signal).data)


class HealthWeekSerializer(serializers.ModelSerializer):
    """A week as it was computed then.  ``parts``: value 0–100 (null: not known), weight and the
    numbers behind it; ``score`` is null where less than two fifths of the weights were known."""

    class Meta:
        model = HealthWeek
        fields = ("week", "score", "coverage", "parts", "computed_at")
        read_only_fields = fields


class ClientHealthSerializer(serializers.Serializer):
    """``quality``: how well the client is written down, 0–100, and what is missing."""

    weeks = HealthWeekSerializer(many=True)
    quality = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField())


class ClientHealth(APIView):
    """How the relationship fared in the last twelve weeks, and how well the client is written
    down."""

    @extend_schema(responses=ClientHealthSerializer)
    def get(self, request, pk):
        client, day = find(Client, pk=pk), today()
        row = fare.written_down(Client.objects.filter(pk=client.pk), day, CHECKS).get()
        weeks = fare.weeks_of(client.pk, day)
        return Response(
            ClientHealthSerializer(
                {"weeks": weeks, "quality": row.quality, "missing": _missing(row)}
            ).data
        )


def _missing(row) -> list[str]:
    return [key for key in CHECKS if not getattr(row, f"has_{key}")]


class QualitySerializer(serializers.Serializer):
    client = serializers.IntegerField(source="pk")
    quality = serializers.IntegerField()
    missing = serializers.SerializerMethodField()

    def get_missing(self, row) -> list[str]:
        return _missing(row)


class DataQuality(ListAPIView):
    """How well the watched clients are written down."""

    serializer_class = QualitySerializer
    filters = {"owner": ("owner", whole)}
    sorts = {"id": "pk", "quality": "quality"}

    def get_queryset(self):
        rows = fare.written_down(Client.objects.filter(watched()), today(), CHECKS)
        return rows.order_by("pk")


class WeightsSerializer(serializers.Serializer):
    def get_fields(self):
        return {key: serializers.IntegerField(min_value=0, max_value=100) for key in PARTS}


class RadarRulesSerializer(serializers.Serializer):
    """``budget``: signals shown to a KAM in a week; ``weights`` of the parts of health.  Changing
    needs ``version``."""

    budget = serializers.IntegerField(min_value=1, max_value=100)
    weights = WeightsSerializer()
    version = serializers.IntegerField(required=False)


class RadarRules(APIView):
    """The rules of signals and health."""

    @extend_schema(responses=RadarRulesSerializer)
    def get(self, request):
        return Response(RadarRulesSerializer(radar.settings_row()).data)

    @extend_schema(request=RadarRulesSerializer, responses=RadarRulesSerializer)
    def patch(self, request):
        present = radar.settings_row()
        asked = RadarRulesSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        said, version = asked.validated_data, version_asked(request)
        try:
            row = radar.settle_rules(
                said.get("budget", present.budget),
                present.weights | said.get("weights", {}),
                present.version if version is None else version,
            )
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(RadarRulesSerializer(row).data)
