"""Judgement over REST: the same selectors and services as the pages."""

import math
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Client
from kam.lib.views import find, find_editable
from scoring.models import Criterion, Matrix, MatrixVersion, RankingRow, Rating
from scoring.selectors.clients import client_row, past_places
from scoring.selectors.matrices import asked_run, main_run, matrices, version_criteria
from scoring.selectors.ranking import Filters, ranking_slice
from scoring.services.explanation import explain, parts_of_rows
from scoring.services.ratings import rate
from scoring.services.versions import Choice, activate, draft_of, save_draft


class CriterionSerializer(serializers.ModelSerializer):
    label = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)

    class Meta:
        model = Criterion
        fields = (
            "id",
            "key",
            "label",
            "description",
            "anchors",
            "measure",
            "rule",
            "rated_by_people",
            "people_share",
            "in_library",
        )


class CriterionList(generics.ListAPIView):
    """All criteria: the library's and one's own."""

    queryset = Criterion.objects.order_by("position", "pk")
    serializer_class = CriterionSerializer
    pagination_class = None


class VersionCriterionSerializer(serializers.Serializer):
    """A criterion as a version has it; on writing only ``criterion`` and ``weight`` are needed."""

    criterion = serializers.SlugRelatedField(slug_field="key", queryset=Criterion.objects.all())
    weight = serializers.DecimalField(max_digits=9, decimal_places=4)
    share = serializers.FloatField(read_only=True)
    measure = serializers.CharField(required=False, allow_blank=True, max_length=60)
    rule = serializers.JSONField(required=False)
    rated_by_people = serializers.BooleanField(required=False)
    people_share = serializers.DecimalField(max_digits=4, decimal_places=3, required=False)
    mandatory = serializers.BooleanField(required=False)


class VersionSerializer(serializers.ModelSerializer):
    criteria = serializers.SerializerMethodField()

    class Meta:
        model = MatrixVersion
        fields = (
            "number",
            "status",
            "selection",
            "selection_value",
            "min_coverage",
            "gap",
            "dwell_days",
            "reason",
            "created_at",
            "activated_at",
            "criteria",
        )

    @extend_schema_field(VersionCriterionSerializer(many=True))
    def get_criteria(self, version):
        return VersionCriterionSerializer(version_criteria(version), many=True).data


class RunSerializer(serializers.Serializer):
    """A ranking: by which version, as of which day, how many, and where the list is cut."""

    id = serializers.IntegerField()
    matrix = serializers.CharField(source="version.matrix.name")
    version = serializers.IntegerField(source="version.number")
    as_of = serializers.DateField()
    clients = serializers.IntegerField()
    rated = serializers.IntegerField()
    selected = serializers.IntegerField()
    line = serializers.FloatField(allow_null=True)
    tie_at_line = serializers.BooleanField()
    finished_at = serializers.DateTimeField()


class MatrixSerializer(serializers.ModelSerializer):
    versions = VersionSerializer(many=True, read_only=True)
    current_run = RunSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Matrix
        fields = ("id", "name", "is_main", "current_run", "versions")


class MatrixList(generics.ListAPIView):
    serializer_class = MatrixSerializer
    pagination_class = None

    def get_queryset(self):
        return matrices()


class MatrixDetail(generics.RetrieveAPIView):
    serializer_class = MatrixSerializer

    def get_queryset(self):
        return matrices()


class DraftSerializer(serializers.Serializer):
    criteria = VersionCriterionSerializer(many=True)
    selection = serializers.ChoiceField(choices=MatrixVersion.Selection.choices)
    selection_value = serializers.FloatField()
    min_coverage = serializers.FloatField(default=0.6)
    gap = serializers.FloatField(default=0)
    dwell_days = serializers.IntegerField(default=0, min_value=0, max_value=3_650)


class MatrixDraft(APIView):
    """Write the matrix's draft, beginning one where there is none."""

    @extend_schema(request=DraftSerializer, responses=VersionSerializer)
    def put(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = DraftSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        version = save_draft(
            draft_of(matrix, request.user),
            [Choice(**criterion) for criterion in data["criteria"]],
            selection=data["selection"],
            selection_value=data["selection_value"],
            min_coverage=data["min_coverage"],
            gap=data["gap"],
            dwell_days=data["dwell_days"],
        )
        return Response(VersionSerializer(version).data)


class ActivationSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000)


class NoDraft(APIException):
    """409: the matrix has no draft to put to use."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This matrix has no draft. Write one first.")
    default_code = "no_draft"


class MatrixActivation(APIView):
    """Put the draft to use; the ranking follows as a job."""

    @extend_schema(request=ActivationSerializer, responses=VersionSerializer)
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        draft = matrix.versions.filter(status=MatrixVersion.Status.DRAFT).first()
        if draft is None:
            raise NoDraft
        asked = ActivationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        version = activate(draft, asked.validated_data["reason"], request.user)
        return Response(VersionSerializer(version).data)


# --- The ranking --------------------------------------------------------------------------------


class PartSerializer(serializers.Serializer):
    criterion = serializers.CharField()
    label = serializers.CharField()
    rating = serializers.FloatField(allow_null=True)
    points = serializers.FloatField()
    applicable = serializers.BooleanField()


class RowSerializer(serializers.Serializer):
    place = serializers.IntegerField()
    rank = serializers.IntegerField(allow_null=True)
    previous_rank = serializers.IntegerField(allow_null=True)
    client = serializers.IntegerField()
    name = serializers.CharField()
    kam = serializers.CharField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    selected = serializers.BooleanField()
    standing = serializers.CharField(allow_blank=True)
    parts = PartSerializer(many=True)


class RankingAnswer(serializers.Serializer):
    run = RunSerializer(allow_null=True)
    rows = RowSerializer(many=True)
    after = serializers.CharField(allow_null=True)
    before = serializers.CharField(allow_null=True)


def row_data(row: RankingRow, parts: list[dict], criteria) -> dict:
    owner = row.client.owner
    return {
        "place": row.place,
        "rank": row.rank or None,
        "previous_rank": row.previous_rank or None,
        "client": row.client_id,
        "name": row.client.name,
        "kam": str(owner) if owner else None,
        "score": None if math.isnan(row.score) else row.score,
        "coverage": row.coverage,
        "low": row.low,
        "high": row.high,
        "selected": bool(row.selected),
        "standing": getattr(row, "standing", None) or "",
        "parts": [
            {**part, "criterion": criterion.criterion.key}
            for part, criterion in zip(parts, criteria, strict=True)
        ],
    }


def query_parameters(*names: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, OpenApiTypes.STR, required=False) for name in names]


class Ranking(APIView):
    """The published main ranking, or with ``run`` any past one, a page at a time; ``after`` and ``before`` are cursors."""

    @extend_schema(
        parameters=query_parameters(
            "q", "owner", "segment", "coverage", "selected", "part", "sort", "after", "before",
            "page_size", "run",
        ),
        responses=RankingAnswer,
    )  # fmt: skip
    def get(self, request):
        run = asked_run(request.query_params.get("run", ""))
        if run is None:
            return Response({"run": None, "rows": [], "after": None, "before": None})
        names = ("q", "owner", "segment", "coverage", "selected", "sort")
        asked = {name: request.query_params.get(name, "")[:120] for name in names}
        part = request.query_params.get("part", "")
        filters = Filters(**asked, part=part if part == "unrated" else "ranked")
        criteria = version_criteria(run.version)
        size = request.query_params.get("page_size", "")
        page = ranking_slice(
            run,
            filters,
            after=request.query_params.get("after", ""),
            before=request.query_params.get("before", ""),
            criteria=len(criteria),
            size=min(max(int(size[:4]), 1), 200) if size.isdecimal() else 50,
        )
        parts = parts_of_rows(page.rows, criteria)
        rows = [row_data(row, its, criteria) for row, its in zip(page.rows, parts, strict=True)]
        answer = {"run": run, "rows": rows, "after": page.after, "before": page.before}
        return Response(RankingAnswer(answer).data)


class ReasonSerializer(PartSerializer):
    share = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()


class PastSerializer(serializers.Serializer):
    as_of = serializers.DateField()
    version = serializers.IntegerField()
    rank = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)


class ScoreAnswer(serializers.Serializer):
    client = serializers.IntegerField()
    run = RunSerializer(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True)
    selected = serializers.BooleanField()
    to_line = serializers.FloatField(allow_null=True)
    parts = ReasonSerializer(many=True)
    history = PastSerializer(many=True)


class ClientScore(APIView):
    """Why a client has its points, and where it stood before."""

    @extend_schema(responses=ScoreAnswer)
    def get(self, request, pk):
        client = find(Client, pk=pk)
        run = main_run()
        row = client_row(run, client.pk) if run else None
        if run is None or row is None:
            nothing = {"rank": None, "score": None, "coverage": None, "selected": False}
            rest = {"to_line": None, "parts": [], "history": []}
            return Response(ScoreAnswer({"client": client.pk, "run": run, **nothing, **rest}).data)
        found = explain(client, run, row)
        answer = {
            "client": client.pk,
            "run": run,
            "rank": row.rank or None,
            "score": found.score,
            "coverage": row.coverage,
            "selected": bool(row.selected),
            "to_line": found.to_line,
            "parts": [
                {
                    "criterion": part.criterion.criterion.key,
                    **{
                        name: getattr(part, name)
                        for name in (
                            "label", "rating", "points", "applicable", "share", "value", "reason"
                        )
                    },
                }
                for part in found.parts
            ],
            "history": [
                {
                    "as_of": past.run.as_of,
                    "version": past.run.version.number,
                    "rank": (past.row.rank or None) if past.row else None,
                    "score": past.row.score if past.row and past.row.rank else None,
                }
                for past in past_places(client.pk, run.version.matrix_id)
            ],
        }  # fmt: skip
        return Response(ScoreAnswer(answer).data)


# --- Ratings ------------------------------------------------------------------------------------


class RatingSerializer(serializers.ModelSerializer):
    criterion = serializers.SlugRelatedField(slug_field="key", queryset=Criterion.objects.all())
    client = serializers.IntegerField(source="client_id")
    rater = serializers.CharField(source="rater.name", read_only=True, default="")
    date = serializers.DateField(required=False)
    value = serializers.DecimalField(
        max_digits=4,
        decimal_places=2,
        min_value=Decimal(1),
        max_value=Decimal(10),
        allow_null=True,
    )

    class Meta:
        model = Rating
        fields = (
            "id",
            "client",
            "criterion",
            "value",
            "not_applicable",
            "rater",
            "rater_name",
            "date",
            "reason",
            "known_from",
            "known_to",
        )
        read_only_fields = ("rater_name", "known_from", "known_to")


class RatingList(generics.ListCreateAPIView):
    """Ratings with their history (``?client=``, ``?criterion=``, ``?current=1``); posting gives
    one's own rating, value null takes it back."""

    serializer_class = RatingSerializer

    def get_queryset(self):
        rows = Rating.objects.select_related("criterion", "rater")
        client = self.request.query_params.get("client", "")
        criterion = self.request.query_params.get("criterion", "")
        if client:
            rows = rows.filter(client_id=int(client[:18])) if client.isdecimal() else rows.none()
        if criterion:
            rows = rows.filter(criterion__key=criterion)
        if self.request.query_params.get("current") == "1":
            rows = rows.filter(known_to__isnull=True)
        return rows

    def create(self, request, *args, **kwargs):
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        client = find_editable(Client, pk=data["client_id"])
        try:
            rating = rate(
                client,
                data["criterion"],
                data["value"],
                rater=request.user,
                not_applicable=data.get("not_applicable", False),
                reason=data.get("reason", ""),
                date=data.get("date"),
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        if rating is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(self.get_serializer(rating).data, status=status.HTTP_201_CREATED)
