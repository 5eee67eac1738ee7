"""Periodic reports: the list, one as a dashboard and as a file, and the schedules."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.services.clients import may_edit
from kam.audit.conflicts import conflicting
from kam.audit.services import record
from kam.lib import outgoing
from kam.lib.editing import Conflict
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part
from reports.dashboards import built_words as words
from reports.dashboards import kept
from reports.figures.built_choices import Definition
from reports.files import FILES
from reports.files.answers import handed_out
from reports.forms.schedules import ScheduleForm
from reports.models import BuiltReport, Report, Schedule
from reports.models.periodic import Kind
from reports.services import schedules

form_page = require_http_methods(["GET", "POST"])
PAGE = 50


@require_GET
def report_list(request):
    """One's own reports, and those of the team that one leads; latest first."""
    rows = Report.objects.select_related("person", "schedule").defer("content")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    orders = Schedule.objects.select_related("owner")
    # Of built reports only those that one may open are named.
    open_ones = BuiltReport.objects.in_bulk([each.built_id for each in orders if each.built_id])
    now, failed = timezone.now(), schedules.failed_mails(orders)
    context = {
        "page": page,
        "orders": [
            {
                "schedule": each,
                "next": schedules.next_due(each, now),
                "editable": may_edit(each),
                "built": open_ones.get(each.built_id),
                "failed": failed.get(each.pk, 0),
            }
            for each in orders
        ],
        "may_order": may(request.user, "schedule_create", "POST"),
        "mail": outgoing.is_set_up(),
    }
    return render(request, "reports/periodic/list.html", context)


def _report(pk) -> Report:
    rows = Report.objects.select_related("person", "schedule", "previous")
    return find(Report, queryset=rows, pk=pk)


@require_GET
def report_detail(request, pk):
    """The report as a dashboard, drawn from what was kept."""
    report = _report(pk)
    currency = report.content["currency"]
    context = {
        "report": report,
        "built": report.schedule_id
        and BuiltReport.objects.filter(orders=report.schedule_id).first(),
        "ranking_day": parse_date(report.content["ranking"] or ""),
        "figures": kept.shown_figures(report),
        "changes": kept.changes_of(report),
        "charts": report.content["charts"],
        "tables": [
            {
                **table,
                "shown": kept.shown_rows(table, currency),
                "whole": kept.shown_total(table, currency),
            }
            for table in report.content["tables"]
        ],
    }
    return render(request, "reports/periodic/detail.html", context)


@require_GET
def report_file(request, pk, ending):
    """The report as PDF, workbook or slides."""
    if ending not in FILES:
        raise Http404
    report = _report(pk)
    record("report.file", object=report, details={"format": ending})
    return handed_out(report, ending)


@form_page
def schedule_create(request):
    """With ``built`` in the address, of that built report."""
    asked = request.GET.get("built", "")[:18]
    built = find(BuiltReport, pk=int(asked)) if asked.isascii() and asked.isdecimal() else None
    posted = request.POST if request.method == "POST" else None
    form = ScheduleForm(posted, person=request.user, built=built)
    if posted is not None and form.is_valid():
        values = form.values()
        people = values.pop("people", ())
        if built is not None:
            values |= {"kind": Kind.BUILT, "built": built}
        try:
            schedules.create(values, request.user, people)
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("Ordered. The first report comes after the next period."))
            return redirect("report_built_detail", built.pk) if built else redirect("report_list")
    return _form(request, {"form": form})


@form_page
def schedule_edit(request, pk):
    found = Schedule.objects.select_related("owner", "built")
    schedule = find(Schedule, queryset=found, pk=pk)
    if request.method == "GET" and not may_edit(schedule):
        return redirect("report_list")
    find_editable(Schedule, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = ScheduleForm(posted, instance=find(Schedule, pk=pk), person=schedule.owner)
    context = {"form": form, "schedule": schedule}
    if posted is not None and form.is_valid():
        values = form.values()
        people = values.pop("people", None)
        try:
            schedules.change(schedule, values, form.cleaned_data["version"] or 0, people)
        except ValidationError as error:
            _add(form, error)
        except Conflict as conflict:
            template = "reports/periodic/schedule_form.html"
            return conflicting(request, template, context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("report_list")
    return _form(request, context)


@require_POST
def schedule_run(request, pk):
    """The report of the last whole period for oneself, at once and without a mail."""
    orders = Schedule.objects.select_related("owner", "built")
    schedule = find(Schedule, queryset=orders, pk=pk)
    find_editable(Schedule, pk=pk)
    try:
        schedules.run_now(schedule, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The report is being made; it will stand in this list."))
    return redirect("report_list")


def _add(form, error: ValidationError) -> None:
    told = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, texts in told.items():
        form.add_error(field if field in form.fields else None, texts)


def _form(request, context):
    if built := context["form"].built:
        # Who edits another's order may not be able to open what it is of.
        context |= {"built": BuiltReport.objects.filter(pk=built.pk).first()}
        asked = Definition.of(built.definition)
        context |= {"asks": words.title_of(asked), "same_days": asked.period == "between"}
    part = "_schedule_form" if wants_part(request) else "schedule_form"
    status = 422 if context["form"].is_bound else 200
    return render(request, f"reports/periodic/{part}.html", context, status=status)
