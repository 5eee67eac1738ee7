"""Do we keep what we have: retention year on year, and cohorts by the quarter they came in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.measures.reading import EPOCH
from reports import charts
from reports.dashboards.portfolio import FEWEST_CLIENTS
from reports.dashboards.portfolio_charts import Chart, month_labels, number, percent
from reports.dashboards.portfolio_rows import Column
from reports.datasets import Bools, Floats
from reports.figures.retention import STEP, Cohorts, Retention, cohorts, mean_kept, retention
from reports.inputs.history import MONTHS
from reports.store import YEAR

from .board import Answer, Behind, Board, known_or_none
from .words import caption, known_since, missing, period, too_few

POINTS = YEAR + 1
# Fewer clients of one side have no line of their own.
FEWEST_KEY = 3
# Cohorts and steps of age that a page has room for.
COHORTS, AGES = 12, 8
# Who bought first so soon after the data begin may have bought before them.
CENSORED_DAYS = 183


@dataclass(frozen=True, eq=False)
class Point:
    """At a month end: retention of the key clients and of the rest; None where it cannot be told."""

    to: dt.date
    key: Retention | None
    rest: Retention | None


@dataclass(frozen=True, eq=False)
class Kept:
    """points: thirteen; basis: "then" = key when the year before ended, "now" = key at the date,
    "selected" = by the published ranking, "" = nobody apart.  before, now: of the last point, per
    client of the history; key: which of them count as key there."""

    points: list[Point]
    basis: str
    before: Floats
    now: Floats
    key: Bools


def kept(board: Board) -> Kept:
    """Retention at thirteen month ends, each window against the same one a year before."""
    found, width = board.history, board.asked.months
    table = found.table(2 * YEAR + width)
    running = np.zeros((len(table) + 1, len(found.ids)))
    np.cumsum(table, axis=0, out=running[1:])
    offset = MONTHS - len(table)
    first = found.first_month if found.first_month is not None else MONTHS

    def window(end: int) -> Floats:
        amounts: Floats = running[end - offset] - running[end - offset - width]
        return amounts

    ends = range(MONTHS - YEAR, MONTHS + 1)
    basis = _basis(board, window(MONTHS - YEAR))
    points, key = [], np.zeros(len(found.ids), bool)
    for end in ends:
        opened = found.edges[end - YEAR] - dt.timedelta(days=1)
        key = _key(board, basis, opened)
        told: list[Retention | None] = [None, None]
        # No month may be missing from the year before: it would look like growth.
        if first <= end - YEAR - width:
            before, now = window(end - YEAR), window(end)
            for side, members in enumerate((key, ~key)):
                one = retention(before[members], now[members])
                told[side] = one if one.clients >= (FEWEST_KEY, FEWEST_CLIENTS)[side] else None
        points.append(Point(found.edges[end] - dt.timedelta(days=1), *told))
    return Kept(points, basis, window(MONTHS - YEAR), window(MONTHS), key)


def _basis(board: Board, before: Floats) -> str:
    """By what clients count as key: the first way by which enough of them bought before."""
    opened = board.history.edges[MONTHS - YEAR] - dt.timedelta(days=1)
    for basis in ("then", "now", "selected"):
        if (_key(board, basis, opened) & (before > 0)).sum() >= FEWEST_KEY:
            return basis
    return ""


def _key(board: Board, basis: str, opened: dt.date) -> Bools:
    ids = board.history.ids
    if basis == "selected":
        return board.selected(ids)
    if not basis:
        return np.zeros(len(ids), bool)
    return board.key_on(opened if basis == "then" else board.asked.as_of, ids)


def kept_by_year(board: Board) -> Answer:
    title = _("What clients still bring of the year before")
    found = kept(board)
    last = found.points[-1]
    if last.key is None and last.rest is None:
        first = board.history.first_month
        if first is None or first > MONTHS - YEAR - board.asked.months:
            return missing(board, "retention", title, known_since(board, first))
        count = int((found.before > 0).sum())
        return missing(board, "retention", title, too_few(count, FEWEST_CLIENTS))
    words = caption(
        _retention_answer(found),
        _("Do we keep what we have? %(period)s against the same months a year before")
        % {"period": period(board)},
    )
    ends = [point.to for point in found.points]
    net, gross = pgettext("retention", "net"), pgettext("retention", "gross")
    lines = []
    for side, name, token, ink in (
        ("key", _side(found.basis), "key", "key-ink"),
        ("rest", _("the rest") if found.basis else _("all"), "series-1", "series-1"),
    ):
        told = [getattr(point, side) for point in found.points]
        if told[-1] is None:
            continue
        lines += [
            charts.Line(f"{name}, {net}", [t and t.net for t in told], token, ink),
            charts.Line(f"{name}, {gross}", [t and t.gross for t in told], token, ink, "dot"),
        ]
    figure = charts.kept_lines(words, ends, month_labels(ends), lines)
    sides = [("key", _side(found.basis)), ("rest", _("the rest"))]
    return Answer(
        Chart(
            "retention",
            words.title,
            words.subtitle,
            charts.for_page(figure, right=124),
            {
                "head": [
                    _("Months up to"),
                    *(f"{name}, {kind}, %" for _side_, name in sides for kind in (net, gross)),
                ],
                "rows": [
                    [
                        point.to,
                        *(
                            None if told is None or value is None else round(100 * value, 1)
                            for told in (point.key, point.rest)
                            for value in ((told.net, told.gross) if told else (None, None))
                        ),
                    ]
                    for point in found.points
                ],
            },
            note=_basis_note(found.basis)
            + " "
            + _(
                "Net counts growth of the same clients, gross does not; new clients are in neither."
            ),
            height="large",
        ),
        [
            {
                "to": point.to,
                **{
                    f"{side}_{name}": None if told is None else getattr(told, name)
                    for side, told in (("key", point.key), ("rest", point.rest))
                    for name in ("net", "gross", "clients", "stayed", "before", "now")
                },
            }
            for point in found.points
        ],
        lambda: _behind_retention(board, found),
    )


def _side(basis: str) -> str:
    return _("selected") if basis == "selected" else pgettext("clients", "key")


def _retention_answer(found: Kept) -> str:
    last = found.points[-1]
    if last.key is None or last.rest is None:
        one = last.key or last.rest
        assert one is not None  # asked before
        return _("The clients still bring %(net)s of what they brought a year before") % {
            "net": percent(one.net, 0)
        }
    words = {"key": percent(last.key.net, 0), "rest": percent(last.rest.net, 0)}
    if found.basis == "selected":
        return _("Selected clients bring %(key)s of the year before, the rest %(rest)s") % words
    return _("Key clients bring %(key)s of the year before, the rest %(rest)s") % words


def _basis_note(basis: str) -> str:
    return {
        "then": _("Key is who was key when the year began, so that growth chose nobody."),
        "now": _(
            "The key list is too young to look a year back: key is who is key now, which flatters "
            "them, since growth helped to choose them."
        ),
        "selected": _(
            "There is no key list yet: the clients are those selected by the ranking, which "
            "flatters them, since what they bring now helped to choose them."
        ),
    }.get(basis, "")


def _behind_retention(board: Board, found: Kept) -> Behind:
    base = np.flatnonzero(found.before > 0)
    before, now = found.before[base], found.now[base]
    order = np.argsort(now - before, kind="stable")
    base, before, now = base[order], before[order], now[order]
    words = np.array([_("rest"), _side(found.basis)], dtype=object)[found.key[base].astype(int)]
    return Behind(
        [
            Column("side", _("Counted with"), "text"),
            Column("before", _("Year before"), "money"),
            Column("revenue", _("Revenue"), "money"),
            Column("change", _("Change"), "money"),
            Column("net", _("Kept, net"), "percent"),
            Column("gross", _("Kept, gross"), "percent"),
        ],
        board.history.ids[base],
        [words, before, now, now - before, now / before, np.clip(now, 0, before) / before],
    )


# --- Cohorts -------------------------------------------------------------------------------------


def quarter_of(days: np.ndarray) -> np.ndarray:
    """Quarters numbered through (four times the year plus 0..3) of days since EPOCH; −1 of −1."""
    months = (np.datetime64(EPOCH) + days.astype("timedelta64[D]")).astype("datetime64[M]")
    return np.where(days < 0, -1, months.astype(np.int64) // 3 + EPOCH.year * 4)


def quarter_name(quarter: int) -> str:
    words = {"quarter": quarter % 4 + 1, "year": quarter // 4}
    return _("Q%(quarter)s %(year)s") % words


def whole_from(board: Board) -> int:
    """From which day on a first invoice is one, in days since EPOCH."""
    first = board.history.first
    if not len(first) or (first < 0).any():  # somebody bought before: all that follows is known
        return 0
    return int(first.min()) + CENSORED_DAYS


def by_cohort(board: Board) -> Cohorts:
    found = board.history
    quarters = quarter_of(found.first)
    return cohorts(
        np.where(found.first >= whole_from(board), quarters, -1),
        found.first_months,
        found.client,
        found.month,
        found.amount,
        MONTHS,
    )


def kept_by_cohort(board: Board) -> Answer:
    title = _("What cohorts keep of their first purchases")
    found = by_cohort(board)
    told = np.isfinite(found.kept[:, 1:]).any(axis=1) & (found.clients >= FEWEST_KEY)
    if not told.any():
        return missing(
            board,
            "cohorts",
            title,
            ngettext(
                "A cohort needs %(least)s client that came in one quarter, and half a year since.",
                "A cohort needs %(least)s clients that came in one quarter, and half a year since.",
                FEWEST_KEY,
            )
            % {"least": number(FEWEST_KEY)},
        )
    places = np.flatnonzero(told)[::-1][:COHORTS]
    known = np.isfinite(found.kept[places]).any(axis=0)
    ages = min(AGES, int(np.flatnonzero(known)[-1]) + 1)
    mean = mean_kept(found)
    at = min(4, ages - 1)
    words = caption(
        _("After %(months)s months cohorts bring %(share)s of what they began with")
        % {"months": number(at * STEP), "share": percent(known_or_none(mean[at]), 0)},
        _("Do new clients stay? By the quarter of the first invoice, revenue of each three months"),
    )
    names = [
        f"{quarter_name(int(found.labels[place]))}\n"
        + ngettext("%(n)s client", "%(n)s clients", int(found.clients[place]))
        % {"n": number(int(found.clients[place]))}
        for place in places
    ]
    values = found.kept[places, :ages]
    texts = [[number(100 * v) if np.isfinite(v) else "" for v in row] for row in values]
    months = [f"{age * STEP + 1}–{(age + 1) * STEP}" for age in range(ages)]
    hovers = [
        [
            f"{name.splitlines()[0]}, {month}: {text}"
            for month, text in zip(months, row, strict=True)
        ]
        for name, row in zip(names, texts, strict=True)
    ]
    figure = charts.grid(
        words,
        [str((age + 1) * STEP) for age in range(ages)],
        names,
        values,
        texts,
        hovers,
        colours=["series-1"] * ages,
        top=max(1.0, float(np.nanquantile(values, 0.95))),
        columns_label=_("months since the first invoice"),
    )
    older = int((board.history.first < 0).sum())
    note = _("100 % is what a cohort bought in its first three months.")
    if not older:
        note += " " + _(
            "Who bought in the first half-year of the data is left out: they may have bought before."
        )
    if older:
        note += " " + ngettext(
            "%(n)s client came before these five years and is in no cohort.",
            "%(n)s clients came before these five years and are in no cohort.",
            older,
        ) % {"n": number(older)}
    return Answer(
        Chart(
            "cohorts",
            words.title,
            words.subtitle,
            charts.for_page(figure, right=12),
            {
                "head": [_("First invoice"), _("Clients"), *months],
                "rows": [
                    [
                        quarter_name(int(found.labels[place])),
                        int(found.clients[place]),
                        *(round(100 * v, 1) if np.isfinite(v) else None for v in row),
                    ]
                    for place, row in zip(places, values, strict=True)
                ],
            },
            note=note,
            height="large",
        ),
        [
            {
                "quarter": f"{int(label) // 4}-Q{int(label) % 4 + 1}",
                "clients": int(found.clients[place]),
                "base": float(found.base[place]),
                "kept": [known_or_none(v) for v in found.kept[place]],
            }
            for place, label in enumerate(found.labels)
        ],
        lambda: _behind_cohorts(board),
    )


def _behind_cohorts(board: Board) -> Behind:
    """Clients that belong to a cohort, the latest first: what they began with and bring now."""
    found = board.history
    quarters = quarter_of(found.first)
    starts = found.first_months
    early = found.month < (starts + STEP)[found.client]
    begun = np.bincount(found.client[early], found.amount[early], minlength=len(found.ids)).astype(
        float
    )
    last = found.table(STEP).sum(axis=0)
    quarters = np.where(found.first >= whole_from(board), quarters, -1)
    places = np.flatnonzero((quarters >= 0) & (starts + STEP <= MONTHS))
    places = places[np.lexsort((found.ids[places], -begun[places], -quarters[places]))]
    ratio = np.full(len(found.ids), np.nan)
    np.divide(last, begun, out=ratio, where=begun > 0)
    names = {int(q): quarter_name(int(q)) for q in np.unique(quarters[places])}
    return Behind(
        [
            Column("quarter", _("First invoice"), "text"),
            Column("begun", _("First three months"), "money"),
            Column("now", _("Last three months"), "money"),
            Column("kept", pgettext("retention", "Kept"), "percent"),
        ],
        found.ids[places],
        [
            np.array([names[int(q)] for q in quarters[places]], dtype=object),
            begun[places],
            last[places],
            ratio[places],
        ],
    )
