"""The ranking over REST, a page at a time."""

import math

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.lib.api_parameters import one_of, phrase, whole
from kam.lib.endpoints import APIView
from scoring.models import RankingRow
from scoring.selectors.matrices import asked_run, version_criteria
from scoring.selectors.ranking import Filters, ranking_slice
from scoring.services.explanation import parts_of_rows

from .matrices import RunSerializer


class PartSerializer(serializers.Serializer):
    criterion = serializers.CharField()
    label = serializers.CharField()
    rating = serializers.FloatField(allow_null=True)
    points = serializers.FloatField()
    applicable = serializers.BooleanField()


class SureSerializer(serializers.Serializer):
    """The chance of a seat, and the places in 95 % of weightings; null where nobody has worked it
    out."""

    p_key = serializers.FloatField()
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)


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
    sure = SureSerializer(allow_null=True)
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
        "sure": _sure(row),
        "parts": [
            {**part, "criterion": criterion.criterion.key}
            for part, criterion in zip(parts, criteria, strict=True)
        ],
    }


def _sure(row: RankingRow) -> dict | None:
    if not row.rank or getattr(row, "confidence_id", None) is None:
        return None
    return row.seat or {"p_key": 0.0, "rank_low": None, "rank_high": None}


class Ranking(APIView):
    """The published main ranking, or with ``run`` any past one, a page at a time; ``after`` and ``before`` are cursors."""

    @extend_schema(
        parameters=[
            *map(phrase, ("q", "owner", "segment", "sort", "after", "before")),
            one_of(["full", "part"])("coverage"),
            one_of(["yes", "no"])("selected"),
            one_of(["ranked", "unrated"])("part"),
            whole("page_size", minimum=1, maximum=200),
            whole("run", "A past ranking."),
        ],
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
