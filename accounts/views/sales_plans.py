"""The sales plan of a client as a grid, pasting into it, and roll-ups over clients."""

import datetime as dt
import re

from babel.dates import get_month_names
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Client, ProductFamily
from accounts.selectors import ledger
from accounts.services import clients as services
from accounts.services import sales_plans
from kam.lib.periods import today
from kam.lib.views import find_editable

from .clients import _found, head

YEARS_AHEAD, YEARS_BACK = 2, 4
_CELL = re.compile(r"cell-(\d{1,9})-(\d{1,2})")


def year_asked(parameters) -> int:
    """``?year=`` within what is planned; else this year."""
    here = today().year
    asked = parameters.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else here
    return year if here - YEARS_BACK <= year <= here + YEARS_AHEAD else here


def asked(parameters) -> tuple[int, str]:
    """The year, and whether the rows are of ``kam`` or ``family``."""
    return year_asked(parameters), "family" if parameters.get("by") == "family" else "kam"


def _years(year: int) -> list[int]:
    here = today().year
    return sorted({here - 1, here, here + 1, year})


def _year(client: Client, year: int, more: str = "") -> sales_plans.Year:
    day = today()
    family = int(more) if more.isascii() and more.isdecimal() and len(more) < 10 else None
    return sales_plans.year_of(client, ledger.legal_entities(client, day), year, day, family)


@require_http_methods(["GET", "POST"])
def client_sales_plan(request, pk):
    """The year by family and month; a post saves the cells of the grid."""
    client = _found(pk)
    year = year_asked(request.GET)
    status, typed = 200, {}
    if request.method == "POST":
        find_editable(Client, pk=pk)
        cells, wrong, typed = _cells(request.POST)
        stale = request.POST.get("seen") != sales_plans.digest_of(
            sales_plans.plan_of([client.pk], year)
        )
        if not wrong and not stale:
            count = sales_plans.save(client, year, cells, request.user)
            messages.success(
                request,
                ngettext("%(n)s month is planned anew.", "%(n)s months are planned anew.", count)
                % {"n": count}
                if count
                else _("Nothing has changed."),
            )
            return redirect(f"{reverse('client_sales_plan', args=[pk])}?year={year}")
        for text in wrong:
            messages.error(request, text)
        if stale:
            messages.warning(
                request,
                _(
                    "Somebody saved this plan meanwhile. Your numbers stand in the grid; where "
                    "theirs differ they stand below. Compare and save again."
                ),
            )
        status = 409 if stale else 422
    shown = _year(client, year, request.GET.get("family", ""))
    context = {
        "plan": shown,
        "grid": [(row, _grid(row, typed)) for row in shown.rows],
        "year": year,
        "years": _years(year),
        "months": _months("abbreviated"),
        "families": ProductFamily.objects.exclude(pk__in=[row.key for row in shown.rows]),
    } | head(client)
    return render(request, "accounts/clients/sales_plan.html", context, status=status)


def _months(width: str) -> list[str]:
    """Names of the twelve months as heads of columns."""
    names = get_month_names(width, "stand-alone", locale=get_language() or "en")
    return [names[month] for month in range(1, 13)]


def _grid(row: sales_plans.Row, typed: dict[str, str]) -> list[dict]:
    """Cells of one row: what is shown in the field, and the plan where typed differs from it."""
    cells, months = [], _months("wide")
    for month, (plan, actual) in enumerate(zip(row.plan, row.actual, strict=True), start=1):
        name = f"cell-{row.key}-{month}"
        saved = "" if plan is None else f"{plan.normalize():f}"
        value = typed.get(name, saved)
        cells.append(
            {
                "name": name,
                "month": months[month - 1],
                "value": value,
                "theirs": plan if typed and value != saved else None,
                "actual": actual,
            }
        )
    return cells


def _cells(data) -> tuple[dict, list[str], dict[str, str]]:
    """(cells, what is wrong, as typed) of a posted grid."""
    cells, wrong, typed = {}, [], {}
    known = {0, *ProductFamily.objects.values_list("pk", flat=True)}
    for name, text in data.items():
        found = _CELL.fullmatch(name)
        if not found:
            continue
        family, month = int(found[1]), int(found[2])
        if family not in known or not 1 <= month <= sales_plans.MONTHS:
            continue
        typed[name] = text[:40]
        try:
            cells[family, month] = sales_plans.amount_of(text)
        except ValueError as error:
            wrong.append(f"{text[:40]}: {error}")
    return cells, wrong, typed


@require_http_methods(["GET", "POST"])
def client_sales_plan_paste(request, pk):
    """Without ``seen`` a post shows what the block would change; with it that is saved."""
    client = _found(pk)
    year = year_asked(request.POST if request.method == "POST" else request.GET)
    if request.method == "GET" and not services.may_edit(client):
        return redirect("client_sales_plan", pk=pk)
    find_editable(Client, pk=pk)
    text = request.POST.get("text", "")[:200_000]
    context = {"year": year, "text": text}
    if request.method == "POST" and text:
        paste = sales_plans.read_paste(client, year, text)
        seen = sales_plans.digest_of({key: after for key, (_, after) in paste.changes.items()})
        if paste.changes and request.POST.get("seen") == seen:
            cells = {key: after for key, (_, after) in paste.changes.items()}
            count = sales_plans.save(client, year, cells, request.user)
            messages.success(
                request,
                ngettext("%(n)s month is planned anew.", "%(n)s months are planned anew.", count)
                % {"n": count},
            )
            return redirect(f"{reverse('client_sales_plan', args=[pk])}?year={year}")
        names = dict(ProductFamily.objects.values_list("pk", "name"))
        context |= {
            "paste": paste,
            "seen": seen,
            "changes": [
                {
                    "family": names.get(key[0]),
                    "month": dt.date(year, key[1], 1),
                    "before": before,
                    "after": after,
                }
                for key, (before, after) in list(paste.changes.items())[:200]
            ],
        }
    return render(request, "accounts/clients/sales_plan_paste.html", context | head(client))


@require_GET
def sales_plan_list(request):
    """Plan against actual of clients that have a plan, by KAM or by family."""
    year, by = asked(request.GET)
    context = {
        "plan": sales_plans.roll_up(by, year, today()),
        "by": by,
        "year": year,
        "years": _years(year),
    }
    return render(request, "accounts/sales_plans.html", context)
