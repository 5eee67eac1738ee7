"""What the detectors and the health of relationships are computed from, for many clients at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.measures.order_window import DAYS_ASKED
from accounts.models import (
    Client,
    Commitment,
    Contact,
    Document,
    Interaction,
    Problem,
    Promise,
    Standing,
    SurveyAnswer,
)
from accounts.radar.paying import Paid
from accounts.radar.word import Committed, Person, Promised
from accounts.selectors import volumes
from accounts.selectors.blocks import free
from accounts.selectors.facts import documents_as_of, interactions_as_of, memberships_as_of
from accounts.selectors.order_days import order_days
from accounts.selectors.standings import present
from kam.lib.periods import add_months, end_of_day, month_start

MONTHS = 42
PAID_DAYS = 3 * 365
RECENT_DAYS = 90
YEAR = 365
TALKS = (
    Interaction.Kind.CALL, Interaction.Kind.MEETING, Interaction.Kind.EMAIL,
    Interaction.Kind.VISIT, Interaction.Kind.COMPLAINT,
)  # fmt: skip


@dataclass
class Facts:
    """Of one client with its members.  ``months``: revenue of whole months, the oldest first, from
    the first one with any; ``weighty``: people on whom its decision hangs; ``met``: whom we have
    talked with in the last 90 days."""

    segment: str = ""
    orders: list[dt.date] = field(default_factory=list)
    months: list[float] = field(default_factory=list)
    families: list[int] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    talks: list[dt.date] = field(default_factory=list)
    weighty: list[Person] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    met: set[int] = field(default_factory=set)
    promises: list[Promised] = field(default_factory=list)
    kept: int = 0
    settled: int = 0
    commitments: list[Committed] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)
    severities: list[int] = field(default_factory=list)

    @property
    def year(self) -> float:
        """Revenue of the last twelve whole months."""
        return sum(self.months[-12:])


def watched() -> Q:
    """Clients that are watched: served by a KAM or on the key list, not lost, and whole."""
    on_list = present().filter(value__in=Standing.ON_LIST).order_by().values("client_id")
    return (
        (Q(owner__isnull=False) | Q(pk__in=on_list))
        & Q(group__isnull=True)
        & Q(lifecycle__in=(Client.Lifecycle.ACTIVE, Client.Lifecycle.DORMANT))
    )


def read(client_ids: Collection[int], day: dt.date) -> dict[int, Facts]:
    """Client -> what was known of it at the end of ``day``."""
    facts = {
        pk: Facts(segment=segment)
        for pk, segment in Client.objects.filter(pk__in=client_ids).values_list("pk", "segment")
    }
    wanted = {pk: pk for pk in facts} | dict(
        memberships_as_of(day).filter(group__in=facts).values_list("member", "group")
    )
    for pk, days in order_days(facts, day - dt.timedelta(days=DAYS_ASKED), day).items():
        facts[pk].orders = sorted(set(days))
    _revenue(facts, wanted, day)
    _families(facts, wanted, day)
    _payments(facts, wanted, day)
    _talks_and_people(facts, wanted, day)
    _promises(facts, wanted, day)
    _commitments(facts, wanted, day)
    _satisfaction(facts, wanted, day)
    open_ones = Problem.objects.filter(client__in=wanted, raised_on__lte=day).filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    )
    for client, severity in open_ones.order_by().values_list("client", "severity"):
        facts[wanted[client]].severities.append(severity)
    return facts


def _revenue(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    """The month of ``day`` is not over, so it does not count."""
    this = month_start(day)
    starts = [add_months(this, -back) for back in range(MONTHS, 0, -1)]
    sums: dict[int, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    rows = volumes.by_month(wanted, starts[0], this - dt.timedelta(days=1), day)
    for (client, month), net in rows.items():
        sums[wanted[client]][month] += float(net)
    for pk, each in facts.items():
        series = [sums[pk].get(start, 0.0) for start in starts]
        first = next((at for at, value in enumerate(series) if value), len(series))
        each.months = series[first:]


def _families(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    this = month_start(day)
    found: dict[int, list[set[int]]] = {pk: [set(), set(), set()] for pk in facts}
    start = add_months(this, -9)
    rows = volumes.by_month_and_family(wanted, start, this - dt.timedelta(days=1), day)
    for (client, family, month), net in rows.items():
        if family is not None and net > 0:
            quarter = ((month.year - start.year) * 12 + month.month - start.month) // 3
            found[wanted[client]][quarter].add(family)
    for pk, quarters in found.items():
        facts[pk].families = [len(each) for each in quarters]


def _payments(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    rows = (
        documents_as_of(day)
        .filter(client__in=wanted, type=Document.Type.INVOICE, due__isnull=False, gross__gt=0)
        .filter(date__gt=day - dt.timedelta(days=PAID_DAYS))
        .order_by()
        .values_list("client", "due", "settled_on")
    )
    for client, due, settled in rows:
        on = settled if settled is not None and settled <= day else None
        if on is not None or due < day:
            paid = on or day
            facts[wanted[client]].paid.append(Paid(paid, (paid - due).days))


def _talks_and_people(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    talks = interactions_as_of(day).filter(
        client__in=wanted, kind__in=TALKS, date__gt=day - dt.timedelta(days=DAYS_ASKED)
    )
    recent = day - dt.timedelta(days=RECENT_DAYS)
    for client, on, contact in talks.order_by().values_list("client", "date", "contact"):
        each = facts[wanted[client]]
        each.talks.append(on)
        if contact is not None and on >= recent:
            each.met.add(contact)
    people = free(Contact.objects.filter(client__in=wanted, anonymised_at__isnull=True))
    people = people.filter(added_at__lt=end_of_day(day)).order_by()
    columns = ("pk", "client", "role", "influence", "left_on", "added_at", "source")
    for pk, client, role, influence, left_on, added, source in people.values_list(*columns):
        each = facts[wanted[client]]
        gone = left_on if left_on is not None and left_on <= day else None
        if gone is None:
            each.people.add(pk)
        if role == Contact.Role.DECIDES or influence == Contact.Influence.HIGH:
            # When a file brought somebody says nothing of when we came to know them.
            each.weighty.append(Person(pk, gone, None if source else added.date()))


def _promises(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    year = day - dt.timedelta(days=YEAR)
    state = Promise.State
    rows = Promise.objects.filter(
        client__in=wanted, side=Promise.Side.OURS, created_at__lt=end_of_day(day)
    ).filter(Q(settled_on__isnull=True) | Q(settled_on__gt=year))
    columns = ("pk", "client", "due", "state", "settled_on", "satisfaction")
    for pk, client, due, how, settled, satisfaction in rows.order_by().values_list(*columns):
        each = facts[wanted[client]]
        if settled is None or settled > day:
            each.promises.append(Promised(pk, due))
            continue
        if how == state.WITHDRAWN:
            continue
        each.settled += 1
        each.kept += how == state.KEPT
        if how == state.BROKEN:
            each.promises.append(Promised(pk, due, settled))
        if satisfaction is not None:
            each.answers.append((float(satisfaction), 1.0))


def _commitments(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    rows = Commitment.objects.filter(
        agreement__client__in=wanted,
        starts__lte=day,
        ends__gte=day - dt.timedelta(days=RECENT_DAYS),
    ).select_related("agreement")
    for row in rows.order_by("pk"):
        client = wanted[row.agreement.client_id]
        if row.agreement.last_day is not None and row.agreement.last_day < row.starts:
            continue
        entities = [pk for pk, whole in wanted.items() if whole == client]
        until = min(row.ends, day)
        if row.family_id is None:
            days = volumes.by_day(entities, row.starts, until, day)
        else:
            by_family = volumes.by_day_and_family(entities, row.starts, until, day)
            days = by_family.get(row.family_id, [])
        bought = float(sum(net for _day, net in days))
        facts[client].commitments.append(
            Committed(row.pk, row.starts, row.ends, float(row.amount), bought)
        )


def _satisfaction(facts: dict[int, Facts], wanted: dict[int, int], day: dt.date) -> None:
    year = day - dt.timedelta(days=YEAR)
    said = SurveyAnswer.objects.filter(
        invitation__client__in=wanted,
        answered_at__lt=end_of_day(day),
        answered_at__gte=end_of_day(year),
    ).select_related("invitation__survey")
    for answer in said.order_by():
        client = facts[wanted[answer.invitation.client_id]]
        client.answers.append((float(answer.score), float(answer.invitation.survey.lowest)))
    noted = interactions_as_of(day).filter(
        client__in=wanted, satisfaction__isnull=False, date__gt=year
    )
    for client_id, value in noted.order_by().values_list("client", "satisfaction"):
        facts[wanted[client_id]].answers.append((float(value), 1.0))


def by_segment(facts: dict[int, Facts], values: Iterable[tuple[int, list[float]]]):
    """Segment -> lists of gaps; "" holds those of all."""
    found: dict[str, list[list[float]]] = defaultdict(list)
    for pk, gaps in values:
        found[""].append(gaps)
        if facts[pk].segment:
            found[facts[pk].segment].append(gaps)
    return found
