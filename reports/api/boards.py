"""Questions to the portfolio over REST: the series of one chart, and the rows behind it."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from reports.dashboards.asking import asked_of
from reports.dashboards.boards import QUESTIONS, Board
from scoring.selectors.matrices import main_run

from .views import ASKED


class QuestionColumnSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()


class PortfolioQuestionSerializer(serializers.Serializer):
    """``answer`` and ``question`` as the page says them, ``missing`` why there is none; ``series``
    the figures of the chart; ``rows`` what it is made of, 50 a page, by client or by ``person``.
    Money in company currency net of VAT, shares as fractions."""

    key = serializers.CharField()
    answer = serializers.CharField()
    question = serializers.CharField()
    missing = serializers.CharField()
    note = serializers.CharField()
    series = serializers.ListField(child=serializers.DictField())
    columns = QuestionColumnSerializer(many=True)
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    rows = serializers.ListField(child=serializers.DictField())


class PortfolioQuestion(APIView):
    """One question to the clients this person may see; ``question`` is the key of a chart of the
    analysis pages."""

    @extend_schema(
        parameters=[*ASKED, OpenApiParameter("page", OpenApiTypes.INT, required=False)],
        responses=PortfolioQuestionSerializer,
    )
    def get(self, request, question):
        if question not in QUESTIONS:
            raise Http404
        run = main_run()
        answer = QUESTIONS[question](Board(asked_of(request.query_params, run), run))
        behind, text = answer.behind, request.query_params.get("page", "")
        number = min(max(int(text[:9]), 1), behind.pages) if text.isdecimal() else 1
        keys = [column.key for column in behind.columns]
        rows = [
            {
                "person" if behind.of_people else "client": row.client,
                "name": row.name,
                **({} if behind.of_people else {"kam": row.kam, "segment": row.segment}),
                **dict(zip(keys, row.values, strict=True)),
            }
            for row in behind.page(number)
        ]
        chart = answer.chart
        found = {
            "key": chart.key,
            "answer": chart.title,
            "question": chart.subtitle,
            "missing": chart.missing,
            "note": chart.note,
            "series": list(answer.series),
            "columns": behind.columns,
            "count": len(behind),
            "page": number,
            "pages": behind.pages,
            "rows": rows,
        }
        return Response(PortfolioQuestionSerializer(found).data)
