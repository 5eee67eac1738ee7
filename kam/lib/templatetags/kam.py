"""Template tags and filters that every page may use without loading them.

Filters format (``{{ x|money }}``), tags draw a component from ``templates/components``.
The living page of all of them is the route ``component_gallery``.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from kam.lib import drawing, formatting, navigation
from kam.lib.company import company

register = template.Library()


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _decimals(argument, default: int) -> int:
    return default if argument in (None, "") else int(argument)


# --- Formats ------------------------------------------------------------------------------------


@register.filter
def number(value, decimals=0):
    """``{{ x|number }}``, ``{{ x|number:1 }}``; with its sign ``{{ x|number:"+2" }}``."""
    signed = str(decimals).startswith("+")
    return formatting.number(
        value, _decimals(str(decimals).lstrip("+"), 0), language=language(), signed=signed
    )


@register.filter
def percent(fraction, decimals=1):
    """A fraction as per cent: ``{{ share|percent }}``."""
    return formatting.percent(fraction, _decimals(decimals, 1), language=language())


@register.filter
def money(value, how=0):
    """Company currency: ``{{ x|money }}`` whole, ``{{ x|money:2 }}`` cents,
    ``{{ x|money:"short" }}`` at a glance."""
    if how == "short":
        return formatting.money_short(value, company().currency, language=language())
    return formatting.money(value, company().currency, _decimals(how, 0), language=language())


@register.filter
def in_currency(value, currency):
    """Money of a document in its own currency, with cents: ``{{ x|in_currency:"USD" }}``."""
    return formatting.money(value, currency, 2, language=language())


@register.filter
def day(value):
    """``23 Nov 2026``."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return formatting.day(value, language=language())


@register.filter
def day_month(value):
    """``23 November``."""
    return formatting.day_month(value, language=language())


@register.filter
def month(value):
    """``November 2026``."""
    return formatting.month(value, language=language())


@register.filter
def moment(value):
    """``23 Nov 2026, 14:05`` in the company's zone."""
    if value is not None and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formatting.moment(value, language=language())


@register.filter
def span(seconds):
    """A length of time in its largest unit: ``3 minutes``."""
    return formatting.MISSING if seconds is None else formatting.span(seconds, language=language())


@register.filter
def shown(value):
    """Any value of a table: a number with at most two decimals, a date, or the text itself."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        exact = formatting.as_decimal(value)
        decimals = 0 if exact is None or exact == exact.to_integral_value() else 2
        return formatting.number(exact, decimals, language=language())
    if isinstance(value, dt.date):
        return day(value)
    return formatting.MISSING if value is None else value


@register.filter
def plain(value):
    """The same value for machines: a decimal point, an ISO date, nothing for nothing."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# --- Links and permissions ----------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def may_read(context, route):
    """``{% may_read "ranking" as ok %}``: may this person open the route at all?"""
    request = context.get("request")
    return bool(request) and navigation.may(request.user, route)


@register.simple_tag(takes_context=True)
def creations(context):
    """Where the menu of what the reader may begin from here comes from; empty for who may not:
    ``{% creations as begin %}``."""
    request = context.get("request")
    if not request or not navigation.may(request.user, "create_for"):
        return ""
    client = context.get("client")
    known = f"?client={client.pk}" if type(client).__name__ == "Client" else ""
    return f"{navigation.address('create_for')}{known}"


@register.simple_tag(takes_context=True)
def may_write(context, route):
    """``{% may_write "rating_list" as ok %}``: may this person post to the route at all?"""
    request = context.get("request")
    return bool(request) and navigation.may(request.user, route, "POST")


@register.filter
def join_labels(rows) -> str:
    """Criteria of a version as one line: their names, parted by commas."""
    return ", ".join(str(row.criterion) for row in rows)


@register.simple_tag
def route(name, *args, **kwargs):
    """The URL of a route, or nothing where the product has no such route."""
    return navigation.address(name, *args, **kwargs)


@register.inclusion_tag("components/tabs.html", takes_context=True)
def tabs(context, name, *args):
    """The tabs of a part of the product: ``{% tabs "matrix" matrix.pk %}``.

    One tab, or none, is no choice: then nothing is shown.
    """
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    found = navigation.links(navigation.TABS[name], request.user, here, *args)
    return {"tabs": found if len(found) > 1 else []}


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The present query string with changes: ``{% query sort="name" %}``; None removes a name.

    Any change goes back to the first page unless it names the page itself.
    """
    parameters = context["request"].GET.copy()
    for name in PAGE_PARAMETERS:
        parameters.pop(name, None)
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return "?" + parameters.urlencode()


PAGE_PARAMETERS = ("page", "after", "before", "from")


# --- Marks --------------------------------------------------------------------------------------


@register.simple_tag
def icon(name, size=18, label=""):
    """A lucide icon.  With a label it speaks to screen readers, without it is silent."""
    return _drawn(str(name), size, str(label))


@lru_cache(2000)
def _drawn(name, size, label):
    names = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return lucide(name, size=size, **{"class": "icon", **names})


@register.inclusion_tag("components/badge.html")
def badge(text, tone="", shape=""):
    """A state in words: tone good, watch, bad, ours, key or none.  Each tone has a shape of its
    own beside its colour; ``shape`` names an icon to stand there instead."""
    return {"text": text, "tone": tone, "shape": shape}


@register.inclusion_tag("components/person.html")
def person(user, short=False):
    """A person with initials; ``short`` shows the initials alone."""
    return {"user": user, "short": short}


@register.inclusion_tag("components/delta.html")
def delta(value, kind="percent", decimals=None, period="", good="up", unit=""):
    """A change: sign, number, period in words.

    ``kind``: percent (value is a fraction), points (a fraction, in percentage points), number or
    money; ``good``: up, down or none - which direction is good news.
    """
    exact = formatting.as_decimal(value)
    spoken = {"language": language(), "signed": True}
    if kind == "money":
        text = formatting.money_short(value, company().currency, **spoken)
    elif kind == "number":
        text = formatting.number(value, _decimals(decimals, 0), **spoken)
    else:
        text = formatting.percent(value, _decimals(decimals, 1), **spoken)
        if kind == "points":
            text = text.removesuffix("%") + _("pp")
    # What is told as zero has no direction, whatever lies behind the last decimal.
    told = exact and any(digit in text for digit in "123456789")
    direction = "none" if not told else "up" if exact > 0 else "down"
    tone = "" if good == "none" or direction == "none" else "good" if direction == good else "bad"
    return {
        "known": exact is not None,
        "text": f"{text}{formatting.THIN}{unit}" if unit else text,
        "direction": direction,
        "tone": tone,
        "period": period,
    }


@register.filter
def along(fraction) -> str:
    """A part of a bar as a length of the drawing: 0..1 and beyond -> within the bar."""
    return drawing.along(float(fraction or 0) * drawing.SCALE)


@register.inclusion_tag("components/sparkline.html")
def sparkline(values, label="", width=96, height=24):
    """Twelve or 24 months as a line, the last point marked; ``label`` says what it shows."""
    return {"line": drawing.sparkline(list(values or ()), width, height), "label": label}


@register.simple_block_tag(takes_context=True)
def evidence(context, content, url):
    """``{% evidence url %}{{ x|money }}{% endevidence %}``: a figure that leads to its inputs."""
    return render_to_string("components/evidence.html", {"content": content, "url": url})


# --- Ratings and scores -------------------------------------------------------------------------


@register.inclusion_tag("components/rating.html")
def rating(value, decimals=0):
    """A rating 1-10 as a cell that fills; None is a dotted cell, "not rated"."""
    exact = formatting.as_decimal(value)
    level = None if exact is None else min(max(int(exact + formatting.HALF), 1), 10)
    text = "" if exact is None else formatting.number(exact, decimals, language=language())
    return {"level": level, "text": text}


@register.inclusion_tag("components/rating_input.html")
def rating_input(value, url, label):
    """A cell of a rating grid: typed by keyboard, each change posted to ``url`` as ``rating``."""
    return {**rating(value), "url": url, "label": label}


@register.inclusion_tag("components/score_bar.html")
def score_bar(parts, total=None, low=None, high=None, label=""):
    """Parts = weight x rating, stacked to the total out of 10, with the interval as a whisker.

    ``parts``: mappings or objects with ``label``, ``points`` and ``colour`` (1..10).
    """

    def value(part, name):
        return part[name] if isinstance(part, dict) else getattr(part, name)

    triples = [
        (str(value(part, "label")), float(value(part, "points")), int(value(part, "colour")))
        for part in parts or ()
    ]
    numbers = [None if item is None else float(item) for item in (total, low, high)]
    return {"bar": drawing.score_bar(triples, *numbers), "label": label, "count": len(triples)}


# --- Tables -------------------------------------------------------------------------------------


@register.inclusion_tag("components/column.html", takes_context=True)
def column(context, key, label, sort=False, number=False, unit="", first="asc", narrow=True):
    """A head cell.  ``sort`` makes it a link on ``?sort=key`` (``-key`` descending); ``first`` is
    the direction of the first click; ``narrow=False`` leaves the column out on narrow screens
    (in a table with ``data-table``, until the person chooses columns there)."""
    request = context.get("request")
    present = request.GET.get("sort", "") if request else ""
    if not present:
        present = context.get("sort") or ""
    ascending, descending = present == key, present == f"-{key}"
    rising = descending or (first == "asc" and not ascending)  # a second click turns it round
    following = key if rising else f"-{key}"
    return {
        "key": key,
        "label": label,
        "unit": unit,
        "number": number,
        "narrow": narrow,
        "sort": sort,
        "state": "ascending" if ascending else "descending" if descending else "",
        "url": query(context, sort=following) if sort and request else "",
    }


@register.inclusion_tag("components/pager.html")
def pager(previous=None, next=None, text=""):
    """Previous and next: the query strings or URLs, None where there is nothing."""
    return {"previous": previous, "next": next, "text": text}


# --- Blocks -------------------------------------------------------------------------------------


@register.inclusion_tag("components/figure.html")
def figure(
    label,
    value,
    unit="",
    url="",
    delta=None,
    period="",
    kind="percent",
    good="up",
    note="",
    exact="",
):
    """A figure tile: small label, large number, change, and the link to its evidence."""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "url": url,
        "delta": delta,
        "period": period,
        "kind": kind,
        "good": good,
        "note": note,
        "exact": exact,
    }


@register.simple_block_tag(takes_context=True)
def page_head(context, content, title, sub="", crumbs=None):
    """Title, one line under it, and the page's actions as the content; lists that can be kept as
    a view have the menu of views beside them."""
    return render_to_string(
        "components/page_head.html",
        {
            "content": content,
            "title": title,
            "sub": sub,
            "crumbs": crumbs,
            "views": _menu_of_views(context.get("request")),
        },
    )


def _menu_of_views(request) -> str:
    """Where the menu of saved views comes from; empty where the page is none that is kept."""
    match = getattr(request, "resolver_match", None)
    route = match.url_name if match else ""
    if route not in navigation.VIEWED or not navigation.may(request.user, "saved_view_list"):
        return ""
    menu = navigation.address("saved_view_list")
    return f"{menu}?page={route}"  # the filters are told by the page's own address


@register.simple_block_tag
def empty(content, title, icon="inbox"):
    """An empty page that teaches: what will be here, and the one step that fills it."""
    return render_to_string(
        "components/empty.html", {"content": content, "title": title, "icon": icon}
    )


@register.simple_block_tag
def sheet(content, title, sub=""):
    """What a link with ``data-sheet`` loads into the drawer on the right."""
    return render_to_string(
        "components/sheet.html", {"content": content, "title": title, "sub": sub}
    )


@register.simple_block_tag
def dialog(content, name, title):
    """A decision.  Opened by ``<button data-dialog="name">``; the content ends with its form."""
    return render_to_string(
        "components/dialog.html", {"content": content, "name": name, "title": title}
    )


@register.inclusion_tag("components/progress.html")
def progress(done, total, note="", seconds_left=None, label=""):
    """Counts and time left; without a total the bar only shows that work goes on."""
    return {
        "done": done,
        "total": total,
        "note": note,
        "seconds_left": seconds_left,
        "label": label,
    }


@register.inclusion_tag("components/chart.html")
def chart(name, figure, title, subtitle="", table=None, height="normal", note=""):
    """A Plotly figure (a mapping with ``data`` and ``layout``) drawn by charts.js.

    ``title`` is the answer, ``subtitle`` the question and period, ``table`` = {"head": [...],
    "rows": [[...]]} the numbers behind it.  The page needs ``{% chart_scripts %}``.
    """
    return {
        "name": name,
        "figure": figure,
        "title": title,
        "subtitle": subtitle,
        "table": table,
        "height": height,
        "note": note,
    }


@register.inclusion_tag("components/chart_scripts.html")
def chart_scripts():
    """Plotly and our drawing module; in the block ``scripts`` of pages with charts."""
    return {}
