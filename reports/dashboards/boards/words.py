"""Captions and refusals that several questions share."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.charts import Caption
from reports.dashboards.portfolio_charts import Chart, day, language, months_up_to, number

from .board import Answer, Board


def caption(title: str, subtitle: str) -> Caption:
    return Caption(title, subtitle, language())


def period(board: Board) -> str:
    """``12 months up to 16 Mar 2026``."""
    return months_up_to(board.asked)


def missing(board: Board, key: str, title: str, why: str) -> Answer:
    """No chart, and why, in words."""
    return Answer(Chart(key, title, period(board), missing=why))


def known_since(board: Board, first: int | None) -> str:
    """What to say where there is no whole year before; ``first``: the first month of a history."""
    if first is None:
        return _("None of these clients has bought anything yet.")
    return _(
        "Purchases are known from %(day)s on: there is no whole year before to compare with."
    ) % {"day": day(board.history.edges[first])}


def too_few(count: int, least: int) -> str:
    return ngettext(
        "Only %(count)s client can be told of here; below %(least)s a share says nothing.",
        "Only %(count)s clients can be told of here; below %(least)s a share says nothing.",
        count,
    ) % {"count": number(count), "least": number(least)}
