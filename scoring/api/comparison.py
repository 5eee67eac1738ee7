"""Why one client stands above another, over REST."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Client
from kam.lib.views import find
from scoring.models import RankingRow
from scoring.selectors.matrices import asked_run
from scoring.services.comparison import compare, sentences

from .matrices import RunSerializer


class SideSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client_id")
    name = serializers.CharField(source="client.name")
    rank = serializers.IntegerField()
    score = serializers.FloatField()


class BetweenSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.criterion.key")
    label = serializers.CharField()
    share = serializers.FloatField()
    above = serializers.FloatField(source="first", allow_null=True)
    below = serializers.FloatField(source="second", allow_null=True)
    points = serializers.FloatField()


class NewSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.criterion.key")
    before = serializers.FloatField()
    after = serializers.FloatField()


class ComparisonAnswer(serializers.Serializer):
    """``weights``: the nearest ones with which the two change places; ``rating``: the least change
    of one rating of the one below that does.  Null where there is none."""

    run = RunSerializer()
    above = SideSerializer()
    below = SideSerializer()
    difference = serializers.FloatField()
    parts = BetweenSerializer(many=True)
    weights = NewSerializer(many=True, allow_null=True)
    rating = NewSerializer(allow_null=True)
    sentences = serializers.ListField(child=serializers.CharField())


class RankingComparison(APIView):
    """Two clients of a ranking; 404 where one of them has no place in it, or is not yours."""

    @extend_schema(
        parameters=[
            OpenApiParameter("a", OpenApiTypes.INT, required=True),
            OpenApiParameter("b", OpenApiTypes.INT, required=True),
            OpenApiParameter("run", OpenApiTypes.INT),
        ],
        responses=ComparisonAnswer,
    )
    def get(self, request):
        asked = {}
        for name in ("a", "b"):
            try:
                asked[name] = serializers.IntegerField(min_value=1).run_validation(
                    request.query_params.get(name)
                )
            except serializers.ValidationError as error:
                raise serializers.ValidationError({name: error.detail}) from error
        if asked["a"] == asked["b"]:
            raise serializers.ValidationError({"b": ["a = b"]})
        run = asked_run(request.query_params.get("run", ""))
        rows = [self._row(run, pk) for pk in asked.values()]
        found = compare(run, *rows)
        return Response(
            ComparisonAnswer(
                {
                    **{name: getattr(found, name) for name in (
                        "run", "above", "below", "difference", "parts", "weights", "rating"
                    )},
                    "sentences": sentences(found),
                }
            ).data
        )  # fmt: skip

    @staticmethod
    def _row(run, pk: int) -> RankingRow:
        client = find(Client, pk=pk)
        rows = RankingRow.objects.filter(run_id=run.pk if run else 0, client_id=client.pk)
        row = rows.select_related("client").first()
        if row is None or not row.rank:
            raise NotFound
        return row
