"""Backtests over REST: the same service and rules as the pages."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.endpoints import APIView
from kam.lib.views import find
from scoring.forms.backtests import BacktestForm
from scoring.models import Backtest, Matrix
from scoring.selectors.backtests import backtests
from scoring.services.backtest_words import Report
from scoring.services.backtests import request_backtest


class BacktestRow(serializers.Serializer):
    """A backtest in a list: what was asked, by whom, and whether it is done."""

    id = serializers.IntegerField()
    matrix = serializers.IntegerField(source="matrix_id")
    asked = serializers.JSONField(source="parameters.asked")
    versions = serializers.JSONField(source="parameters.versions")
    seed = serializers.IntegerField()
    asked_by = serializers.IntegerField(source="asked_by_id", allow_null=True)
    job = serializers.IntegerField(source="job_id", allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.SerializerMethodField()

    def get_answer(self, row) -> str | None:
        """The answer in a sentence; null until the job is done."""
        return Report(row).title if row.summary is not None else None


class BacktestSerializer(BacktestRow):
    """A backtest with all it found.  Figures are [value, low, high]; contenders are
    ``version:ID``, ``equal:ID`` and the names of the rivals."""

    labels = serializers.SerializerMethodField()
    clients = serializers.SerializerMethodField()
    result = serializers.JSONField(allow_null=True)

    def get_labels(self, row) -> dict[str, str]:
        report = Report(row)
        return {key: report.label(key) for key in (row.result or {}).get("contenders", [])}

    def get_clients(self, row) -> dict[int, str]:
        """Names of the clients that the result names by id."""
        ids = {
            each["client"]
            for named in (row.result or {}).get("named", [])
            for part in ("hits", "misses", "disappointments")
            for each in named[part]
        }
        return dict(Client.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))


class Question(serializers.Serializer):
    """What to try; the defaults are those of the form."""

    versions = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=4)
    n = serializers.IntegerField(required=False, allow_null=True)
    origins = serializers.IntegerField(required=False)
    step = serializers.ChoiceField(choices=(3, 6, 12), required=False)
    horizon = serializers.ChoiceField(choices=(3, 6, 12), required=False)
    target = serializers.ChoiceField(choices=("growth", "level"), required=False)
    base = serializers.ChoiceField(choices=("profit", "revenue"), required=False)
    seed = serializers.IntegerField(required=False)


class MatrixBacktests(APIView):
    """Backtests of a matrix, the latest first; asking for one answers 202 with its job."""

    @extend_schema(responses=BacktestRow(many=True))
    def get(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        return Response(BacktestRow(backtests(matrix.pk)[:200], many=True).data)

    @extend_schema(request=Question, responses={202: BacktestRow})
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        question = Question(data=request.data)
        question.is_valid(raise_exception=True)
        blank = BacktestForm(matrix=matrix, most=None)
        data = {
            name: field.initial for name, field in blank.fields.items() if field.initial is not None
        }
        form = BacktestForm(data | question.validated_data, matrix=matrix, most=None)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            row = request_backtest(matrix, form.asked(), request.user)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(BacktestRow(row).data, status=status.HTTP_202_ACCEPTED)


class BacktestDetail(APIView):
    @extend_schema(responses=BacktestSerializer)
    def get(self, request, pk):
        row = find(Backtest, queryset=Backtest.objects.select_related("matrix"), pk=pk)
        return Response(BacktestSerializer(row).data)
