"""The portfolio matrix of a ranking: attractiveness × our strength, revenue, and a year ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Client, Standing
from accounts.selectors.clients import sales
from accounts.selectors.standings import present, present_of
from kam.lib import formatting
from kam.lib.company import company
from reports.charts import Caption, for_page
from reports.charts.portfolio_map import Bubble
from reports.charts.portfolio_map import portfolio_map as draw
from reports.datasets import Filters
from reports.figures.portfolio_map import Positions, positions
from scoring.models import Criterion, RankingRow, RankingRun, VersionCriterion
from scoring.selectors.matrices import version_criteria
from scoring.store import HUNDRED

# More bubbles than this are a cloud; the filters lead to the others.
MOST = 60
YEAR, LEEWAY = 365, 75  # days
Axis = Criterion.Axis


@dataclass(frozen=True)
class Point:
    """One client on the map.  revenue: 12 months, company currency; before: (strength,
    attractiveness) about a year ago, None where there was no ranking then."""

    client: Client
    strength: float
    attractiveness: float
    quadrant: str
    revenue: float
    standing: Standing | None
    selected: bool
    before: tuple[float, float] | None

    @property
    def kind(self) -> str:
        if self.standing is not None and self.standing.is_key:
            return "key"
        return "selected" if self.selected else "other"


@dataclass(frozen=True)
class Map:
    """points: by revenue, the largest first.  axes: criteria of each side.  left_out: how many of
    the clients asked for are not drawn because they are too many; unplaced: because nothing on
    one of the axes is rated."""

    run: RankingRun
    points: list[Point]
    attractive: list[VersionCriterion]
    strong: list[VersionCriterion]
    earlier: RankingRun | None
    left_out: int
    unplaced: int

    @property
    def missing(self) -> str:
        """Why nothing can be drawn, in words; empty where something can."""
        if not self.attractive:
            return _("No criterion of this matrix counts for attractiveness. Choose one below.")
        if not self.strong:
            return _("No criterion of this matrix counts for our strength. Choose one below.")
        if not self.points:
            return _("None of these clients is rated on both axes yet.")
        return ""


def portfolio_map(run: RankingRun, filters: Filters) -> Map:
    """The map of the actor's clients by a run."""
    criteria = version_criteria(run.version)
    rows = _rows(run, filters)
    shown, left_out = rows[:MOST], max(0, len(rows) - MOST)
    ids = [row.client_id for row in shown]
    now = _positions(shown, criteria)
    earlier = _year_before(run)
    was = _before(earlier, ids) if earlier else {}
    clients = {row.client_id: row.client for row in shown}
    sold = sales(list(clients.values()), run.as_of)
    standing = present_of(ids)
    points = [
        Point(
            client=row.client,
            strength=float(now.strength[at]),
            attractiveness=float(now.attractiveness[at]),
            quadrant=str(now.quadrant[at]),
            revenue=float(sold[row.client_id].revenue),
            standing=standing.get(row.client_id),
            selected=bool(row.selected),
            before=was.get(row.client_id),
        )
        for at, row in enumerate(shown)
        if now.quadrant[at]
    ]
    return Map(
        run=run,
        points=sorted(points, key=lambda point: -point.revenue),
        attractive=[c for c in criteria if c.criterion.axis == Axis.ATTRACTIVENESS],
        strong=[c for c in criteria if c.criterion.axis == Axis.STRENGTH],
        earlier=earlier,
        left_out=left_out,
        unplaced=len(shown) - len(points),
    )


def _rows(run: RankingRun, filters: Filters) -> list[RankingRow]:
    """Ranked rows that pass the filters: those on the list first, then by place; one more than
    are drawn, and not many more."""
    rows = RankingRow.objects.filter(run_id=run.pk, rank__gt=0).select_related("client__owner")
    if filters.team:
        rows = rows.filter(
            client__team_id=int(filters.team[:18]) if filters.team.isdecimal() else 0
        )
    if filters.owner == "none":
        rows = rows.filter(client__owner__isnull=True)
    elif filters.owner:
        owner = int(filters.owner[:18]) if filters.owner.isdecimal() else 0
        rows = rows.filter(client__owner_id=owner)
    if filters.segment:
        rows = rows.filter(client__segment=filters.segment)
    if filters.region:
        rows = rows.filter(client__region=filters.region)
    listed = present().filter(value__in=Standing.ON_LIST).order_by().values("client_id")
    first = list(rows.filter(client_id__in=listed).order_by("place")[: MOST + 1])
    have = {row.client_id for row in first}
    others = rows.order_by("place")[: MOST + 1 + len(have)]
    return first + [row for row in others if row.client_id not in have]


def _positions(rows: Sequence[RankingRow], criteria: Sequence[VersionCriterion]) -> Positions:
    ratings = np.array(
        [[getattr(row, f"r{c.position}") for c in criteria] for row in rows], dtype=float
    ).reshape(len(rows), len(criteria))
    ratings = np.where(ratings > 0, ratings / HUNDRED, np.nan)
    return positions(
        ratings,
        [c.share for c in criteria],
        [c.criterion.axis == Axis.STRENGTH for c in criteria],
        [bool(c.criterion.axis) for c in criteria],
    )


def _year_before(run: RankingRun) -> RankingRun | None:
    """The run of the same matrix nearest to a year before, at most LEEWAY days away."""
    day = run.as_of - dt.timedelta(days=YEAR)
    around = RankingRun.objects.filter(
        version__matrix_id=run.version.matrix_id,
        as_of__gte=day - dt.timedelta(days=LEEWAY),
        as_of__lte=day + dt.timedelta(days=LEEWAY),
    ).select_related("version")
    return min(around, key=lambda r: (abs((r.as_of - day).days), -r.pk), default=None)


def _before(run: RankingRun, ids: Sequence[int]) -> dict[int, tuple[float, float]]:
    rows = list(RankingRow.objects.filter(run_id=run.pk, client_id__in=ids).order_by("place"))
    was = _positions(rows, version_criteria(run.version))
    return {
        row.client_id: (float(was.strength[at]), float(was.attractiveness[at]))
        for at, row in enumerate(rows)
        if was.quadrant[at]
    }


# --- Words ---------------------------------------------------------------------------------------


def quadrant_words() -> dict[str, str]:
    return {
        "develop": _("Keep and develop"),
        "invest": _("Invest"),
        "keep": _("Keep with little effort"),
        "simple": _("Serve simply"),
    }


def advice() -> dict[str, str]:
    """What each quadrant asks for."""
    return {
        "develop": _(
            "They are worth it and we are strong: protect the relationship, grow with them."
        ),
        "invest": _(
            "They are worth it and we are weak: find out why, and decide what it may cost."
        ),
        "keep": _("We are strong, they promise little: hold the profit, spend no more on it."),
        "simple": _("Neither: standard service, clear terms, no special processes."),
    }


def caption(found: Map) -> Caption:
    worth = sum(point.quadrant in ("develop", "invest") for point in found.points)
    weak = sum(point.quadrant == "invest" for point in found.points)
    language = get_language() or settings.LANGUAGE_CODE
    shown = formatting.number(worth, language=language)
    if weak:
        title = ngettext(
            "%(worth)s client is attractive; with %(weak)s of them we are weak",
            "%(worth)s clients are attractive; with %(weak)s of them we are weak",
            worth,
        ) % {"worth": shown, "weak": formatting.number(weak, language=language)}
    else:
        title = ngettext(
            "%(worth)s client is attractive, and we are strong there",
            "%(worth)s clients are attractive, and we are strong with all of them",
            worth,
        ) % {"worth": shown}
    subtitle = _(
        "How attractive the clients are and how strong we are with them, %(day)s; area: revenue of "
        "12 months"
    ) % {"day": formatting.day(found.run.as_of, language=language)}
    if found.earlier is not None:
        subtitle += _("; the line leads from %(day)s") % {
            "day": formatting.day(found.earlier.as_of, language=language)
        }
    return Caption(title, subtitle, language)


def chart(found: Map) -> dict:
    """The figure as the page draws it."""
    words = quadrant_words()
    language = get_language() or settings.LANGUAGE_CODE

    def hover(point: Point) -> str:
        revenue = formatting.money_short(point.revenue, company().currency, language=language)
        return f"{point.client.name}: {revenue}. {words[point.quadrant]}"

    bubbles = [
        Bubble(
            name=point.client.name,
            strength=point.strength,
            attractiveness=point.attractiveness,
            revenue=point.revenue,
            kind=point.kind,
            hover=hover(point),
            before=point.before,
        )
        for point in found.points
    ]
    axes = (str(Axis.STRENGTH.label), str(Axis.ATTRACTIVENESS.label))
    return for_page(draw(caption(found), bubbles, axes, words))
