"""The figures of a quarter with a client over REST: those of a business review, told again."""

import datetime as dt

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Client
from accounts.selectors import ledger
from kam.lib.api_parameters import day, one_of, whole
from kam.lib.endpoints import APIView
from kam.lib.periods import today
from kam.lib.views import find
from reports.figures.calendar import Period, last_whole
from reports.models import BusinessReview
from reports.services import client_edition, internal_edition
from scoring.selectors.matrices import asked_run

from .days import asked_day

Edition = BusinessReview.Edition


class ClientQuarterSerializer(serializers.Serializer):
    """``figures``: key → number as a review has them, null where it cannot be told: money in the
    company's currency net of VAT, shares as fractions."""

    starts = serializers.DateField()
    ends = serializers.DateField()
    edition = serializers.ChoiceField(Edition.choices)
    figures = serializers.DictField(child=serializers.FloatField(allow_null=True))


class ClientQuarter(APIView):
    """What a business review of the quarter tells in figures: ``internal``, as of its end;
    ``client``, by the documents known on the day ``known``."""

    @extend_schema(
        parameters=[
            one_of(Edition.values)("edition"),
            day("ends", "The last day of a quarter; else of the last whole one."),
            day("known", "Today, where it is left out."),
            whole("ranking", "Place and points by that ranking; else by the present one."),
        ],
        responses=ClientQuarterSerializer,
    )
    def get(self, request, pk):
        client, asked = find(Client, pk=pk), request.query_params
        period = _quarter(asked_day(asked, "ends"))
        edition = asked.get("edition", Edition.INTERNAL.value)
        entities = ledger.legal_entities(client, period.ends)
        if edition == Edition.CLIENT:
            known = asked_day(asked, "known") or today()
            figures = client_edition.figures_of(entities, period, known)
        else:
            run = asked_run(asked.get("ranking", ""))
            figures = internal_edition.figures_of(client, entities, period, run)
        told = {
            "starts": period.starts, "ends": period.ends, "edition": edition,
            "figures": {each["key"]: each["value"] for each in figures},
        }  # fmt: skip
        return Response(ClientQuarterSerializer(told).data)


def _quarter(ends: dt.date | None) -> Period:
    """The quarter that ends on that day, the last whole one where none is said."""
    if ends is None:
        return last_whole("quarter", today())
    period = last_whole("quarter", ends + dt.timedelta(days=1))
    if period.ends != ends:
        raise serializers.ValidationError({"ends": [_("Take the last day of a quarter.")]})
    return period
