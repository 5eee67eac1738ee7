"""Built reports over REST: what is kept, and the figures of one for whoever asks."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.api.conflicts import ChangedMeanwhile
from accounts.api.promises import _told
from kam.lib.api_parameters import day, one_of, phrase, sent, whole
from kam.lib.company import company
from kam.lib.editing import Conflict
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable
from reports.dashboards.built import BATCH, built
from reports.figures import built_choices as choosing
from reports.forms.built_reports import BuiltReportForm, ChoicesForm, choices
from reports.models import BuiltReport
from reports.services import built_reports as services


class BuiltReportDefinition(serializers.Serializer):
    """``since`` and ``until``: of the period ``between``.  ``owner``: an id, or ``none``;
    ``team`` and ``family``: ids."""

    measures = serializers.ListField(
        child=serializers.ChoiceField(list(choosing.MEASURES)), max_length=choosing.MOST_MEASURES
    )
    rows = serializers.ChoiceField(choosing.DIMENSIONS)
    split = serializers.ChoiceField(choosing.DIMENSIONS, required=False, allow_blank=True)
    period = serializers.ChoiceField(choosing.PERIODS, required=False)
    since = serializers.DateField(required=False, allow_null=True)
    until = serializers.DateField(required=False, allow_null=True)
    key_only = serializers.BooleanField(required=False)
    owner = serializers.CharField(required=False, allow_blank=True, max_length=20)
    team = serializers.CharField(required=False, allow_blank=True, max_length=20)
    segment = serializers.CharField(required=False, allow_blank=True, max_length=120)
    region = serializers.CharField(required=False, allow_blank=True, max_length=120)
    family = serializers.CharField(required=False, allow_blank=True, max_length=20)
    chart = serializers.ChoiceField(choosing.CHARTS, required=False)


class BuiltReportSerializer(serializers.ModelSerializer):
    definition = BuiltReportDefinition()

    class Meta:
        model = BuiltReport
        fields = ("id", "owner", "name", "shared", "definition", "created_at", "version")
        read_only_fields = ("id", "owner", "created_at", "version")


def _definition(told: dict) -> choosing.Definition:
    form = ChoicesForm(told)
    if not form.is_valid():
        raise serializers.ValidationError({"definition": form.errors})
    return form.definition


def _naming(told: dict, instance: BuiltReport | None = None) -> dict:
    form = BuiltReportForm(told, instance=instance)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form.values()


class BuiltReportList(ListAPIView):
    """One's own reports and those shared with one; ``POST`` keeps one, or gives one's own of that
    name other choices."""

    serializer_class = BuiltReportSerializer
    filters = {"owner": ("owner", whole)}
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return BuiltReport.objects.order_by("pk")

    @extend_schema(
        request=BuiltReportSerializer,
        responses={201: BuiltReportSerializer},
        examples=sent(
            name="Revenue by month", shared="team",
            definition={"measures": ["revenue"], "rows": "month", "chart": "lines"},
        ),
    )  # fmt: skip
    def post(self, request):
        asked = BuiltReportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        definition = _definition(told.pop("definition"))
        try:
            report = services.save(request.user, definition, _naming({"shared": "nobody", **told}))
        except ValidationError as error:
            raise _told(error) from error
        return Response(BuiltReportSerializer(report).data, status=status.HTTP_201_CREATED)


class BuiltReportDetail(APIView):
    """One report; changing needs ``version``."""

    @extend_schema(responses=BuiltReportSerializer)
    def get(self, request, pk):
        return Response(BuiltReportSerializer(find(BuiltReport, pk=pk)).data)

    @extend_schema(request=BuiltReportSerializer, responses=BuiltReportSerializer)
    def patch(self, request, pk):
        report = find_editable(BuiltReport, pk=pk)
        version = version_asked(request)
        asked = BuiltReportSerializer(report, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        values = {}
        if "definition" in told:
            whole_one = {**report.definition, **told.pop("definition")}
            values["definition"] = _definition(whole_one).told()
        present = {"name": report.name, "shared": report.shared}
        values |= _naming({**present, **told}, find(BuiltReport, pk=pk))
        try:
            services.change(report, values, report.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        except ValidationError as error:
            raise _told(error) from error
        return Response(BuiltReportSerializer(report).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request, pk):
        services.remove(find_editable(BuiltReport, pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BuiltReportColumn(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    unit = serializers.CharField()


class BuiltReportRow(serializers.Serializer):
    key = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    values = serializers.ListField(child=serializers.FloatField(allow_null=True))  # type: ignore[assignment]


class BuiltReportFigures(serializers.Serializer):
    """``columns``: measures, or the parts of the split with the whole at the end; money in
    ``currency``, shares as fractions, null where nothing is known.  ``total`` is of all rows."""

    question = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    currency = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    columns = BuiltReportColumn(many=True)
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    rows = BuiltReportRow(many=True)
    total = serializers.ListField(child=serializers.FloatField(allow_null=True))


def _day(request, name: str = "as_of") -> dt.date | None:
    """The day asked for; today is not over yet."""
    if name not in request.query_params:
        return None
    asked = serializers.DateField().run_validation(request.query_params[name])
    over = asked < today() or (name == "known" and asked == today())
    if not (dt.date(1900, 1, 1) < asked and over):
        raise serializers.ValidationError({name: [_("Take a day that is over.")]})
    return asked


def _answer(request, asked: choosing.Definition) -> Response:
    """The figures of these choices as the rights of whoever asks show them."""
    found = built(asked, _day(request), _day(request, "known"))
    text = request.query_params.get("page", "")
    pages = max(1, -(-len(found) // BATCH))
    number = min(max(int(text[:9]), 1), pages) if text.isdecimal() else 1
    told = {
        "question": found.title,
        "since": found.since,
        "until": found.until,
        "currency": company().currency,
        "note": found.note,
        "columns": found.columns,
        "count": len(found),
        "page": number,
        "pages": pages,
        "rows": found.some(number),
        "total": found.total,
    }
    return Response(BuiltReportFigures(told).data)


ASKED_FIGURES = [
    OpenApiParameter("page", OpenApiTypes.INT, required=False),
    day("as_of"),
    day("known", "With `as_of`: by what was known on that day; today, where it is left out."),
]


class BuiltReportFiguresOf(APIView):
    """The figures of a report as the rights of whoever asks show them, 1000 rows a page.

    ``as_of``: a day that is over, as of whose end the period is told; else as the page does now.
    """

    @extend_schema(
        operation_id="built_reports_figures", parameters=ASKED_FIGURES, responses=BuiltReportFigures
    )
    def get(self, request, pk):
        report = find(BuiltReport, pk=pk)
        return _answer(request, choosing.Definition.of(report.definition))


class BuiltFigures(APIView):
    """The figures of choices that nobody has kept, said in the address as the builder's page says
    them: ``measures`` several times, ``rows``, ``split``, ``period``, limits.  Without any: revenue
    by client of the last twelve months."""

    @extend_schema(
        operation_id="built_figures",
        parameters=[
            OpenApiParameter("measures", OpenApiTypes.STR, enum=list(choosing.MEASURES), many=True),
            one_of(choosing.DIMENSIONS)("rows"),
            one_of(choosing.DIMENSIONS)("split"),
            one_of(choosing.PERIODS)("period"),
            day("since"),
            day("until"),
            one_of(["True", "on", "1"])("key_only"),
            *map(phrase, choosing.FILTERS),
            one_of(choosing.CHARTS)("chart", "How the page draws it; changes no figure."),
            *ASKED_FIGURES,
        ],
        responses=BuiltReportFigures,
    )
    def get(self, request):
        form = choices(request.query_params)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        return _answer(request, form.definition)
