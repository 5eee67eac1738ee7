"""The figures behind the charts of a backtest."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from kam.lib.views import find
from reports.dashboards.backtests import backtest_charts
from scoring.models import Backtest
from scoring.services.backtest_words import Report


class BacktestChart(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    subtitle = serializers.CharField()
    table = serializers.JSONField()


class BacktestCharts(APIView):
    """Each chart's answer and the table behind it; none until the backtest is done."""

    @extend_schema(responses=BacktestChart(many=True))
    def get(self, request, pk):
        row = find(Backtest, queryset=Backtest.objects.select_related("matrix"), pk=pk)
        report = Report(row)
        drawn = backtest_charts(report) if report.answered else []
        return Response(BacktestChart(drawn, many=True).data)
