"""The two charts of a backtest: gains in the order of each contender, and lift by date."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import charts
from reports.charts import Caption
from scoring.services.backtest_words import Report

from .portfolio_charts import Chart, currency, day, language, money, month_labels, number, percent

# Drawn beside the versions; the others stand in the tables.
RIVALS = ("revenue", "profit", "rfm", "key_list")
MOST_LINES = 4
TABLE_SHARES = (0.02, 0.04, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


def backtest_charts(report: Report) -> list[Chart]:
    return [chart for chart in (gains_chart(report), dates_chart(report)) if chart is not None]


def drawn(report: Report, keys) -> list[str]:
    """The versions, and as many rivals as a chart can bear."""
    here = [key for key in (*report.version_keys, *RIVALS) if key in keys]
    return here[: max(MOST_LINES, len(report.version_keys))]


def _period(report: Report) -> str:
    dates = report.dates
    words = ngettext(
        "%(count)s date, %(months)s months after it",
        "%(count)s dates, %(months)s months after each",
        len(dates),
    ) % {"count": len(dates), "months": report.asked["horizon"]}
    return f"{report.target}; {words}"


def gains_chart(report: Report) -> Chart | None:
    curves = report.result["curves"]
    if not curves:
        return None
    keys = drawn(report, curves)
    first = report.version_keys[0]
    share = report.n / report.origins[-1]["clients"]
    at = min(range(len(curves["clients"])), key=lambda i: abs(curves["clients"][i] - share))
    title = _(
        "The first %(share)s of the order gathered %(gained)s of the gains; by lot %(lot)s"
    ) % {
        "share": percent(curves["clients"][at], 0),
        "gained": percent(curves[first][at], 0),
        "lot": percent(curves["random"][at], 0),
    }
    caption = Caption(title, _period(report), language())
    figure = charts.gains_curves(
        caption,
        curves["clients"],
        {report.label(key): curves[key] for key in keys},
        ideal=curves["ideal"],
        lot=curves["random"],
        ideal_label=_("best order"),
        lot_label=_("by lot"),
        clients_label=_("of clients, in order"),
        gained_label=_("of all gains"),
        list_share=share,
        list_label=_("the list"),
    )
    lines = [("ideal", _("best order")), ("random", _("by lot"))]
    rows = []
    for wanted in TABLE_SHARES:
        i = min(range(len(curves["clients"])), key=lambda i: abs(curves["clients"][i] - wanted))
        cells = [percent(curves[key][i]) for key in (*keys, *(key for key, _label in lines))]
        rows.append([percent(curves["clients"][i], 0), *cells])
    head = [_("Clients"), *(report.label(key) for key in keys), *(label for _key, label in lines)]
    return Chart(
        "gains",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {"head": head, "rows": rows},
        height="large",
    )


def dates_chart(report: Report) -> Chart | None:
    """Lift where it means something at every date, else the difference in money."""
    origins = report.origins
    first = report.version_keys[0]
    by_lift = all(one["figures"][first]["lift"][0] is not None for one in origins)
    name, even = ("lift", 1.0) if by_lift else ("difference", 0.0)
    keys = [
        key
        for key in drawn(report, origins[-1]["figures"])
        if all(key in one["figures"] for one in origins)
    ][:3]
    series = {
        report.label(key): [tuple(one["figures"][key][name]) for one in origins] for key in keys
    }
    ahead = sum(one["figures"][first][name][0] > even for one in origins)
    title = _("The chosen brought more than the average client at %(ahead)s of %(count)s dates") % {
        "ahead": ahead,
        "count": len(origins),
    }
    question = (
        _("Lift: what a chosen client brought, as a multiple of the average one")
        if by_lift
        else _("What a chosen client brought above the average one, %(currency)s")
        % {"currency": currency()}
    )
    caption = Caption(title, f"{question} · {_period(report)}", language())
    days = report.dates
    figure = charts.dots_by_date(
        caption,
        days,
        month_labels(days),
        series,
        even=even,
        even_label=_("like the average client"),
        in_money=not by_lift,
    )

    def words(value: float | None) -> str:
        return number(value, 2) if by_lift else money(value) if value is not None else "—"

    head = [_("Date")]
    for key in keys:
        label = report.label(key)
        head += [label, _("%(name)s, from") % {"name": label}, _("%(name)s, to") % {"name": label}]
    rows = [
        [day(when), *(words(v) for key in keys for v in one["figures"][key][name])]
        for when, one in zip(days, origins, strict=True)
    ]
    return Chart(
        "dates",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {"head": head, "rows": rows},
    )
