"""Periodic reports over REST: what was made, what is ordered, and the counts they tell."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.api.conflicts import ChangedMeanwhile
from accounts.api.promises import _told
from accounts.models import User
from kam.audit.services import record
from kam.lib.api_parameters import day, one_of, phrase, sent, whole
from kam.lib.editing import Conflict
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable
from reports.datasets import Filters
from reports.figures.calendar import Period
from reports.files import FILES
from reports.files.answers import handed_out
from reports.models import BuiltReport, Report, Schedule
from reports.models.periodic import Kind, Rhythm
from reports.services import schedules
from reports.services.content import promise_counts

from .days import asked_day


class ReportSerializer(serializers.ModelSerializer):
    class Meta:
        model = Report
        fields = (
            "id", "person", "schedule", "kind", "name", "rhythm", "starts", "ends", "language", "digest",
            "previous", "made_at", "mail", "mailed_at",
        )  # fmt: skip
        read_only_fields = fields


class ReportWithContent(ReportSerializer):
    """``content``: figures with the address that tells each again, tables and charts, as made."""

    content = serializers.JSONField()

    class Meta(ReportSerializer.Meta):
        fields = (*ReportSerializer.Meta.fields, "content")
        read_only_fields = fields


class ReportList(ListAPIView):
    """Reports of oneself and of whom one leads, without their content."""

    serializer_class = ReportSerializer
    filters = {
        "person": ("person", whole),
        "schedule": ("schedule", whole),
        "kind": ("kind", one_of(Kind.values)),
        "rhythm": ("rhythm", one_of(Rhythm.values)),
    }
    sorts = {"id": "pk", "ends": "ends"}

    def get_queryset(self):
        return Report.objects.defer("content").order_by("pk")


class ReportDetail(APIView):
    @extend_schema(responses=ReportWithContent)
    def get(self, request, pk):
        return Response(ReportWithContent(find(Report, pk=pk)).data)


class ReportFile(APIView):
    """The report as a file: ``pdf``, ``xlsx`` or ``pptx``."""

    @extend_schema(
        operation_id="reports_file_retrieve",
        responses={(200, kind): OpenApiTypes.BINARY for _write, kind in FILES.values()},
    )
    def get(self, request, pk, ending):
        if ending not in FILES:
            raise Http404
        rows = Report.objects.select_related("person", "schedule", "previous")
        report = find(Report, queryset=rows, pk=pk)
        record("report.file", object=report, details={"format": ending})
        return handed_out(report, ending)


class ScheduleSerializer(serializers.ModelSerializer):
    """``people``: ids of who gets it where the audience is ``named``.  ``built``: of the kind
    ``built``, the built report; it never changes."""

    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1), required=False,
        max_length=200,
    )  # fmt: skip

    class Meta:
        model = Schedule
        fields = (
            "id", "owner", *schedules.FIELDS, "built", "people", "told_until", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "owner", "told_until", "created_at", "version")

    def get_fields(self):
        fields = super().get_fields()
        fields["built"] = serializers.PrimaryKeyRelatedField(
            queryset=BuiltReport.objects.all(), required=False, allow_null=True
        )
        return fields

    def to_representation(self, instance):
        instance.people = [row.person_id for row in instance.chosen.all()]
        return super().to_representation(instance)


def _people(values: dict) -> list[User] | None:
    """Takes ``people`` out of the values; None where nothing is said of them."""
    ids = values.pop("people", None)
    if ids is None:
        return None
    known = User.objects.in_bulk(ids)
    if set(ids) - set(known):
        raise serializers.ValidationError({"people": ["Nobody here has this id."]})
    return list(known.values())


class ScheduleList(ListAPIView):
    """What is ordered; ``POST`` orders a report."""

    serializer_class = ScheduleSerializer
    filters = {"owner": ("owner", whole), "kind": ("kind", one_of(Kind.values))}
    sorts = {"id": "pk"}

    def get_queryset(self):
        return Schedule.objects.order_by("pk").prefetch_related("chosen")

    @extend_schema(
        request=ScheduleSerializer,
        responses={201: ScheduleSerializer},
        examples=sent(kind="kam", rhythm="month", day=2, hour=7, audience="owner", mailed=True),
    )
    def post(self, request):
        asked = ScheduleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        _fits(asked.validated_data)
        values = dict(asked.validated_data)
        if (values.get("kind") == Kind.BUILT) != (values.get("built") is not None):
            said = _("A built report has the kind “built”, and only such an order has one.")
            raise serializers.ValidationError({"built": [said]})
        people = _people(values) or ()
        try:
            row = schedules.create(values, request.user, people)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ScheduleSerializer(row).data, status=status.HTTP_201_CREATED)


def _fits(values: dict, present: Schedule | None = None) -> None:
    rhythm = values.get("rhythm", present.rhythm if present else Rhythm.MONTH)
    if rhythm == Rhythm.WEEK and values.get("day", present.day if present else 1) > 7:
        raise serializers.ValidationError({"day": ["1–7"]})


class ScheduleDetail(APIView):
    @extend_schema(responses=ScheduleSerializer)
    def get(self, request, pk):
        return Response(ScheduleSerializer(find(Schedule, pk=pk)).data)

    @extend_schema(request=ScheduleSerializer, responses=ScheduleSerializer)
    def patch(self, request, pk):
        rows = Schedule.objects.select_related("owner")
        row = find_editable(Schedule, queryset=rows, pk=pk)
        version = version_asked(request)
        asked = ScheduleSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        _fits(asked.validated_data, row)
        values = dict(asked.validated_data)
        people = _people(values)
        try:
            row = schedules.change(row, values, row.version if version is None else version, people)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(ScheduleSerializer(row).data)


class ScheduleRun(APIView):
    """The report of the last whole period for oneself, without a mail; a job makes it."""

    @extend_schema(request=None, responses={202: ScheduleSerializer})
    def post(self, request, pk):
        rows = Schedule.objects.select_related("owner", "built")
        row = find_editable(Schedule, queryset=rows, pk=pk)
        try:
            schedules.run_now(row, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ScheduleSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class PromiseCountsSerializer(serializers.Serializer):
    """Our promises settled between the days by how they ended, and overdue at the last day."""

    kept = serializers.IntegerField()
    late = serializers.IntegerField()
    broken = serializers.IntegerField()
    overdue = serializers.IntegerField()


class PromiseCounts(APIView):
    """How our promises of a period ended; today counts where a day is not given."""

    @extend_schema(
        parameters=[day("since"), day("until"), phrase("owner"), phrase("team")],
        responses=PromiseCountsSerializer,
    )
    def get(self, request):
        asked = request.query_params

        def given(name):
            return asked_day(asked, name) or today()

        ids = {name: text for name in ("owner", "team") if (text := asked.get(name, ""))}
        if not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in ids.values()):
            return Response(
                PromiseCountsSerializer(
                    dict.fromkeys(("kept", "late", "broken", "overdue"), 0)
                ).data
            )
        counted = promise_counts(Filters(**ids), Period(given("since"), given("until")))
        return Response(PromiseCountsSerializer(counted).data)
