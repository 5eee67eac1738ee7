"""How a client grows since it was selected: against itself, its goals and its look-alikes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from accounts.measures.forecast import ORIGINS, SEASON, Forecast, forecast
from accounts.measures.monthly import by_month
from accounts.models import Client, Document, Line, Potential, Standing
from accounts.selectors import ledger
from accounts.selectors.facts import revenue_documents
from accounts.services import serving
from accounts.services.goal_tracking import Tracked, tracked
from kam.lib.periods import add_months, month_start
from kam.lib.scoping import acting_system, current
from reports import charts
from reports.charts import Caption
from reports.figures.growth_split import Split, split
from scoring.models import RankingRow, RankingRun
from scoring.selectors.matrices import main_run, version_criteria

from .portfolio_charts import Chart, currency, day, language, money, month_labels, number, percent

MONTHS = 48
YEAR = 12
AHEAD = 6
FEWEST = 5
PEERS = 20
CANDIDATES = 200
FACTOR = 4.0  # how much larger or smaller a look-alike may have been
SMOOTH = 3  # months of a moving mean


@dataclass(frozen=True)
class Change:
    """One measure a month: in the year before selection, since, and how it changed for the
    look-alikes: quartiles, None with fewer than five."""

    key: str
    before: float | None
    now: float | None
    low: float | None = None
    middle: float | None = None
    high: float | None = None

    @property
    def ratio(self) -> float | None:
        if self.before is None or self.now is None or self.before <= 0:
            return None
        return self.now / self.before - 1

    @property
    def difference(self) -> float | None:
        """What is told where nothing can be divided: from nothing, or from a loss."""
        return None if self.before is None or self.now is None else self.now - self.before


@dataclass(frozen=True)
class CriterionChange:
    """A rating 1–10 before, now, and the middle of the look-alikes now.  ``day``: of the ranking
    that tells how it was before, None without an earlier one; ``at_selection``: whether that was
    the last one before the client was selected, else it is the first there is."""

    name: str
    weight: float
    before: float | None
    now: float | None
    peers: float | None
    day: dt.date | None
    at_selection: bool


@dataclass(frozen=True)
class Growth:
    client: Client
    as_of: dt.date
    since: dt.date | None
    selected: bool
    months: list[dt.date]
    revenue: np.ndarray
    peers: int
    changes: list[Change]
    split: Split
    split_from: tuple[dt.date, dt.date, dt.date, dt.date]
    ahead: Forecast
    band: list[np.ndarray] = field(default_factory=list)
    own_index: np.ndarray | None = None


def _selected_on(client: Client, end: dt.date) -> dt.date | None:
    """The first day on the list, where that is not after ``end``."""
    day_ = (
        Standing.objects.filter(client=client, value__in=Standing.ON_LIST, known_to__isnull=True)
        .order_by("since")
        .values_list("since", flat=True)
        .first()
    )
    return day_ if day_ and day_ <= end else None


@dataclass(frozen=True)
class _Paths:
    """The client's months, and its look-alikes with theirs."""

    end: dt.date
    since: dt.date | None
    counted: dt.date
    first: int
    window: slice
    starts: list[dt.date]
    revenue: np.ndarray
    profit: np.ndarray
    near: list[int]
    near_revenue: np.ndarray
    near_profit: np.ndarray


def _paths(client: Client, as_of: dt.date) -> _Paths:
    end = month_start(as_of) - dt.timedelta(days=1)
    since = _selected_on(client, end)
    # The client itself has been found by the access rule; of look-alikes only quartiles are told.
    with acting_system("look-alikes", getattr(current(), "pk", None)):
        starts, ids, revenue, profit = by_month(end, MONTHS, [client.pk])
        if not len(ids):  # served as part of a group
            revenue, profit = np.zeros((1, MONTHS)), np.zeros((1, MONTHS))
        counted = month_start(since or add_months(end, -YEAR + 1))
        first = sum(month < counted for month in starts)
        window = slice(max(0, first - YEAR), first)
        near = _look_alikes(client, end, revenue[0], window)
    return _Paths(end, since, counted, first, window, starts, revenue[0], profit[0], *near)


def client_growth(client: Client, as_of: dt.date) -> Growth:
    """Over whole months up to the last one before ``as_of``.  A client that is not selected is
    compared with the year before, since there is no day to count from."""
    paths = _paths(client, as_of)
    end, since, counted, first = paths.end, paths.since, paths.counted, paths.first
    window, starts, near = paths.window, paths.starts, paths.near
    entities = ledger.legal_entities(client, end)
    changes, own_index, band = _compared(
        paths.revenue, paths.profit, paths.near_revenue, paths.near_profit, first, window
    )
    if not revenue_documents(end).filter(client__in=entities).exclude(costed_net=0).exists():
        # Without a known cost there is no profit, not one of zero.
        changes[1] = replace(changes[1], before=None, now=None)
    changes.append(_average_invoice(entities, near, end, starts, first, window))
    base = (
        starts[window][0] if window.stop > window.start else starts[0],
        counted - dt.timedelta(days=1),
    )
    year = add_months(end + dt.timedelta(days=1), -YEAR)
    windows = (add_months(counted, -YEAR), base[1], max(year, counted), end)
    if (end - windows[2]).days < 350:  # less than a year since: the same length before
        months = sum(windows[2] <= month <= end for month in starts)
        windows = (add_months(counted, -months), base[1], counted, end)
    return Growth(
        client=client,
        as_of=end,
        since=since,
        selected=since is not None,
        months=starts,
        revenue=paths.revenue,
        peers=len(near),
        changes=changes,
        split=_split(entities, end, windows),
        split_from=windows,
        ahead=forecast(_known(paths.revenue)[None], AHEAD),
        band=band,
        own_index=own_index,
    )


def open_goals(client: Client, as_of: dt.date) -> list[Tracked]:
    goals = client.goals.filter(status="open").select_related("owner").order_by("due", "pk")
    return tracked(goals, as_of)


def criteria_of(client: Client, as_of: dt.date) -> list[CriterionChange]:
    """Each criterion of the main matrix: when the client was selected, now, and look-alikes."""
    paths = _paths(client, as_of)
    return _criteria(client, main_run(), paths.since, paths.near)


def _known(path: np.ndarray) -> np.ndarray:
    """From the first month with sales on."""
    sold = np.flatnonzero(path)
    return path[sold[0] :] if len(sold) else path[-1:]


def _look_alikes(client, end, own, window) -> tuple[list[int], np.ndarray, np.ndarray]:
    """At most 20 clients of the same segment that were never on the list, nearest by revenue in
    the year before, at most four times larger or smaller; nobody where there are not five."""
    none: tuple[list[int], np.ndarray, np.ndarray] = ([], np.zeros((0, 0)), np.zeros((0, 0)))
    level = float(own[window].mean()) if window.stop > window.start else 0.0
    if level <= 0:
        return none
    ever = Standing.objects.filter(
        value__in=[*Standing.ON_LIST, Standing.Value.FORMER], known_to__isnull=True
    ).order_by()
    rows = Potential.objects.filter(
        client__segment=client.segment, client__group__isnull=True, revenue__gt=0
    )
    rows = rows.exclude(client=client).exclude(client__in=ever.values("client"))
    near = rows.annotate(far=Abs(F("revenue") - level * YEAR)).order_by("far", "client")
    ids = list(near.values_list("client", flat=True)[:CANDIDATES])
    if len(ids) < FEWEST:
        return none
    _starts, found, revenue, profit = by_month(end, MONTHS, ids)
    before = revenue[:, window].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(np.log(np.where(before > 0, before, np.nan) / level))
    fits = np.flatnonzero(distance <= np.log(FACTOR))
    chosen = fits[np.lexsort((found[fits], distance[fits]))][:PEERS]
    if len(chosen) < FEWEST:
        return none
    return found[chosen].tolist(), revenue[chosen], profit[chosen]


def _compared(revenue, profit, near_revenue, near_profit, first, window):
    changes, index, band = [], None, []
    for key, own, peers in (("revenue", revenue, near_revenue), ("profit", profit, near_profit)):
        known = window.stop > window.start and first < MONTHS
        before = float(own[window].mean()) if known else None
        now = float(own[first:].mean()) if known else None
        quartiles: Iterable[float | None] = (None, None, None)
        if known and len(peers):
            level = peers[:, window].mean(axis=1)
            usable = level > 0
            if usable.sum() >= FEWEST:
                ratio = peers[usable][:, first:].mean(axis=1) / level[usable] - 1
                quartiles = np.quantile(ratio, (0.25, 0.5, 0.75)).tolist()
                if key == "revenue" and before and before > 0:
                    index = _smooth(own / before)
                    paths = np.array([_smooth(each) for each in peers[usable]])
                    paths /= level[usable][:, None]
                    band = list(np.quantile(paths, (0.25, 0.5, 0.75), axis=0))
        changes.append(Change(key, before, now, *quartiles))
    return changes, index, band


def _smooth(path: np.ndarray) -> np.ndarray:
    """Mean of the month and the two before it."""
    return np.convolve(path, np.ones(SMOOTH) / SMOOTH)[: len(path)]


def _average_invoice(entities, near, end, starts, first, window) -> Change:
    if window.stop <= window.start or first >= MONTHS:
        return Change("average_invoice", None, None)
    begun, counted = starts[window.start], starts[first]

    def means(of: dict[int, int]) -> dict[int, list[float | None]]:
        later = Case(When(date__gte=counted, then=Value(1)), default=Value(0),
                     output_field=IntegerField())  # fmt: skip
        rows = revenue_documents(end).filter(client__in=list(of), date__gte=begun).order_by()
        sums: dict[int, list[list[float]]] = {}
        for entity, late, net, count in (
            rows.annotate(late=later)
            .values_list("client", "late")
            .annotate(net=Sum("net"), n=Count("pk", filter=Q(type=Document.Type.INVOICE)))
        ):
            cell = sums.setdefault(of[entity], [[0.0, 0], [0.0, 0]])[late]
            cell[0] += float(net)
            cell[1] += count
        return {pk: [net / n if n else None for net, n in cells] for pk, cells in sums.items()}

    own = means(dict.fromkeys(entities, 0)).get(0, [None, None])
    quartiles: Iterable[float | None] = (None, None, None)
    if near:
        with acting_system("look-alikes", getattr(current(), "pk", None)):
            told = means(serving.entities_of(near))
        ratios = [b / a - 1 for a, b in told.values() if a and b and a > 0]
        if len(ratios) >= FEWEST:
            quartiles = np.quantile(ratios, (0.25, 0.5, 0.75)).tolist()
    return Change("average_invoice", own[0], own[1], *quartiles)


def _criteria(client, run, since, near) -> list[CriterionChange]:
    """Ratings by the ranking of the main matrix nearest before selection (else the first), and by
    the published one."""
    if run is None:
        return []
    runs = list(
        RankingRun.objects.filter(version__matrix=run.version.matrix_id)
        .select_related("version")
        .order_by("as_of", "pk")
    )
    earlier = [each for each in runs if since and each.as_of <= since]
    older = earlier[-1] if earlier else runs[0]
    before = older.as_of if older.pk != run.pk else None
    mine = RankingRow.objects.filter(
        run_id__in=[run.pk, older.pk], client_id=client.group_id or client.pk
    ).order_by()
    rows_ = {row.run_id: row for row in mine}
    told = {}
    for at in (run, older):
        same = at.version_id == run.version_id and run.pk in told
        criteria_ = told[run.pk][1] if same else version_criteria(at.version)
        told[at.pk] = (_ratings(at, rows_.get(at.pk)), criteria_)
    now, criteria = told[run.pk]
    then = {each.criterion_id: value for each, value in
            zip(told[older.pk][1], told[older.pk][0], strict=False)}  # fmt: skip
    middle: dict[int, float] = {}
    if len(near) >= FEWEST:
        with acting_system("look-alikes", getattr(current(), "pk", None)):
            rows = [_ratings(run, r)
                    for r in RankingRow.objects.filter(run_id=run.pk, client_id__in=near)]  # fmt: skip
        for at in range(len(criteria)):
            values = [row[at] for row in rows if row[at] is not None]
            if len(values) >= FEWEST:
                middle[at] = float(np.median(values))
    whole = sum(float(each.weight) for each in criteria) or 1.0
    return [
        CriterionChange(
            str(each.criterion), float(each.weight) / whole,
            then.get(each.criterion_id) if before else None, now[at], middle.get(at),
            before, bool(earlier),
        )
        for at, each in enumerate(criteria)
    ]  # fmt: skip


def _ratings(run: RankingRun, row: RankingRow | None) -> list[float | None]:
    values = [getattr(row, f"r{at}", 0) if row else 0 for at in range(1, 11)]
    return [value / 100 if value > 0 else None for value in values]


def _split(entities, end, windows) -> Split:
    """By lines; what documents have beyond their lines, or without any, is the rest, so that the
    whole is that of the documents."""
    documents = revenue_documents(end).filter(client__in=entities, date__gte=windows[0]).order_by()
    lines = Line.objects.filter(
        document__in=documents.values("pk"), date__gte=windows[0]
    ).order_by()  # fmt: skip
    late = Case(
        When(date__range=windows[:2], then=Value(0)), When(date__range=windows[2:], then=Value(1)),
        default=Value(2), output_field=IntegerField(),
    )  # fmt: skip
    products: dict[int, list[float]] = {}
    other = [0.0, 0.0]
    for at, total in documents.annotate(at=late).values_list("at").annotate(total=Sum("net")):
        if at != 2:
            other[at] = float(total)
    for product, at, quantity, net in (
        lines.annotate(at=late)
        .values_list("product", "at")
        .annotate(quantity=Sum("quantity"), total=Sum("net"))
    ):
        if at == 2:
            continue
        if product is None or quantity is None:
            continue
        other[at] -= float(net)
        cell = products.setdefault(product, [0.0, 0.0, 0.0, 0.0])
        cell[2 * at] += float(quantity)
        cell[2 * at + 1] += float(net)
    table = np.array(list(products.values()), dtype=float).reshape(-1, 4).T
    return split(*table, *other)


# --- Charts -------------------------------------------------------------------------------------


def growth_charts(told: Growth) -> list[Chart]:
    return [each for each in (_against(told), _bridge(told), _ahead(told)) if each is not None]


def _ends(months: list[dt.date]) -> list[dt.date]:
    return [add_months(month, 1) - dt.timedelta(days=1) for month in months]


def _against(told: Growth) -> Chart | None:
    if told.own_index is None:
        return None
    revenue = told.changes[0]
    more = (revenue.ratio or 0) - (revenue.middle or 0)
    title = (
        _("Grows by %(points)s more than its look-alikes") if more >= 0
        else _("Grows by %(points)s less than its look-alikes")
    ) % {"points": percent(abs(more))}  # fmt: skip
    caption = Caption(
        title,
        _("How does revenue move? Three months’ mean, the year before selection is 100 %%; "
          "middle and half of %(count)s look-alikes") % {"count": number(told.peers)},
        language(),
    )  # fmt: skip
    shown = slice(MONTHS - 36, MONTHS)
    months, ends = told.months[shown], _ends(told.months[shown])
    low, middle, high = (each[shown].tolist() for each in told.band)
    own = told.own_index[shown].tolist()
    figure = charts.path_with_band(
        caption, months, own, low, middle, high, month_labels=month_labels(ends),
        own_label=_("client"), middle_label=_("look-alikes"), share=True,
        since=month_start(told.since) if told.since and told.since >= months[0] else None,
    )  # fmt: skip
    head = [_("Month up to"), _("The client, %"), _("Look-alikes, middle, %"), _("Lower quarter, %"),
            _("Upper quarter, %")]  # fmt: skip
    rows = [
        [end, *(round(100 * value, 1) for value in values)]
        for end, *values in zip(ends, own, middle, low, high, strict=True)
    ]
    return Chart(
        "growth-against", caption.title, caption.subtitle, charts.for_page(figure, right=96),
        {"head": head, "rows": rows},
    )  # fmt: skip


def _bridge(told: Growth) -> Chart | None:
    found = told.split
    if not found.before and not found.now:
        return None
    a, b, c, d = told.split_from
    parts = [
        (_("Price"), found.price), (_("Volume"), found.volume),
        (_("Assortment"), found.assortment), (_("New products"), found.new),
        (_("Bought no more"), found.lost), (_("Without product or quantity"), found.rest),
    ]  # fmt: skip
    parts = [(name, value) for name, value in parts if round(value, 2)]
    widest = max(parts, key=lambda part: abs(part[1]), default=None)
    title = _("Revenue has not changed")
    if widest:
        title = _("%(part)s moved revenue most: %(by)s") % {
            "part": widest[0], "by": money(widest[1], signed=True),
        }  # fmt: skip
    caption = Caption(
        title,
        _("Where does growth come from? %(a)s – %(b)s against %(c)s – %(d)s")
        % {"a": day(c), "b": day(d), "c": day(a), "d": day(b)},
        language(),
    )
    first, last = (_("Before"), found.before), (_("Now"), found.now)
    figure = charts.bridge(caption, first, parts, last, unit=currency())
    return Chart(
        "growth-split", caption.title, caption.subtitle, charts.for_page(figure),
        {
            "head": [_("Part"), _("Sum, %(currency)s") % {"currency": currency()}],
            "rows": [[name, round(value, 2)] for name, value in (first, *parts, last)],
        },
        note=_("The parts sum to the whole. Volume: had all products grown alike; assortment: the "
               "shift between dearer and cheaper ones."),
        height="large",
    )  # fmt: skip


def _ahead(told: Growth) -> Chart | None:
    found = told.ahead
    if not told.revenue.any():
        return None
    if np.isnan(found.low).any():
        return Chart(
            "growth-ahead", _("What comes next?"), "",
            missing=_("A forecast needs %(need)s months since the first purchase; so far there are %(have)s.")
            % {"need": SEASON + ORIGINS, "have": len(_known(told.revenue))},
        )  # fmt: skip
    total = float(found.middle.sum())
    caption = Caption(
        _("About %(total)s in the next six months") % {"total": money(total)},
        _("What comes next? Revenue by month with a band that holds four times in five"),
        language(),
    )
    past = told.months[-24:]
    coming = [add_months(told.months[-1], at) for at in range(1, AHEAD + 1)]
    months = [*past, *coming]
    gap: list[float | None] = [None] * (len(past) - 1)
    last = float(told.revenue[-1])
    own = [*told.revenue[-24:].tolist(), *[None] * AHEAD]
    low, middle, high = (
        [*gap, last, *each[0].tolist()] for each in (found.low, found.middle, found.high)
    )
    figure = charts.path_with_band(
        caption, months, own, low, middle, high, month_labels=month_labels(_ends(months)),
        own_label="", middle_label=_("forecast"), unit=currency(),
    )  # fmt: skip
    error = float(found.mase[0])
    if found.beats[0]:
        note = _("Error over the last six months: %(mase)s of that of “as a year before” (MASE).") % {
            "mase": number(error, 2)
        }  # fmt: skip
    else:
        note = _(
            "No method did better than “as a year before” over the last six months, so that is "
            "what is shown."
        )
        if not np.isnan(error):
            note += " " + _("MASE of ours: %(mase)s.") % {"mase": number(error, 2)}
    unit = {"currency": currency()}
    return Chart(
        "growth-ahead", caption.title, caption.subtitle, charts.for_page(figure, right=96),
        {
            "head": [_("Month up to"), _("Forecast, %(currency)s") % unit,
                     _("From, %(currency)s") % unit, _("To, %(currency)s") % unit],
            "rows": [
                [end, *(round(float(each[0][at]), 2)
                        for each in (found.middle, found.low, found.high))]
                for at, end in enumerate(_ends(coming))
            ],
        },
        note=note,
    )  # fmt: skip
