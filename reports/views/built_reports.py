"""The report builder: what is kept, the choices with their figures, and name and sharing."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import ProductFamily
from accounts.selectors.clients import choices as offered_to
from accounts.selectors.people import teams_beside
from accounts.selectors.saved_views import whose
from accounts.services.clients import may_edit
from kam.audit.conflicts import conflicting
from kam.lib.editing import Conflict
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part
from reports.dashboards import built_words as words
from reports.dashboards.built import Built, built, examples, unit_sign
from reports.dashboards.built_behind import query_of
from reports.figures.built_choices import FILTERS, Definition
from reports.forms.built_reports import BuiltReportForm, ChoicesForm, choices
from reports.models import BuiltReport, Schedule
from reports.services import built_orders, schedules
from reports.services import built_reports as services
from scoring.selectors.ranking import kams

from .boards import cells

form_page = require_http_methods(["GET", "POST"])


@require_GET
def report_built(request):
    """What one has kept and what others share, and examples to begin with."""
    rows = BuiltReport.objects.select_related("owner").order_by("name", "pk")
    context = {
        "rows": [
            {
                "report": row,
                "asks": words.title_of(Definition.of(row.definition)),
                "whose": whose(row.owner, request.user),
                "editable": may_edit(row),
            }
            for row in rows
        ],
        "examples": [
            (name, words.title_of(asked), query_of(asked)) for name, asked in examples()
        ],
    }  # fmt: skip
    return render(request, "reports/built/list.html", context)


@form_page
def report_built_new(request):
    """Choices that stand in the address alone; posted with a name, they are kept."""
    if request.method == "GET":
        return _builder(request, choices(request.GET))
    form = choices(QueryDict(request.POST.get("query", "")[:4000]))
    naming = BuiltReportForm(request.POST)
    if form.is_valid() and naming.is_valid():
        try:
            report = services.save(request.user, form.definition, naming.values())
        except ValidationError as error:
            naming.add_error(None, error)
        else:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": report.name})
            return redirect("report_built_detail", report.pk)
    return _builder(request, form, naming=naming, status=422)


@require_GET
def report_built_detail(request, pk):
    report = find(BuiltReport, queryset=BuiltReport.objects.select_related("owner"), pk=pk)
    form = choices(request.GET, Definition.of(report.definition))
    naming = BuiltReportForm(initial={"name": report.name, "shared": report.shared})
    return _builder(request, form, report, naming)


def _builder(request, form: ChoicesForm, report=None, naming=None, status=200):
    found = built(form.definition) if form.is_valid() else None
    context = {
        "form": form,
        "wrong": form.said,
        "report": report,
        "naming": naming or BuiltReportForm(),
        "may_keep": may(request.user, "report_built_new", "POST"),
        "built": found,
        "table": shown(found) if found else None,
        "query": query_of(form.definition) if found else "",
    }
    if wants_part(request):
        return render(request, "reports/built/_figures.html", context, status=status)
    offered = offered_to(request.user)
    context |= {
        "kams": kams(request.user),
        "teams": teams_beside(request.user),
        "segments": offered.segments,
        "regions": offered.regions,
        "families": ProductFamily.objects.order_by("name"),
        "filters": {name: form[name].value() or "" for name in form.fields},
        "narrowed": any(form[name].value() for name in ("key_only", *FILTERS)),
        "whose": whose(report.owner, request.user) if report else "",
        "editable": bool(report) and may_edit(report),
        "folded": bool(report) or "rows" in request.GET,
        "may_order": bool(report) and may(request.user, "schedule_create", "POST"),
        "orders": _orders(report) if report else [],
    }
    return render(request, "reports/built/builder.html", context, status=status)


def _orders(report: BuiltReport) -> list[dict]:
    """How it comes by itself, as far as one sees that."""
    now = timezone.now()
    rows = Schedule.objects.filter(built=report, is_active=True).select_related("owner")
    return [
        {"schedule": each, "next": schedules.next_due(each, now), "editable": may_edit(each)}
        for each in rows
    ]


def shown(found: Built) -> dict:
    """The table as the page writes it."""
    return {
        "columns": [
            {"key": each.key, "label": each.label, "unit": unit_sign(each.unit)}
            for each in found.columns
        ],
        "rows": [
            {"row": row, "cells": _leading(row.values, row.addresses, found)} for row in found.page
        ],
        "total": _leading(found.total, found.total_addresses, found),
        "head": str(words.DIMENSIONS[found.asked.rows]),
    }


def _leading(values, addresses, found: Built) -> list[dict]:
    """Values in words, each with where it leads."""
    shown_ones = cells(values, found.columns)
    return [
        {**cell, "address": address} for cell, address in zip(shown_ones, addresses, strict=True)
    ]


@form_page
def report_built_edit(request, pk):
    """Another name, and shared with others."""
    report = find(BuiltReport, pk=pk)
    if request.method == "GET" and not may_edit(report):
        return redirect("report_built_detail", pk)
    find_editable(BuiltReport, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = BuiltReportForm(posted, instance=find(BuiltReport, pk=pk))
    context = {"form": form, "report": report, "orders": built_orders.orders_of(report)}
    template = "reports/built/form.html"
    if posted is not None and form.is_valid():
        try:
            services.change(report, form.values(), form.cleaned_data["version"] or 0)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("report_built_detail", pk)
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
def report_built_removal(request, pk):
    ended = services.remove(find_editable(BuiltReport, pk=pk))
    said = _("The report is gone; nothing of what it told is lost.")
    if ended:
        said += " " + ngettext(
            "%(n)s order of it ended.", "%(n)s orders of it ended.", ended
        ) % {"n": ended}  # fmt: skip
    messages.success(request, said)
    return redirect("report_built")
