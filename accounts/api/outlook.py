"""What clients may want next, computed, over REST."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client, ProductFamily
from accounts.selectors import ledger, needs
from accounts.services import outlook
from kam.lib.api_parameters import sent, whole
from kam.lib.endpoints import APIView
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .needs import NeedSerializer
from .promises import _told


class OrderWindowSerializer(serializers.Serializer):
    """``state``: the window lies ahead, is open, or past.  Quartiles of gaps in days."""

    state = serializers.ChoiceField(["ahead", "open", "past"])
    last = serializers.DateField()
    earliest = serializers.DateField()
    expected = serializers.DateField()
    latest = serializers.DateField()
    lower = serializers.FloatField()
    median = serializers.FloatField()
    upper = serializers.FloatField()


class ProductGapSerializer(serializers.Serializer):
    """What more the client may buy of a family in a year; ``noted``: an open need names it."""

    family = serializers.IntegerField()
    name = serializers.CharField()
    buyers = serializers.IntegerField()
    peers = serializers.IntegerField()
    own = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    noted = serializers.BooleanField()


class OutlookSerializer(serializers.Serializer):
    """``window`` is null with fewer than ``needed`` days of orders within ``days`` days."""

    window = OrderWindowSerializer(allow_null=True)
    orders = serializers.IntegerField()
    needed = serializers.IntegerField()
    days = serializers.IntegerField()
    gaps = ProductGapSerializer(many=True)
    gaps_as_of = serializers.DateField(allow_null=True)
    peers = serializers.IntegerField(allow_null=True)


def _window(window, day):
    return None if window is None else {**vars(window), "state": window.state(day)}


class ClientOutlook(APIView):
    """When the client may order next, and what look-alikes buy and it does not."""

    @extend_schema(responses=OutlookSerializer)
    def get(self, request, pk):
        client, day = find(Client, pk=pk), today()
        noted = needs.families_of(ledger.legal_entities(client, day))
        seen = outlook.outlook_of(client, noted, day)
        gaps = [
            {
                **vars(each.reason), "family": each.reason.family_id, "name": each.reason.family,
                "noted": each.noted,
            }
            for each in seen.gaps
        ]  # fmt: skip
        told = {
            "window": _window(seen.window, day), "orders": seen.orders, "needed": seen.needed,
            "days": seen.days, "gaps": gaps, "gaps_as_of": seen.as_of, "peers": seen.peers,
        }  # fmt: skip
        return Response(OutlookSerializer(told).data)


class GapFamilySerializer(serializers.Serializer):
    family = serializers.IntegerField(min_value=1, max_value=10**18)


class NeedFromGap(APIView):
    """Note what look-alikes buy and the client does not as a need."""

    @extend_schema(
        request=GapFamilySerializer, responses={201: NeedSerializer}, examples=sent(family=3)
    )
    def post(self, request, pk):
        client = find_editable(Client, pk=pk)
        asked = GapFamilySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        family = ProductFamily.objects.filter(pk=asked.validated_data["family"]).first()
        try:
            if family is None:
                raise ValidationError({"family": _("There is no such product family.")})
            need = outlook.note_gap(client, family, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(NeedSerializer(need).data, status=status.HTTP_201_CREATED)


class NextOrderSerializer(serializers.Serializer):
    """``window`` is null where the client has too few days of orders."""

    client = serializers.IntegerField()
    name = serializers.CharField()
    orders = serializers.IntegerField()
    window = OrderWindowSerializer(allow_null=True)


class NextOrderList(APIView):
    """Clients on the key list by when they may order next: those late first."""

    @extend_schema(responses=NextOrderSerializer(many=True), parameters=[whole("owner")])
    def get(self, request):
        day = today()
        rows = [
            {
                "client": line.client.pk, "name": line.client.name, "orders": line.orders,
                "window": _window(line.window, day),
            }
            for line in outlook.next_orders(day, request.query_params.get("owner", ""))
        ]  # fmt: skip
        return Response(NextOrderSerializer(rows, many=True).data)
