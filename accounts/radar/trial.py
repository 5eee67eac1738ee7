"""How good the detectors are: clients made by chance, troubles planted on a known day, and what was
found.  Deterministic by its seed.

A planted trouble is found when its detector speaks within ``WITHIN`` days of it; a detector that
speaks of a client without that trouble, or before it, has cried wolf.  One verdict a client and
detector, looked at each week.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import budget, paying, rhythm, trend
from .finding import Finding

WITHIN = 240
KINDS = ("late_order", "revenue", "payments", "silence", "assortment")
START, PLANTED, END = dt.date(2023, 1, 2), dt.date(2025, 7, 1), dt.date(2026, 3, 1)


@dataclass
class Made:
    """A client with its past; ``trouble``: the kind planted on PLANTED, empty where none is."""

    trouble: str
    orders: list[tuple[dt.date, float]] = field(default_factory=list)
    paid: list[paying.Paid] = field(default_factory=list)
    talks: list[dt.date] = field(default_factory=list)
    families: list[set[int]] = field(default_factory=list)  # by month from START on


@dataclass
class Tally:
    """Verdicts of one detector."""

    planted: int = 0
    found: int = 0
    false: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        said = self.found + self.false
        return self.found / said if said else None

    @property
    def recall(self) -> float | None:
        return self.found / self.planted if self.planted else None


def _days(rng: random.Random, gap: float, spread: float, end: dt.date) -> list[dt.date]:
    day, found = START + dt.timedelta(days=rng.uniform(0, gap)), []
    while day <= end:
        found.append(day)
        day += dt.timedelta(days=max(1, round(rng.lognormvariate(0, spread) * gap)))
    return found


def made(seed: int, clients: int, share: float = 0.3) -> list[Made]:
    """``share`` of the clients have one trouble each, the kinds in turn."""
    rng = random.Random(seed)  # noqa: S311
    found = []
    for number in range(clients):
        trouble = KINDS[number % len(KINDS)] if rng.random() < share else ""
        gap, size = rng.uniform(6, 40), rng.lognormvariate(9, 1)
        one = Made(trouble)
        for day in _days(rng, gap, rng.uniform(0.15, 0.5), END):
            after = day >= PLANTED
            if after and trouble == "late_order":
                break
            net = size * rng.lognormvariate(0, 0.25)
            if after and trouble == "revenue":
                net *= 0.5
            one.orders.append((day, net))
            late = round(rng.gauss(3, 3))
            if after and trouble == "payments":
                late += 20
            one.paid.append(paying.Paid(day + dt.timedelta(days=14 + late), late))
        talks = _days(rng, rng.uniform(14, 45), 0.45, END)
        one.talks = [day for day in talks if not (trouble == "silence" and day >= PLANTED)]
        families = rng.randint(4, 9)
        for month in range(40):
            left = families
            if trouble == "assortment" and month >= 30:
                left = max(1, families - 2 * ((month - 30) // 3 + 1))
            one.families.append({f for f in range(left) if rng.random() < 0.9})
        found.append(one)
    return found


def _month(day: dt.date) -> int:
    return (day.year - START.year) * 12 + day.month - START.month


Verdict = tuple[float | None, Finding | None]


def verdicts(
    one: Made, day: dt.date, orders: rhythm.Rhythm | None, talks: rhythm.Rhythm | None
) -> dict[str, Verdict]:
    """Kind -> chance where the detector has one (1.0 where it is silent), and what was found."""
    month = _month(day)
    sums = [0.0] * month
    for at, net in one.orders:
        if _month(at) < month:
            sums[_month(at)] += net
    quarters = [len(set().union(*one.families[at : at + 3])) for at in range(month - 9, month, 3)]
    late = rhythm.late_order([at for at, _ in one.orders if at <= day], orders, day)
    quiet = rhythm.silence([at for at in one.talks if at <= day], talks, day)
    falling = trend.falling_revenue(sums)
    return {
        "late_order": late,
        "silence": quiet,
        "revenue": falling,
        "payments": (None, paying.slower([p for p in one.paid if p.day <= day])),
        "assortment": (None, trend.narrower(quarters)),
    }


def run(seed: int, clients: int, *, begin: dt.date = dt.date(2025, 4, 7)) -> dict[str, Tally]:
    """Look each week from ``begin`` on, with Benjamini–Hochberg over the clients of the day."""
    people = made(seed, clients)
    tallies = {kind: Tally(planted=sum(p.trouble == kind for p in people)) for kind in KINDS}
    first: dict[tuple[int, str], dt.date] = {}
    day = begin
    while day <= END:
        segment = _segment([[at for at, _ in p.orders if at <= day] for p in people])
        talking = _segment([[at for at in p.talks if at <= day] for p in people])
        seen = [verdicts(p, day, segment, talking) for p in people]
        for kind in KINDS:
            tested = {
                at: chance for at, each in enumerate(seen) if (chance := each[kind][0]) is not None
            }
            found = budget.benjamini_hochberg(list(tested.values()))
            passed = dict(zip(tested, found, strict=True))
            for at, each in enumerate(seen):
                finding = each[kind][1]
                if finding is None:
                    continue
                if finding.chance is not None and not passed.get(at, True):
                    continue
                first.setdefault((at, kind), day)
        day += dt.timedelta(days=7)
    for (at, kind), when in first.items():
        tally, days = tallies[kind], (when - PLANTED).days
        if people[at].trouble == kind and 0 <= days <= WITHIN:
            tally.found += 1
            tally.days.append(days)
        elif not _follows(people[at].trouble, kind) or days < 0:
            tally.false += 1
    return tallies


def _follows(trouble: str, kind: str) -> bool:
    """Whoever orders nothing also buys for less: that is no false alarm."""
    return trouble == "late_order" and kind == "revenue"


def _segment(days: Sequence[Sequence[dt.date]]) -> rhythm.Rhythm | None:
    return rhythm.segment_rhythm([rhythm.log_gaps(each) for each in days])


@dataclass(frozen=True)
class Hindsight:
    """Gaps between orders that were looked at: ``lost`` lasted three times the expected gap or more,
    ``said``: a late order was told within them, ``both``: of those lost, in time."""

    gaps: int
    lost: int
    said: int
    both: int

    @property
    def precision(self) -> float | None:
        return self.both / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        return self.both / self.lost if self.lost else None


def late_orders(
    orders: Sequence[Sequence[dt.date]], begin: dt.date, end: dt.date, times: float = 3.0
) -> Hindsight:
    """What the detector would have told each week from ``begin`` on, by what was known then, against
    the label "no order within ``times`` the expected gap".  A gap whose label is not known by ``end``
    does not count; one is told in time where the label was not yet true."""
    told: set[tuple[int, dt.date]] = set()
    labels: dict[tuple[int, dt.date], bool] = {}
    day = begin
    while day <= end:
        known = [[each for each in days if each <= day] for days in orders]
        segment = rhythm.segment_rhythm([rhythm.log_gaps(each) for each in known])
        chances: dict[int, float] = {}
        findings: dict[int, Finding] = {}
        for at, days in enumerate(known):
            chance, finding = rhythm.late_order(days, segment, day)
            if chance is None:
                continue
            chances[at] = chance
            last = max(days)
            own = rhythm.rhythm_of(rhythm.log_gaps(days), segment)
            if own is None:
                continue
            over = last + dt.timedelta(days=round(times * own.usual))
            later = [each for each in orders[at] if each > last]
            if over <= end or later:
                labels[at, last] = not later or min(later) > over
            if finding is not None and day <= over:
                findings[at] = finding
        passed = budget.benjamini_hochberg(list(chances.values()))
        for at, is_found in zip(chances, passed, strict=True):
            if is_found and at in findings:
                told.add((at, max(known[at])))
        day += dt.timedelta(days=7)
    said = told & labels.keys()
    lost = {key for key, is_lost in labels.items() if is_lost}
    return Hindsight(len(labels), len(lost), len(said), len(said & lost))
