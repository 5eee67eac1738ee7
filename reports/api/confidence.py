"""The figures behind the charts of confidence."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from reports.dashboards.confidence import confidence_charts
from reports.views.confidence import answered

from .backtests import BacktestChart


class ConfidenceCharts(APIView):
    """Each chart's answer and the table behind it."""

    @extend_schema(responses=BacktestChart(many=True))
    def get(self, request, pk):
        return Response(BacktestChart(confidence_charts(answered(pk)), many=True).data)
