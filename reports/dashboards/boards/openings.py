"""How needs become sales, and how invitations to initiatives are answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from django.db.models import Case, IntegerField, Max, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Invitation, Need
from kam.lib.periods import end_of_day
from reports import charts
from reports.dashboards.portfolio_charts import Chart, currency, money, number, percent
from reports.dashboards.portfolio_rows import Column
from reports.figures.funnel import Stage, funnel, narrowest

from .board import Answer, Behind, Board
from .words import caption, missing, period

WAY = (Need.State.NOTED, Need.State.CONFIRMED, Need.State.OFFERED, Need.State.WON)
ASKED = (Invitation.State.INVITED, Invitation.State.AGREED, Invitation.State.TOOK_PART)


def _shown(board: Board, clients: Sequence[int]) -> np.ndarray:
    """Which rows belong to a client shown here."""
    served = board.served
    if not len(clients):
        return np.zeros(0, bool)
    _at, kept = served.position(np.array(clients, np.int64))
    return np.ones(len(clients), bool) if isinstance(kept, slice) else kept


def needs(board: Board) -> Answer:
    title = _("How far needs come")
    place = {state: at for at, state in enumerate(WAY)}

    def stage(path: str) -> Case:
        whens = [When(**{path: state}, then=at) for state, at in place.items()]
        return Case(*whens, default=0, output_field=IntegerField())

    rows = list(
        Need.objects.filter(
            created_at__gte=end_of_day(board.since - dt.timedelta(days=1)),
            created_at__lt=end_of_day(board.asked.as_of),
        )
        .order_by("-created_at", "-pk")
        .annotate(
            furthest=Greatest(
                stage("state"),
                Max(stage("steps__before"), default=0),
                Max(stage("steps__after"), default=0),
            )
        )
        .values_list("client_id", "what", "state", "furthest", "low", "high")
    )
    kept = _shown(board, [row[0] for row in rows])
    rows = [row for row, here in zip(rows, kept, strict=True) if here]
    if not rows:
        return missing(
            board, "needs", title, _("No need of these clients was noted in these months.")
        )
    worth = [
        0.0 if low is None or high is None else float(low + high) / 2 for *_rest, low, high in rows
    ]
    furthest = [row[3] for row in rows]
    found = funnel(furthest, worth, len(WAY))
    names = [str(state.label) for state in WAY]
    words = caption(
        ngettext(
            "%(won)s of %(n)s need noted was won",
            "%(won)s of %(n)s needs noted were won",
            found[0].count,
        )
        % {"won": number(found[-1].count), "n": number(found[0].count)},
        _("Do needs become sales? Noted in %(period)s") % {"period": period(board)},
    )
    lost = sum(row[2] == Need.State.LOST for row in rows)
    outlived = sum(row[2] == Need.State.OUTLIVED for row in rows)
    note = _weakest(found, names)
    if lost or outlived:
        note += " " + _("Lost: %(lost)s, outlived: %(outlived)s; they count up to where they came.") % {
            "lost": number(lost), "outlived": number(outlived),
        }  # fmt: skip
    labels = dict(Need.State.choices)
    return Answer(
        _chart("needs", words, names, found, note.strip()),
        [{"state": state.value, **vars(each)} for state, each in zip(WAY, found, strict=True)],
        lambda: Behind(
            [
                Column("what", pgettext("funnel", "Need"), "text"),
                Column("state", _("State"), "text"),
                Column("furthest", _("Came as far as"), "text"),
                Column("worth", _("May bring a year"), "money"),
            ],
            np.array([row[0] for row in rows], np.int64),
            [
                np.array([row[1] for row in rows], dtype=object),
                np.array([str(labels[row[2]]) for row in rows], dtype=object),
                np.array([names[row[3]] for row in rows], dtype=object),
                np.array([value or np.nan for value in worth], float),
            ],
        ),
    )


def invitations(board: Board) -> Answer:
    title = _("How clients answer to initiatives")
    rows = list(
        Invitation.objects.filter(
            invited_on__gte=board.since, invited_on__lte=board.asked.as_of
        ).values_list("client_id", "initiative__name", "state", "expected", "realised")
    )
    kept = _shown(board, [row[0] for row in rows])
    rows = [row for row, here in zip(rows, kept, strict=True) if here]
    if not rows:
        return missing(
            board, "invitations", title,
            _("No client was invited to an initiative in these months."),
        )  # fmt: skip
    furthest = [ASKED.index(row[2]) if row[2] in ASKED else 0 for row in rows]
    worth = [float(row[3] or 0) for row in rows]
    found = funnel(furthest, worth, len(ASKED))
    names = [str(state.label) for state in ASKED]
    words = caption(
        ngettext(
            "%(came)s of %(n)s invitation led to taking part",
            "%(came)s of %(n)s invitations led to taking part",
            found[0].count,
        )
        % {"came": number(found[-1].count), "n": number(found[0].count)},
        _("Do clients join what we begin? Invited in %(period)s") % {"period": period(board)},
    )
    declined = sum(row[2] == Invitation.State.DECLINED for row in rows)
    brought = sum(float(row[4] or 0) for row in rows)
    note = _("Declined: %(n)s.") % {"n": number(declined)}
    if brought:
        note += " " + _("Brought so far: %(money)s.") % {"money": money(brought)}
    labels = dict(Invitation.State.choices)
    return Answer(
        _chart("invitations", words, names, found, note),
        [
            *({"state": s.value, **vars(each)} for s, each in zip(ASKED, found, strict=True)),
            {"state": "declined", "count": declined, "amount": 0.0, "passed": None,
             "whole": declined / len(rows)},
        ],
        lambda: Behind(
            [
                Column("initiative", _("Initiative"), "text"),
                Column("state", _("Answer"), "text"),
                Column("expected", _("Expected a year"), "money"),
                Column("realised", pgettext("funnel", "Brought"), "money"),
            ],
            np.array([row[0] for row in rows], np.int64),
            [
                np.array([row[1] for row in rows], dtype=object),
                np.array([str(labels[row[2]]) for row in rows], dtype=object),
                np.array([np.nan if row[3] is None else float(row[3]) for row in rows], float),
                np.array([np.nan if row[4] is None else float(row[4]) for row in rows], float),
            ],
        ),
    )  # fmt: skip


def _chart(
    key: str, words: charts.Caption, names: list[str], found: list[Stage], note: str
) -> Chart:
    def beside(each: Stage) -> str:
        text = number(each.count)
        if each.passed is not None:
            text += f", {percent(each.passed, 0)}"
        return text

    bars = [
        charts.Bar(
            name, each.count, beside(each),
            f"{name}: {number(each.count)}, {money(each.amount)}", faint=bool(at),
        )
        for at, (name, each) in enumerate(zip(names, found, strict=True))
    ]  # fmt: skip
    return Chart(
        key,
        words.title,
        words.subtitle,
        charts.for_page(charts.lying_bars(words, bars), right=12),
        {
            "head": [
                pgettext("funnel", "Stage"), pgettext("funnel", "Came so far"),
                _("Of the stage before, %"), _("Of all, %"),
                _("Worth a year, %(currency)s") % {"currency": currency()},
            ],
            "rows": [
                [
                    name, each.count,
                    None if each.passed is None else round(100 * each.passed, 1),
                    None if each.whole is None else round(100 * each.whole, 1),
                    round(each.amount, 2),
                ]
                for name, each in zip(names, found, strict=True)
            ],
        },
        note=note,
        height="small",
    )  # fmt: skip


def _weakest(found: list[Stage], names: list[str]) -> str:
    at = narrowest(found)
    passed = None if at is None else found[at].passed
    if at is None or passed is None or passed >= 1:
        return ""
    return _("Most stay behind before “%(stage)s”: %(share)s come that far.") % {
        "stage": names[at], "share": percent(passed, 0),
    }  # fmt: skip
