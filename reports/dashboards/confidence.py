"""The two charts of confidence: how far each weight may move, and how sure each seat is."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import charts
from reports.charts import Caption, Interval, SeatDot
from scoring.models import RankingRow, Seat
from scoring.services.confidence_words import Answer, Stability

from .portfolio_charts import Chart, day, language, number, percent

# Seats beyond the list that are drawn, as a multiple of the list, and at least.
BEYOND, FEWEST = 2, 60


def confidence_charts(answer: Answer) -> list[Chart]:
    return [stability_chart(answer), seats_chart(answer)]


def _ranking(answer: Answer) -> str:
    return _("Ranking as of %(day)s, version %(number)s") % {
        "day": day(answer.run.as_of),
        "number": answer.run.version.number,
    }


def _range_words(each: Stability) -> str:
    if each.never:
        return _("any weight leaves the list as it is")
    if each.fixed_below:
        return _("the list stays up to %(high)s") % {"high": percent(each.high)}
    if each.fixed_above:
        return _("the list stays from %(low)s on") % {"low": percent(each.low)}
    return _("the list stays from %(low)s to %(high)s") % {
        "low": percent(each.low),
        "high": percent(each.high),
    }


def stability_chart(answer: Answer) -> Chart:
    if answer.fragile:
        title = _("“%(name)s” may move least: the list changes at %(at)s instead of %(now)s") % {
            "name": answer.fragile[0].criterion.label,
            "at": percent(answer.fragile[1]),
            "now": percent(answer.fragile[0].share),
        }
    else:
        title = _("No single weight changes the list")
    question = _("How far may each weight move alone?")
    caption = Caption(title, f"{question} {_ranking(answer)}", language())
    rows = [
        Interval(
            each.criterion.criterion.label,
            each.share,
            each.low,
            each.high,
            each.fragile,
            f"{each.criterion.criterion.label}: {percent(each.share)}; {_range_words(each)}",
        )
        for each in answer.stability
    ]
    figure = charts.stability(caption, rows, weight_label=_("weight of the criterion"))
    table = {
        "head": [_("Criterion"), _("Weight"), _("The list stays")],
        "rows": [
            [each.criterion.criterion.label, percent(each.share), _range_words(each)]
            for each in answer.stability
        ],
    }
    return Chart("stability", caption.title, caption.subtitle, charts.for_page(figure), table)


def seats_chart(answer: Answer) -> Chart:
    size = answer.row.size
    last = max(size * (1 + BEYOND), FEWEST)
    places = {
        row.client_id: row
        for row in RankingRow.objects.filter(
            run_id=answer.run.pk, place__lte=last, rank__gt=0
        ).select_related("client")
    }
    seats = {
        seat.client_id: seat
        for seat in Seat.objects.filter(confidence_id=answer.row.pk, client_id__in=list(places))
    }
    dots, rows = [], []
    for client_id, row in sorted(places.items(), key=lambda item: item[1].place):
        seat = seats.get(client_id)
        chance = seat.p_key if seat else 0.0
        between = (
            f"{number(seat.rank_low)}–{number(seat.rank_high)}" if seat and seat.rank_low else "—"
        )
        words = _("%(name)s, place %(place)s: on the list in %(chance)s, places %(between)s") % {
            "name": row.client.name,
            "place": number(row.rank),
            "chance": percent(chance, 0),
            "between": between,
        }
        dots.append(
            SeatDot(
                row.client.name,
                row.place,
                chance,
                seat.rank_low if seat else None,
                seat.rank_high if seat else None,
                bool(row.selected),
                words,
            )
        )
        rows.append([row.client.name, number(row.rank), percent(chance, 0), between])
    sure = sum(dot.selected and dot.chance >= 0.95 for dot in dots)
    title = ngettext(
        "%(sure)s seat of %(size)s is nearly sure",
        "%(sure)s seats of %(size)s are nearly sure",
        sure,
    ) % {"sure": number(sure), "size": number(size)}
    question = _("How often is each client on the list under other weights?")
    caption = Caption(title, f"{question} {answer.agreement}.", language())
    figure = charts.seat_map(
        caption,
        dots,
        size=size,
        line_label=_("the list ends here"),
        place_label=_("place in the ranking"),
        chance_label=_("share of weightings"),
    )
    head = [_("Client"), _("Place"), _("On the list"), _("Places in 95 % of weightings")]
    return Chart(
        "seats",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {"head": head, "rows": rows},
    )
