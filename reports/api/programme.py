"""Whether the programme pays, over REST."""

import datetime as dt

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.lib.api_parameters import day
from kam.lib.endpoints import APIView
from reports.dashboards.programme import Programme, programme

from .days import asked_day


class ProgrammeEffectSerializer(serializers.Serializer):
    """Shares of what profit would have been, as fractions; ``money``: over the months since."""

    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    money = serializers.FloatField()
    clients = serializers.IntegerField()


class SpentSerializer(serializers.Serializer):
    kind = serializers.CharField()
    amount = serializers.FloatField()


class ProgrammeMonthSerializer(serializers.Serializer):
    start = serializers.DateField()
    gained = serializers.FloatField()
    spent = serializers.FloatField()


class ProgrammeSerializer(serializers.Serializer):
    """``verdict``: too_few, too_early, unlike, pays, harms, open.  ``placebo``: the same a year
    earlier, when it should be nothing.  ``gained``: profit above what look-alikes made; ``left``:
    that less ``cost``.  ``programme_return``: (effect − cost) ÷ cost."""

    as_of = serializers.DateField()
    begun = serializers.DateField(allow_null=True)
    key_clients = serializers.IntegerField()
    verdict = serializers.CharField()
    effect = ProgrammeEffectSerializer(allow_null=True)
    placebo = ProgrammeEffectSerializer(allow_null=True)
    gained = serializers.FloatField(allow_null=True)
    cost = serializers.FloatField()
    left = serializers.FloatField(allow_null=True)
    programme_return = serializers.FloatField(allow_null=True)
    paid_back = serializers.DateField(allow_null=True)
    spent = SpentSerializer(many=True)
    months = ProgrammeMonthSerializer(many=True)


def programme_data(told: Programme) -> dict:
    return {
        "as_of": told.as_of,
        "begun": told.begun,
        "key_clients": told.keys,
        "verdict": told.verdict.word,
        "effect": told.verdict.found,
        "placebo": told.verdict.placebo,
        "gained": told.gained,
        "cost": told.cost,
        "left": told.left,
        "programme_return": told.returned,
        "paid_back": told.paid_back,
        "spent": [{"kind": kind, "amount": amount} for kind, amount in told.spent],
        "months": [
            {"start": start, "gained": gained, "spent": spent}
            for start, gained, spent in zip(
                told.months, told.gained_by_month, told.spent_by_month, strict=True
            )
        ],
    }


class ProgrammeFigures(APIView):
    """The effect of being a key client against look-alikes, what it took, and when it repaid."""

    @extend_schema(parameters=[day("as_of")], responses=ProgrammeSerializer)
    def get(self, request):
        # Whole months up to that day, which counts as over.
        until = asked_day(request.query_params, "as_of")
        told = programme(until + dt.timedelta(days=1) if until else None)
        return Response(ProgrammeSerializer(programme_data(told)).data)
