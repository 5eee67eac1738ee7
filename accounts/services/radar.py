"""The nightly search for problems: signals found, shown within a budget, gone when their cause is."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.measures import health as fare
from accounts.models import Client, HealthWeek, Problem, RadarSettings, Signal, User
from accounts.radar import budget, paying, rhythm, trend, word
from accounts.radar.finding import Finding
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.periods import today
from kam.lib.scoping import System, current
from kam.webhooks.services import emit

from .clients import Conflict
from .radar_facts import Facts, by_segment, read, watched

JOB = "accounts.radar"
State = Signal.State
# A problem that was closed while its cause goes on is raised again after so many days.
AGAIN_DAYS = 30
SEGMENT_NEEDED = 5  # clients with a rhythm of their own, before a segment speaks for its others
WEEKS = 12
TESTED = ("late_order", "silence", "revenue")


def request_search():
    """A job that searches; one that waits already is enough."""
    actor = current()
    if isinstance(actor, System):
        actor = User.objects.filter(pk=actor.asked_by_id).first()
    return enqueue(JOB, actor=actor, unique=JOB)


def settings_row() -> RadarSettings:
    """What holds; the usual where nobody has settled anything."""
    return RadarSettings.objects.filter(pk=1).first() or RadarSettings(pk=1)


@transaction.atomic
def settle_rules(budget_: int, weights: Mapping[str, int], version: int) -> RadarSettings:
    """Raises ValidationError where all weights are nothing, Conflict where somebody was faster."""
    if not any(weights.values()):
        raise ValidationError({"weights": _("At least one part has to weigh something.")})
    RadarSettings.objects.get_or_create(pk=1)
    row = RadarSettings.objects.select_for_update().get(pk=1)
    if row.version != version:
        raise Conflict(row)
    row.budget, row.weights = budget_, dict(weights)
    row.version += 1
    row.save()
    record("radar.change", object=row, details={"budget": budget_})
    return row


def detect(
    facts: Mapping[int, Facts], day: dt.date
) -> tuple[dict[tuple[int, str], Finding], dict[str, dict[int, float]], dict[int, float | None]]:
    """(findings by client and kind, the chances of every test by kind and client, chance of each
    client's open gap between orders)."""
    ordering = {pk: rhythm.log_gaps(each.orders) for pk, each in facts.items()}
    talking = {pk: rhythm.log_gaps(each.talks) for pk, each in facts.items()}
    of_orders, of_talks = _segments(facts, ordering), _segments(facts, talking)
    found: dict[tuple[int, str], Finding] = {}
    chances: dict[str, dict[int, float]] = defaultdict(dict)
    open_gap: dict[int, float | None] = {}
    for pk, each in facts.items():
        tested = {
            "late_order": rhythm.late_order(each.orders, of_orders(each.segment), day),
            "silence": rhythm.silence(each.talks, of_talks(each.segment), day),
            "revenue": trend.falling_revenue(each.months),
        }
        open_gap[pk] = tested["late_order"][0]
        for kind, (chance, _finding) in tested.items():
            if chance is not None:
                chances[kind][pk] = chance
        findings = [finding for _chance, finding in tested.values()] + [
            trend.narrower(each.families),
            paying.slower(each.paid),
            word.lost_contact(each.weighty, day),
            word.broken_promises(each.promises, day),
            word.missed_volume(each.commitments, day),
        ]
        for finding in findings:
            if finding is not None:
                found[pk, finding.key] = finding
    return found, chances, open_gap


def _segments(facts: Mapping[int, Facts], gaps: Mapping[int, list[float]]):
    """What a segment's rhythm is; that of all where the segment is small."""
    grouped = by_segment(dict(facts), gaps.items())
    known = {
        name: rhythm.segment_rhythm(lists)
        for name, lists in grouped.items()
        if not name or sum(len(each) >= rhythm.GAPS_NEEDED for each in lists) >= SEGMENT_NEEDED
    }
    return lambda segment: known.get(segment) or known.get("")


@transaction.atomic
def search(day: dt.date | None = None) -> dict[str, int]:
    """Find signals as of a day, let go of those whose cause is gone, show what the budget allows,
    and write down how every watched relationship fares this week.  The same day twice changes
    nothing.  Runs for the system."""
    day = day or today()
    rules = settings_row()
    ids = list(Client.objects.filter(watched()).order_by().values_list("pk", flat=True))
    facts = read(ids, day)
    found, chances, open_gap = detect(facts, day)
    by_chance = _by_chance(found, chances)
    gone = _update(found, facts, by_chance, day)
    new = _raise(found, facts, by_chance, day)
    shown = show(day, rules.budget)
    keep_week(facts, open_gap, rules.weights, day)
    counted = {"found": new, "gone": gone, "shown": shown, "clients": len(facts)}
    record("radar.detect", details=counted)
    return counted


def _by_chance(
    found: Mapping[tuple[int, str], Finding], chances: Mapping[str, Mapping[int, float]]
) -> set[tuple[int, str]]:
    """Findings that the many tests of the day may have brought by chance."""
    weak = set()
    for kind, tested in chances.items():
        passed = budget.benjamini_hochberg(list(tested.values()))
        for pk, is_found in zip(tested, passed, strict=True):
            finding = found.get((pk, kind))
            if finding is not None and finding.chance is not None and not is_found:
                weak.add((pk, kind))
    return weak


def _fill(row: Signal, finding: Finding, each: Facts, weak: bool, day: dt.date) -> Signal:
    row.level, row.chance, row.evidence = finding.level, finding.chance, finding.evidence
    row.revenue = Decimal(str(round(each.year, 2)))
    row.by_chance, row.seen_on = weak, day
    return row


def _update(
    found: Mapping[tuple[int, str], Finding],
    facts: Mapping[int, Facts],
    by_chance: Collection[tuple[int, str]],
    day: dt.date,
) -> int:
    """Bring signals that had their cause in line with today; how many are gone."""
    gone, changed = 0, []
    rows = Signal.objects.filter(cleared_on__isnull=True).select_related("problem")
    for row in rows.select_for_update(of=("self",)):
        key = (row.client_id, row.kind)
        if key not in found:
            row.cleared_on = day
            if row.state == State.OPEN:
                row.state, row.settled_on = State.GONE, day
                gone += 1
        else:
            _fill(row, found[key], facts[row.client_id], key in by_chance, day)
            closed = row.problem.closed_on if row.problem else None
            if row.state == State.TAKEN and closed and (day - closed).days > AGAIN_DAYS:
                row.state, row.shown_on, row.problem = State.OPEN, None, None
                row.settled_on = row.settled_by = None
        changed.append(row)
    Signal.objects.bulk_update(
        changed,
        [
            "level", "chance", "evidence", "revenue", "by_chance", "seen_on", "state",
            "shown_on", "problem", "settled_on", "settled_by", "cleared_on",
        ],
        batch_size=500,
    )  # fmt: skip
    return gone


def _raise(
    found: Mapping[tuple[int, str], Finding],
    facts: Mapping[int, Facts],
    by_chance: Collection[tuple[int, str]],
    day: dt.date,
) -> int:
    """Signals that were not there; where an open problem is about the same, they join it."""
    there = set(Signal.objects.filter(cleared_on__isnull=True).values_list("client_id", "kind"))
    new = [key for key in found if key not in there]
    open_ones = {
        (problem.client_id, problem.kind): problem
        for problem in Problem.objects.filter(
            closed_on__isnull=True, client__in={pk for pk, _kind in new}
        ).order_by("pk")
    }
    rows = []
    for pk, kind in new:
        row = Signal(client_id=pk, kind=kind, since=day)
        _fill(row, found[pk, kind], facts[pk], (pk, kind) in by_chance, day)
        if (problem := open_ones.get((pk, kind))) is not None:
            row.state, row.problem, row.settled_on = State.TAKEN, problem, day
        rows.append(row)
    Signal.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def show(day: dt.date, most: int) -> int:
    """Show the most important signals that wait, as many as each KAM's week has room for; the
    rest is held back and can be seen as such.  Returns how many are shown anew."""
    monday = day - dt.timedelta(days=day.weekday())
    owners = Counter(
        Signal.objects.filter(shown_on__gte=monday).values_list("client__owner", flat=True)
    )
    waiting = {
        row.pk: row
        for row in Signal.objects.filter(
            state=State.OPEN, shown_on__isnull=True, by_chance=False
        ).select_related("client")
        if row.snoozed_until is None or row.snoozed_until <= day
    }
    candidates = [
        budget.Candidate(row.pk, row.client.owner_id, row.level, float(row.revenue), row.chance)
        for row in waiting.values()
    ]
    ids = budget.chosen(candidates, owners, most)
    Signal.objects.filter(pk__in=ids).update(shown_on=day)
    for pk in ids:
        row = waiting[pk]
        emit(
            "signal.raised",
            {"signal": pk, "client": row.client_id, "kind": row.kind, "level": row.level},
        )
    return len(ids)


def parts_of(each: Facts, chance: float | None, day: dt.date) -> dict[str, dict]:
    """Part of health -> its value, and the numbers it comes from."""
    recent = each.months[-6:]
    before = each.months[-18:-12] if len(each.months) >= 18 else []
    late = [max(0, p.late) for p in each.paid if (day - p.day).days <= 180]
    mean_late = sum(late) / len(late) if late else None
    staying = {p.id for p in each.weighty if p.left_on is None}
    people = staying or each.people
    reached = len(people & each.met)
    satisfaction = fare.of_satisfaction(each.answers)
    return {
        "rhythm": {"value": fare.of_rhythm(chance), "last": each.orders[-1].isoformat()
                   if each.orders else None,
                   "days": (day - each.orders[-1]).days if each.orders else None},
        "revenue": {"value": fare.of_revenue(sum(recent), sum(before)) if before else None,
                    "now": round(sum(recent), 2), "before": round(sum(before), 2)},
        "payments": {"value": fare.of_payments(mean_late), "documents": len(late),
                     "late": None if mean_late is None else round(mean_late, 1)},
        "promises": {"value": fare.of_promises(each.kept, each.settled), "kept": each.kept,
                     "settled": each.settled},
        "satisfaction": {"value": satisfaction, "answers": len(each.answers)},
        "contacts": {"value": fare.of_contacts(reached, len(people)), "reached": reached,
                     "people": len(people), "weighty": bool(staying)},
        "problems": {"value": fare.of_problems(each.severities), "open": len(each.severities)},
    }  # fmt: skip


def keep_week(
    facts: Mapping[int, Facts],
    open_gap: Mapping[int, float | None],
    weights: Mapping[str, int],
    day: dt.date,
) -> None:
    """The week's row of each client, replaced until the week is over."""
    monday = day - dt.timedelta(days=day.weekday())
    rows = []
    for pk, each in facts.items():
        parts = parts_of(each, open_gap.get(pk), day)
        values = {key: part["value"] for key, part in parts.items()}
        whole = fare.health(values, weights)
        for part in whole.parts:
            kept = parts[part.key]
            kept["weight"] = part.weight
            kept["value"] = None if part.value is None else round(part.value, 1)
        rows.append(
            HealthWeek(
                client_id=pk, week=monday, parts=parts, coverage=round(100 * whole.coverage),
                score=None if whole.score is None else round(whole.score),
            )
        )  # fmt: skip
    HealthWeek.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["client", "week"],
        update_fields=["score", "coverage", "parts", "computed_at"],
    )


def fill_weeks(day: dt.date, weeks: int = WEEKS, among: Collection[int] | None = None) -> int:
    """Health of the weeks before this one, by what was known then: for a product that starts with
    history.  Weeks that are there already stay as they were computed."""
    rules = settings_row()
    clients = Client.objects.filter(watched())
    if among is not None:
        clients = clients.filter(pk__in=among)
    ids = list(clients.order_by().values_list("pk", flat=True))
    monday = day - dt.timedelta(days=day.weekday())
    done = 0
    for back in range(weeks, 0, -1):
        at = monday - dt.timedelta(days=7 * back)
        there = set(HealthWeek.objects.filter(week=at).values_list("client_id", flat=True))
        left = [pk for pk in ids if pk not in there]
        if not left:
            continue
        sunday = at + dt.timedelta(days=6)
        facts = read(left, sunday)
        _found, _chances, open_gap = detect(facts, sunday)
        keep_week(facts, open_gap, rules.weights, sunday)
        done += len(facts)
    return done
