"""How sure the list is, over REST: the same services as the pages."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from scoring.models import Matrix
from scoring.selectors.confidence import confidence_of, contested, wanted_ratings
from scoring.services.confidence import Asked, request_confidence
from scoring.services.confidence_words import CONCENTRATIONS, Answer
from scoring.services.seats import USUAL, WIDEST, seats_within

MOST = 500


def _run(pk: int):
    matrix = get_object_or_404(
        Matrix.objects.select_related("current_run__version__matrix", "current_run__previous"),
        pk=pk,
    )
    if matrix.current_run is None:
        raise NotFound
    return matrix.current_run


class SeatSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client_id")
    name = serializers.CharField(source="client.name")
    p_key = serializers.FloatField()
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)
    central_weights = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class ConfidenceSerializer(serializers.Serializer):
    """An answer with its assumptions.  ``stability``: per criterion the share of weight, between
    which shares the list stays as it is; ``seats``: those between 5 and 95 %."""

    id = serializers.IntegerField()
    run = serializers.IntegerField(source="run_id")
    concentration = serializers.FloatField(allow_null=True)
    draws = serializers.IntegerField()
    seed = serializers.IntegerField()
    size = serializers.IntegerField()
    entropy = serializers.FloatField(allow_null=True)
    contested = serializers.IntegerField(allow_null=True)
    removals = serializers.IntegerField()
    reversals = serializers.JSONField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    job = serializers.IntegerField(source="job_id", allow_null=True)
    answer = serializers.SerializerMethodField()
    stability = serializers.SerializerMethodField()
    seats = serializers.SerializerMethodField()

    def get_answer(self, row) -> str | None:
        return Answer(row).title if row.finished_at else None

    def get_stability(self, row) -> list[dict]:
        return [
            {
                "criterion": each.criterion.criterion.key,
                "share": round(each.share, 6),
                "low": each.low,
                "high": each.high,
                "fragile": each.fragile,
            }
            for each in (Answer(row).stability if row.finished_at else [])
        ]

    def get_seats(self, row) -> list[dict]:
        return SeatSerializer(contested(row)[:MOST] if row.finished_at else [], many=True).data


class Assumptions(serializers.Serializer):
    """agreement: close, rough, apart, or any weights at all."""

    agreement = serializers.ChoiceField(choices=tuple(CONCENTRATIONS), default="rough")
    draws = serializers.IntegerField(min_value=100, max_value=100_000, default=10_000)
    seed = serializers.IntegerField(min_value=0, default=0)


class MatrixConfidence(APIView):
    """The latest answer for the ranking that the matrix shows; asking again answers 202."""

    @extend_schema(responses=ConfidenceSerializer)
    def get(self, request, pk):
        row = confidence_of(_run(pk))
        if row is None:
            raise NotFound
        return Response(ConfidenceSerializer(row).data)

    @extend_schema(request=Assumptions, responses={202: ConfidenceSerializer})
    def post(self, request, pk):
        run = _run(pk)
        asked = Assumptions(data=request.data)
        asked.is_valid(raise_exception=True)
        found = asked.validated_data
        try:
            row = request_confidence(
                run,
                request.user,
                Asked(CONCENTRATIONS[found["agreement"]], found["seed"], found["draws"]),
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        if row is None:
            raise serializers.ValidationError([_("Weights do not decide this list")])
        return Response(ConfidenceSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class HangingSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client_id")
    rank = serializers.IntegerField()
    score = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    selected = serializers.BooleanField()


class SeatsSerializer(serializers.Serializer):
    tolerance = serializers.FloatField()
    size = serializers.IntegerField()
    always = serializers.IntegerField()
    never = serializers.IntegerField()
    inside = serializers.IntegerField()
    outside = serializers.IntegerField()
    hanging = HangingSerializer(many=True)
    last = serializers.IntegerField(allow_null=True)
    level = serializers.IntegerField()
    equal = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class MatrixSeats(APIView):
    """Whose seat holds within a tolerance of each weight, without any drawing."""

    @extend_schema(
        parameters=[OpenApiParameter("tolerance", OpenApiTypes.NUMBER, default=USUAL)],
        responses=SeatsSerializer,
    )
    def get(self, request, pk):
        field = serializers.FloatField(min_value=0, max_value=WIDEST)
        try:
            tolerance = field.run_validation(request.GET.get("tolerance", USUAL))
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"tolerance": error.detail}) from error
        return Response(SeatsSerializer(seats_within(_run(pk), tolerance)).data)


class WantedSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client_id")
    criterion = serializers.CharField(source="criterion.key")
    value = serializers.FloatField()
    needed = serializers.FloatField()
    old = serializers.BooleanField()


class MatrixWanted(APIView):
    """Ratings most likely to change somebody's seat, of the clients that the person may see."""

    @extend_schema(responses=WantedSerializer(many=True))
    def get(self, request, pk):
        row = confidence_of(_run(pk))
        rows = wanted_ratings(row)[:MOST] if row else []
        return Response(WantedSerializer(rows, many=True).data)
