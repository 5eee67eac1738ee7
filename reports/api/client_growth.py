"""How a client grows, over REST."""

import numpy as np
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.api_parameters import day
from kam.lib.endpoints import APIView
from kam.lib.periods import add_months, today
from kam.lib.views import find
from reports.dashboards.client_growth import Growth, client_growth, criteria_of

from .days import asked_day


class GrowthMeasureSerializer(serializers.Serializer):
    """A month before selection and since, in the company's currency; ``ratio`` is null where
    ``before`` is not above zero, ``difference`` is told there, too; ``low``, ``middle``,
    ``high``: quartiles of the look-alikes' change as fractions, null with fewer than five."""

    measure = serializers.CharField(source="key")
    before = serializers.FloatField(allow_null=True)
    now = serializers.FloatField(allow_null=True)
    ratio = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    middle = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class GrowthCriterionSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="name")
    weight = serializers.FloatField()
    before = serializers.FloatField(allow_null=True)
    before_on = serializers.DateField(allow_null=True, source="day")
    now = serializers.FloatField(allow_null=True)
    look_alikes = serializers.FloatField(allow_null=True, source="peers")


class GrowthSplitSerializer(serializers.Serializer):
    """price + volume + assortment + new + lost + rest = now − before."""

    before = serializers.FloatField()
    now = serializers.FloatField()
    price = serializers.FloatField()
    volume = serializers.FloatField()
    assortment = serializers.FloatField()
    new = serializers.FloatField()
    lost = serializers.FloatField()
    rest = serializers.FloatField()


class ForecastMonthSerializer(serializers.Serializer):
    start = serializers.DateField()
    low = serializers.FloatField(allow_null=True)
    middle = serializers.FloatField()
    high = serializers.FloatField(allow_null=True)


class GrowthMonthSerializer(serializers.Serializer):
    """``index``: mean of three months against the year before selection, of the client and quartiles
    of its look-alikes; null with fewer than five."""

    start = serializers.DateField()
    revenue = serializers.FloatField()
    index = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    middle = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ClientGrowthSerializer(serializers.Serializer):
    """``mase``: error against the naive forecast; where it is 1 or more, the naive one is told."""

    as_of = serializers.DateField()
    since = serializers.DateField(allow_null=True)
    look_alikes = serializers.IntegerField()
    measures = GrowthMeasureSerializer(many=True)
    split = GrowthSplitSerializer()
    months = GrowthMonthSerializer(many=True)
    mase = serializers.FloatField(allow_null=True)
    better_than_naive = serializers.BooleanField()
    forecast = ForecastMonthSerializer(many=True)


def growth_data(told: Growth) -> dict:
    def plain(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    ahead = told.ahead
    return {
        "as_of": told.as_of,
        "since": told.since,
        "look_alikes": told.peers,
        "measures": told.changes,
        "split": told.split,
        "months": [
            {
                "start": start,
                "revenue": float(told.revenue[at]),
                "index": None if told.own_index is None else float(told.own_index[at]),
                **{
                    name: float(told.band[place][at]) if told.band else None
                    for place, name in enumerate(("low", "middle", "high"))
                },
            }
            for at, start in enumerate(told.months)
        ],
        "mase": plain(ahead.mase[0]),
        "better_than_naive": bool(ahead.beats[0]),
        "forecast": [
            {
                "start": add_months(told.months[-1], at + 1),
                "low": plain(ahead.low[0][at]),
                "middle": float(ahead.middle[0][at]),
                "high": plain(ahead.high[0][at]),
            }
            for at in range(ahead.middle.shape[1])
        ],
    }


class ClientGrowth(APIView):
    """Revenue, profit and average invoice since selection against look-alikes, where growth came from,
    and what comes next."""

    @extend_schema(
        parameters=[
            day("as_of", "Whole months up to the last one before that day; else before today.")
        ],
        responses=ClientGrowthSerializer,
    )
    def get(self, request, pk):
        as_of = asked_day(request.query_params, "as_of") or today()
        told = client_growth(find(Client, pk=pk), as_of)
        return Response(ClientGrowthSerializer(growth_data(told)).data)


class ClientGrowthCriteria(APIView):
    """Ratings 1–10 by each criterion of the main matrix: by the last ranking before selection, else
    by the first there is (``before_on``), now, and the middle of look-alikes, null with fewer than
    five."""

    @extend_schema(responses=GrowthCriterionSerializer(many=True))
    def get(self, request, pk):
        rows = criteria_of(find(Client, pk=pk), today())
        return Response(GrowthCriterionSerializer(rows, many=True).data)
