"""The sales plan over REST."""

import datetime as dt

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Client, ProductFamily
from accounts.selectors import ledger
from accounts.services import sales_plans
from accounts.views.sales_plans import year_asked
from kam.lib.api_parameters import one_of, whole
from kam.lib.endpoints import APIView
from kam.lib.periods import today
from kam.lib.views import find, find_editable

_MONEY = {"max_digits": 18, "decimal_places": 2}


class PlanRowSerializer(serializers.Serializer):
    """A year by month; ``due`` and ``done`` are of its complete months."""

    key = serializers.IntegerField(help_text="id of the family or KAM, 0 for none, -1 for all")
    name = serializers.CharField()
    plan = serializers.ListField(child=serializers.DecimalField(**_MONEY, allow_null=True))
    actual = serializers.ListField(child=serializers.DecimalField(**_MONEY))
    planned = serializers.DecimalField(**_MONEY)
    due = serializers.DecimalField(**_MONEY)
    done = serializers.DecimalField(**_MONEY)
    forecast = serializers.DecimalField(**_MONEY, allow_null=True)


class PlanYearSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    complete = serializers.IntegerField(help_text="months of the year that are over")
    rows = PlanRowSerializer(many=True)
    total = PlanRowSerializer()


class PlanCellSerializer(serializers.Serializer):
    """One month of one family (null: without a family); ``amount`` null takes the plan back."""

    family = serializers.PrimaryKeyRelatedField(
        queryset=ProductFamily.objects.all(), allow_null=True
    )
    month = serializers.DateField()
    amount = serializers.DecimalField(**_MONEY, min_value=0, allow_null=True)

    def validate_month(self, month: dt.date) -> dt.date:
        here = today().year
        if month.day != 1 or abs(month.year - here) > 2:
            raise serializers.ValidationError("The first day of a month, two years at most away.")
        return month


class PlanWriteSerializer(serializers.Serializer):
    cells = PlanCellSerializer(many=True, max_length=600)


class ClientSalesPlan(APIView):
    """A client's plan against actual by family; writing changes the cells that are sent."""

    @extend_schema(responses=PlanYearSerializer, parameters=[whole("year")])
    def get(self, request, pk):
        return self.answer(find(Client, pk=pk), year_asked(request.query_params))

    @extend_schema(request=PlanWriteSerializer, responses=PlanYearSerializer)
    def patch(self, request, pk):
        client = find_editable(Client, pk=pk)
        asked = PlanWriteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        by_year: dict[int, dict] = {}
        for cell in asked.validated_data["cells"]:
            family = cell["family"].pk if cell["family"] else sales_plans.NO_FAMILY
            by_year.setdefault(cell["month"].year, {})[family, cell["month"].month] = cell["amount"]
        for year, cells in by_year.items():
            sales_plans.save(client, year, cells, request.user)
        return self.answer(client, min(by_year, default=today().year))

    def answer(self, client: Client, year: int) -> Response:
        day = today()
        entities = ledger.legal_entities(client, day)
        found = sales_plans.year_of(client, entities, year, day)
        return Response(PlanYearSerializer(found).data)


class SalesPlanList(APIView):
    """Plan against actual of the clients one may see that have a plan, by KAM or by family."""

    @extend_schema(
        responses=PlanYearSerializer, parameters=[whole("year"), one_of(["kam", "family"])("by")]
    )
    def get(self, request):
        by = "family" if request.query_params.get("by") == "family" else "kam"
        found = sales_plans.roll_up(by, year_asked(request.query_params), today())
        return Response(PlanYearSerializer(found).data)
