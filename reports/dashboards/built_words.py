"""What the report builder calls its choices, and why some have no meaning together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.measures.catalogue import MEASURES as CATALOGUE
from accounts.models import Client, ProductFamily, Team, User
from kam.lib import formatting
from reports.figures.built import REST, Key
from reports.figures.built_choices import TIMES, Definition
from scoring.selectors.ranking import kams

from .portfolio_charts import language

Words = dict[str, str | Promise]

MEASURES: Words = {
    "revenue": CATALOGUE["revenue"].label,
    "profit": CATALOGUE["profit"].label,
    "margin": _("Margin"),
    "invoices": CATALOGUE["invoices"].label,
    "average_invoice": CATALOGUE["average_invoice"].label,
    "discount": _("Discounts given"),
    "received": _("Payments received, with VAT"),
    "talks": _("Calls, meetings, letters, visits"),
}
DIMENSIONS: Words = {
    "client": _("Client"),
    "kam": _("KAM"),
    "team": _("Team"),
    "segment": _("Segment"),
    "region": _("Region"),
    "family": _("Product family"),
    "month": _("Month"),
    "quarter": pgettext_lazy("report builder", "Quarter"),
    "year": pgettext_lazy("report builder", "Year"),
}
BY: Words = {
    "client": _("by client"),
    "kam": _("by KAM"),
    "team": _("by team"),
    "segment": _("by segment"),
    "region": _("by region"),
    "family": _("by product family"),
    "month": _("by month"),
    "quarter": _("by quarter"),
    "year": _("by year"),
}
PERIODS: Words = {
    "last_12": _("Last twelve whole months"),
    "this_year": pgettext_lazy("report builder", "This year"),
    "year_before": pgettext_lazy("report builder", "Last year"),
    "this_quarter": pgettext_lazy("report builder", "This quarter"),
    "quarter_before": pgettext_lazy("report builder", "Last quarter"),
    "this_month": pgettext_lazy("report builder", "This month"),
    "month_before": pgettext_lazy("report builder", "Last month"),
    "between": pgettext_lazy("report builder", "Between two days"),
}
CHARTS: Words = {
    "table": pgettext_lazy("report builder", "Table only"),
    "bars": pgettext_lazy("report builder", "Bars"),
    "lines": pgettext_lazy("report builder", "Lines"),
    "stacked": pgettext_lazy("report builder", "Stacked bars"),
}
FIELDS: Words = {
    "measures": pgettext_lazy("report builder", "Measures"),
    "rows": pgettext_lazy("report builder", "Rows"),
    "split": pgettext_lazy("report builder", "Split by"),
    "period": _("Period"),
    "since": pgettext_lazy("report builder", "From"),
    "until": pgettext_lazy("report builder", "Until"),
    "chart": pgettext_lazy("report builder", "Chart"),
}
WHY: dict[tuple[str, str], str | Promise] = {
    ("measures", "count"): _("Choose one to four measures."),
    ("measures", "one_of_split"): _("With a split there is room for one measure. Choose one."),
    ("measures", "by_line"): _(
        "Of product families only revenue, profit and margin are known. Choose among these."
    ),
    ("split", "same"): _("These are the rows already. Split by something else."),
    ("split", "client"): _("Clients are too many for columns. Take them as rows."),
    ("split", "time"): _("The rows are times already. Split by something else."),
    ("split", "many"): _("That is more than three years of months. Split by quarters or years."),
    ("since", "needed"): _("Say the first day."),
    ("until", "needed"): _("Say the last day."),
    ("until", "before"): _("The last day is before the first."),
    ("until", "long"): _("At most ten years."),
    ("chart", "lines"): _("A line runs along time. Take months, quarters or years as rows."),
    ("chart", "stacked"): _("Bars are stacked of the parts of a split. Choose a split."),
    ("chart", "adds"): _("Shares and averages do not add up. Choose bars or the table."),
}


def title_of(asked: Definition) -> str:
    """The question: which measures, by what."""
    labels = [str(MEASURES[key]) for key in asked.measures]
    told = ", ".join([labels[0], *(each[:1].lower() + each[1:] for each in labels[1:])])
    by = ", ".join(str(BY[each]) for each in (asked.rows, asked.split) if each)
    return f"{told} {by}"


def period_of(since: dt.date, until: dt.date) -> str:
    first, last = (formatting.day(each, language=language()) for each in (since, until))
    return f"{first} – {last}"


def limits_of(asked: Definition, reader: Any) -> list[str]:
    """Which clients are taken, a sentence a limit; KAMs of other teams stay nameless to a KAM."""
    said = [pgettext("report builder", "Key clients only")] if asked.key_only else []
    if asked.owner:
        key = None if asked.owner == "none" else int(asked.owner)
        is_kam = getattr(reader, "role", "") == User.Role.KAM
        beside = not is_kam or key in {None, *(each.pk for each in kams(reader))}
        named = names_of("kam", [key])[key] if beside else _now("another team")
        said.append(f"{_now('KAM')}: {named}")
    for name in ("team", "segment", "region", "family"):
        if value := getattr(asked, name):
            key = int(value) if name in ("team", "family") else value
            said.append(f"{DIMENSIONS[name]}: {names_of(name, [key])[key]}")
    return said


def names_of(dimension: str, keys: Iterable[Key]) -> dict[Key, str]:
    """What people call the rows or columns with these keys."""
    keys = list(keys)
    known: dict[Any, str] = {}
    ids = [key for key in keys if isinstance(key, int)]
    if dimension == "client":
        known = dict(Client.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))
    elif dimension == "kam":
        known = {each.pk: str(each) for each in User.objects.filter(pk__in=ids)}
    elif dimension == "team":
        known = {each.pk: str(each) for each in Team.objects.filter(pk__in=ids)}
    elif dimension == "family":
        known = {each.pk: str(each) for each in ProductFamily.objects.filter(pk__in=ids)}
    elif dimension in TIMES:
        known = {key: _time(dimension, key) for key in keys if isinstance(key, dt.date)}
    else:
        known = {key: key for key in keys if key}
    nothing = {
        "kam": _now("No KAM"), "team": _now("No team"), "family": _now("No product family"),
    }.get(dimension, pgettext("report builder", "Not said"))  # fmt: skip
    return {
        key: pgettext("report builder", "The others") if key == REST else known.get(key, nothing)
        for key in keys
    }


def _time(unit: str, day: dt.date) -> str:
    pattern = {"month": "LLL y", "quarter": "QQQ y", "year": "y"}[unit]
    return format_date(day, pattern, locale=language())
