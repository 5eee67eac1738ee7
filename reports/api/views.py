"""Sight over REST: the same figures as the pages, as numbers."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.api_parameters import day, one_of, phrase, whole
from kam.lib.endpoints import APIView
from kam.lib.views import find
from reports.dashboards.asking import asked_of, date_of
from reports.dashboards.client_months import client_months
from reports.dashboards.portfolio import Portfolio, portfolio
from reports.dashboards.portfolio_charts import CHARTS, why_moved
from reports.dashboards.portfolio_rows import Rows
from scoring.selectors.matrices import asked_run, main_run

ASKED = [
    day("as_of"),
    one_of(["12", "6", "3"])("months"),
    *map(phrase, ("team", "owner", "segment", "region")),
]


class ChangeSerializer(serializers.Serializer):
    """A number now and a year before; null where it cannot be told."""

    now = serializers.FloatField(allow_null=True)
    before = serializers.FloatField(allow_null=True)


class ShareSerializer(serializers.Serializer):
    to = serializers.DateField()
    share = serializers.FloatField(allow_null=True)


class RevenueSerializer(serializers.Serializer):
    start = serializers.DateField()
    revenue = serializers.FloatField()
    before = serializers.FloatField(allow_null=True)


class MoverSerializer(serializers.Serializer):
    """``family``: whose sales moved most in the direction of the whole, by ``family_change``; empty
    where no line of a product tells.  ``why``: the same in words."""

    client = serializers.IntegerField()
    name = serializers.CharField()
    change = serializers.FloatField()
    invoices = serializers.IntegerField()
    invoices_before = serializers.IntegerField()
    family = serializers.CharField()
    family_change = serializers.FloatField()
    why = serializers.CharField()


@extend_schema_serializer(component_name="ChartPart")
class PartSerializer(serializers.Serializer):
    part = serializers.CharField()
    clients = serializers.IntegerField()
    change = serializers.FloatField()


class PortfolioSerializer(serializers.Serializer):
    """Money in company currency net of VAT, shares and growth as fractions."""

    as_of = serializers.DateField()
    months = serializers.IntegerField()
    ranking_as_of = serializers.DateField(allow_null=True)
    clients = serializers.IntegerField()
    buying_clients = serializers.IntegerField()
    selected_clients = serializers.IntegerField()
    key_clients = serializers.IntegerField()
    revenue = ChangeSerializer()
    profit = ChangeSerializer()
    revenue_with_known_cost = serializers.FloatField(allow_null=True)
    regular_profit = ChangeSerializer()
    selected_share = ChangeSerializer()
    key_share = ChangeSerializer()
    clients_for_80_percent = ChangeSerializer()
    growth_selected = serializers.FloatField(allow_null=True)
    growth_others = serializers.FloatField(allow_null=True)
    largest_share = ChangeSerializer()
    top_20_percent_share = serializers.FloatField(allow_null=True)
    gini = serializers.FloatField(allow_null=True)
    hhi = serializers.FloatField(allow_null=True)
    effective_clients = serializers.FloatField(allow_null=True)
    selected_share_by_month = ShareSerializer(many=True)
    key_share_by_month = ShareSerializer(many=True)
    revenue_by_month = RevenueSerializer(many=True)
    movers = MoverSerializer(many=True)
    change_of_revenue = PartSerializer(many=True)


def portfolio_data(figures: Portfolio) -> dict:
    this, previous = figures.revenue_by_month
    places = []
    if figures.comparable:
        places = [*figures.movers.up.tolist(), *figures.movers.down.tolist()]
    parts = ("new", "expanded", "level", "shrunk", "lost") if figures.comparable else ()
    same = (
        "revenue",
        "profit",
        "regular_profit",
        "selected_share",
        "key_share",
        "growth_selected",
        "growth_others",
        "largest_share",
        "gini",
        "hhi",
        "effective_clients",
    )
    return {
        "as_of": figures.asked.as_of,
        "months": figures.asked.months,
        "ranking_as_of": figures.run.as_of if figures.run else None,
        "clients": figures.ledger.clients,
        "buying_clients": figures.buyers,
        "selected_clients": int(figures.selected.sum()),
        "key_clients": int(figures.key.sum()),
        **{name: getattr(figures, name) for name in same},
        "revenue_with_known_cost": figures.cost_share,
        "clients_for_80_percent": figures.pareto_clients,
        "top_20_percent_share": figures.top_share(0.2),
        **{
            f"{name}_by_month": [
                {"to": to, "share": share}
                for to, share in zip(figures.share_dates, shares, strict=True)
            ]
            for name, shares in (
                ("selected_share", figures.share_by_month),
                ("key_share", figures.key_share_by_month),
            )
        },
        "revenue_by_month": [
            {"start": start, "revenue": now, "before": before}
            for start, now, before in zip(
                figures.ledger.edges[figures.now],
                this,
                previous or [None] * len(this),
                strict=True,
            )
        ],
        "movers": [
            {
                "client": int(figures.ledger.ids[place]),
                "name": figures.names[place],
                "change": float(figures.movers.change[place]),
                "invoices": figures.moved[place].invoices,
                "invoices_before": figures.moved[place].invoices_before,
                "family": figures.moved[place].family,
                "family_change": figures.moved[place].by,
                "why": why_moved(figures, place),
            }
            for place in places
        ],
        "change_of_revenue": [
            {"part": part, **vars(getattr(figures.split, part))} for part in parts
        ],
    }


class PortfolioFigures(APIView):
    """The figures and series of the portfolio page, over the clients this person may see."""

    @extend_schema(
        parameters=[
            *ASKED,
            whole("ranking", "By whom that ranking selected; else the present one."),
        ],
        responses=PortfolioSerializer,
    )
    def get(self, request):
        run = asked_run(request.query_params.get("ranking", ""))
        figures = portfolio(asked_of(request.query_params, run), run)
        return Response(PortfolioSerializer(portfolio_data(figures)).data)


class RowsSerializer(serializers.Serializer):
    chart = serializers.CharField()
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.DictField())


class PortfolioRows(APIView):
    """The clients behind one chart, 50 a page; ``chart`` is share, pareto, growth, movers,
    concentration or bridge."""

    @extend_schema(
        parameters=[*ASKED, OpenApiParameter("page", OpenApiTypes.INT, required=False)],
        responses=RowsSerializer,
    )
    def get(self, request, chart):
        if chart not in CHARTS:
            raise Http404
        run = main_run()
        rows = Rows(portfolio(asked_of(request.query_params, run), run), chart)
        text = request.query_params.get("page", "")
        number = min(max(int(text[:9]), 1), rows.pages) if text.isdecimal() else 1
        keys = [column.key for column in rows.columns]
        answer = {
            "chart": chart,
            "count": len(rows),
            "page": number,
            "pages": rows.pages,
            "rows": [
                {
                    "client": row.client,
                    "name": row.name,
                    "kam": row.kam,
                    "segment": row.segment,
                    "selected": row.selected,
                    **dict(zip(keys, row.values, strict=True)),
                }
                for row in rows.page(number)
            ],
        }
        return Response(RowsSerializer(answer).data)


class MonthSerializer(serializers.Serializer):
    start = serializers.DateField()
    end = serializers.DateField()
    revenue = serializers.DecimalField(max_digits=18, decimal_places=2)
    profit = serializers.DecimalField(max_digits=18, decimal_places=2)
    invoices = serializers.IntegerField()


class ClientMonthsSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client.pk")
    as_of = serializers.DateField()
    months = MonthSerializer(many=True)


class ClientMonths(APIView):
    """Revenue and profit of one client by month, 24 months, exact amounts."""

    @extend_schema(
        parameters=[OpenApiParameter("as_of", OpenApiTypes.DATE, required=False)],
        responses=ClientMonthsSerializer,
    )
    def get(self, request, pk):
        client = find(Client, pk=pk)
        figures = client_months(client, date_of(request.query_params, main_run()))
        return Response(ClientMonthsSerializer(figures).data)
