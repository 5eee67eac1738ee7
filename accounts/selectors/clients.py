"""Clients as lists: filtered, sorted, a page at a time, with what was sold to them.

Everything goes through the scoped managers, so a list holds what the actor may see.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Count, F, Max, Q, QuerySet, Sum

from accounts.models import Client, Document, Standing, User
from kam.lib.periods import add_months

from .facts import memberships_as_of, revenue_documents
from .own_fields import narrowing

PAGE = 50
COUNTED = 10_000  # a list longer than this is "more than"
CHOICES_HOLD = 300  # seconds; a list of all segments reads every client
SHORTEST_INSIDE = 3  # letters; trigrams find nothing shorter inside a name

SORTS = {"name": "sort_name", "place": "place__rank"}
# What a list shows of a client, and what of the KAM.
COLUMNS = (
    "name", "kind", "segment", "city", "lifecycle", "owner_id", "team_id", "group_id", "sort_name",
    "inn", "country", "region", "tags", "version", "owner__name", "owner__email", "group__name",
    "place__rank", "place__previous_rank", "place__selected", "place__score",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What a person asks of the list; empty means no limit.

    owner: an id, or "none" for clients without a KAM.  sort: a key of SORTS, "-" for descending.
    own: answers to own fields, ``"<id>:<answer>"``.  members: whether companies that belong to a group stand in the list beside the group; a
    search always finds them.
    """

    q: str = ""
    owner: str = ""
    team: str = ""
    segment: str = ""
    lifecycle: str = ""
    standing: str = ""
    country: str = ""
    region: str = ""
    tag: str = ""
    own: tuple[str, ...] = ()
    sort: str = ""
    members: bool = False

    @property
    def narrow(self) -> bool:
        return any(
            (
                self.q,
                self.owner,
                self.team,
                self.segment,
                self.lifecycle,
                self.standing,
                self.country,
                self.region,
                self.tag,
                self.own,
            )
        )

    @property
    def sorted_by(self) -> str:
        """The sort that holds: "name", "-name", "place" or "-place"."""
        return self.sort if self.sort.removeprefix("-") in SORTS else "name"


def folded(text: str) -> str:
    """As ``sort_name`` has it: lower case, without ё."""
    return text.strip().lower().replace("ё", "е")


def named_like(q: str) -> Q:
    """Clients whose name holds ``q`` or whose INN begins with it; of one or two letters, whose
    name begins with them."""
    name = folded(q)
    inside = len(name) >= SHORTEST_INSIDE
    found = Q(sort_name__contains=name) if inside else Q(sort_name__startswith=name)
    if name.isdecimal() and name.isascii() and len(name) <= 12:
        # As a range, so that the index of those who have an INN serves.
        found |= Q(inn__gte=name, inn__lt=name + ":")
    return found


def filtered(filters: Filters) -> QuerySet[Client]:
    """The clients that the filters let through, not sorted."""
    clients = Client.objects.order_by()
    if filters.q.strip():
        clients = clients.filter(named_like(filters.q))
    elif not filters.members:
        clients = clients.filter(group__isnull=True)
    if filters.owner == "none":
        clients = clients.filter(owner__isnull=True)
    elif filters.owner.isdecimal():
        clients = clients.filter(owner_id=int(filters.owner[:18]))
    if filters.team.isdecimal():
        clients = clients.filter(team_id=int(filters.team[:18]))
    if filters.standing:
        standing = Standing.objects.filter(until__isnull=True, known_to__isnull=True)
        rows = standing.filter(value=filters.standing).order_by()
        clients = clients.filter(pk__in=rows.values("client_id"))
    for name in ("segment", "lifecycle", "country", "region"):
        if value := getattr(filters, name):
            clients = clients.filter(**{name: value})
    if filters.tag:
        clients = clients.filter(tags__contains=[filters.tag])
    for each in filters.own:
        if answer := narrowing(each):
            clients = clients.filter(own__contains={str(answer[0]): answer[1]})
    return clients


@dataclass(frozen=True)
class Slice:
    """One page; ``before`` and ``after`` are cursors, None at the ends.  ``found`` counts the
    filtered clients up to COUNTED + 1."""

    clients: list[Client]
    before: str | None
    after: str | None
    found: int
    filters: Filters = field(default_factory=Filters)

    @property
    def more_than_counted(self) -> bool:
        return self.found > COUNTED


def page(filters: Filters, *, after: str = "", before: str = "", size: int = PAGE) -> Slice:
    """A page from behind a cursor, or up to one.

    A cursor is the id of a client: its sort key is read again, so a link stays right whatever
    the list is sorted by.  Sorted by name this reads one slice of an index, however deep.
    """
    clients = filtered(filters)
    found = clients[: COUNTED + 1].count()
    name = filters.sorted_by.removeprefix("-")
    backwards = bool(before) and not after
    cursor = after or before
    down = filters.sorted_by.startswith("-") != backwards
    if cursor.isdecimal():
        clients = _beyond(clients, name, int(cursor[:18]), down, backwards)
    order = F(SORTS[name])
    if name == "place":  # those without a place stand last, whichever way
        last = {"nulls_first": True} if backwards else {"nulls_last": True}
        ordering = order.desc(**last) if down else order.asc(**last)
        then = "-pk" if backwards else "pk"
    else:
        ordering = order.desc() if down else order.asc()
        then = "-pk" if down else "pk"
    ids = list(clients.order_by(ordering, then).values_list("pk", flat=True)[: size + 1])
    more, ids = len(ids) > size, ids[:size]
    if backwards:
        ids.reverse()
    rows = shown(ids)
    first, last_id = (str(rows[0].pk), str(rows[-1].pk)) if rows else (None, None)
    return Slice(
        clients=rows,
        before=first if (more if backwards else cursor.isdecimal()) else None,
        after=last_id if (cursor.isdecimal() if backwards else more) else None,
        found=found,
        filters=filters,
    )


def in_order(filters: Filters) -> QuerySet[Client]:
    """All clients of the list in the order of its pages."""
    name, down = filters.sorted_by.removeprefix("-"), filters.sorted_by.startswith("-")
    order = F(SORTS[name])
    if name == "place":
        ordering = (order.desc if down else order.asc)(nulls_last=True)
        return filtered(filters).order_by(ordering, "pk")
    return filtered(filters).order_by(
        order.desc() if down else order.asc(), "-pk" if down else "pk"
    )


def shown(ids: Sequence[int]) -> list[Client]:
    """The clients of a page in the order of ``ids``, with all that a list shows.

    Apart from finding them, because a join is made before rows are sorted and cut.
    """
    rows = Client.objects.select_related("owner", "group", "place").only(*COLUMNS).in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _beyond(
    clients: QuerySet[Client], name: str, pk: int, down: bool, backwards: bool
) -> QuerySet[Client]:
    """Only what stands behind (backwards: before) the client ``pk`` in the order."""
    key = SORTS[name]
    row = Client.objects.filter(pk=pk).order_by().values_list(key).first()
    if row is None:
        return clients
    value, side = row[0], "lt" if down else "gt"
    if name == "name":
        tied = Q(**{f"{key}__{side}": value}) | Q(**{f"pk__{side}": pk})
        return clients.filter(tied, **{f"{key}__{side}e": value})
    later = "pk__lt" if backwards else "pk__gt"
    if value is None:
        tied = Q(**{f"{key}__isnull": True, later: pk})
        return clients.filter(tied | Q(**{f"{key}__isnull": False}) if backwards else tied)
    beyond = Q(**{f"{key}__{side}": value}) | Q(**{key: value, later: pk})
    return clients.filter(beyond if backwards else beyond | Q(**{f"{key}__isnull": True}))


@dataclass
class Sales:
    """What was sold: ``revenue`` of the 12 months up to the date, ``before`` of the 12 months
    before those; ``last`` is the day of the last invoice; ``overdue`` is unpaid past its due
    day, with VAT, by the present state of payments."""

    revenue: Decimal = Decimal(0)
    before: Decimal = Decimal(0)
    last: dt.date | None = None
    overdue: Decimal = Decimal(0)

    @property
    def change(self) -> Decimal | None:
        """Of revenue over a year, as a fraction."""
        return self.revenue / self.before - 1 if self.before > 0 else None


def entities_of(clients: Iterable[Client], as_of: dt.date) -> dict[int, int]:
    """Legal entity -> the one of ``clients`` that it counts for, members of groups included."""
    served = {client.pk: client.pk for client in clients}
    groups = [client.pk for client in clients if client.kind == Client.Kind.GROUP]
    if groups:
        members = memberships_as_of(as_of).filter(group__in=groups)
        served |= dict(members.values_list("member_id", "group_id"))
    return served


def sales(clients: Sequence[Client], as_of: dt.date) -> dict[int, Sales]:
    """By client id, for the few clients of a page; those never invoiced are there with zeros."""
    found: dict[int, Sales] = defaultdict(Sales)
    counts_for = entities_of(clients, as_of)
    start = add_months(as_of + dt.timedelta(days=1), -12)
    before = add_months(as_of + dt.timedelta(days=1), -24)
    rows = (
        revenue_documents(as_of)
        .filter(client__in=list(counts_for))
        .order_by()
        .values_list("client_id")
        .annotate(
            revenue=Sum("net", filter=Q(date__gte=start)),
            before=Sum("net", filter=Q(date__gte=before, date__lt=start)),
            last=Max("date", filter=Q(type=Document.Type.INVOICE)),
            overdue=Sum(
                F("gross") - F("paid"),
                filter=Q(gross__gt=0, settled_on__isnull=True, due__lt=as_of),
            ),
        )
    )
    for client_id, revenue, earlier, last, overdue in rows:
        row = found[counts_for[client_id]]
        row.revenue += revenue or 0
        row.before += earlier or 0
        row.overdue += overdue or 0
        row.last = max(filter(None, (row.last, last)), default=None)
    return {client.pk: found[client.pk] for client in clients}


def looked_after(person, most: int) -> list[Client]:
    """The clients of a person's first page in the order of the ranking: a KAM's own; for those
    who lead or audit, the selected ones, of a manager those of the team."""
    clients = Client.objects.filter(group__isnull=True)
    if person.role == User.Role.KAM:
        clients = clients.filter(owner=person)
    else:
        clients = clients.filter(place__selected=True)
        if person.role == User.Role.MANAGER and person.team_id:
            clients = clients.filter(team_id=person.team_id)
    order = F("place__rank").asc(nulls_last=True)
    return shown(list(clients.order_by(order, "pk").values_list("pk", flat=True)[:most]))


@dataclass(frozen=True)
class Load:
    """How many clients a KAM looks after, and how many of them the ranking selects."""

    owner_id: int | None
    name: str | None
    clients: int
    active: int
    selected: int


def loads(team_id: int) -> list[Load]:
    """By KAM of a team, the most loaded first."""
    rows = (
        Client.objects.filter(team_id=team_id, group__isnull=True)
        .order_by()
        .values_list("owner_id", "owner__name")
        .annotate(
            clients=Count("pk"),
            active=Count("pk", filter=Q(lifecycle=Client.Lifecycle.ACTIVE)),
            selected=Count("pk", filter=Q(place__selected=True)),
        )
        .order_by("-clients", "owner__name")
    )
    return [Load(*row) for row in rows]


@dataclass(frozen=True)
class Choices:
    """What the filters offer: what occurs among the clients that the actor may see."""

    segments: list[str]
    countries: list[str]
    regions: list[str]
    tags: list[str]


def _choices_key(person) -> str:
    return f"client-choices:{person.pk}:{person.role}:{person.team_id}"


def forget_choices(person) -> None:
    """Whoever has just written a new word looks for it in the filters."""
    cache.delete(_choices_key(person))


def choices(person) -> Choices:
    """What the filters offer this person, looked up once in a while."""
    key = _choices_key(person)
    if (known := cache.get(key)) is None:
        known = _choices()
        cache.set(key, known, CHOICES_HOLD)
    return known


def _choices() -> Choices:
    rows = Client.objects.order_by().values_list("segment", "country", "region", "tags").distinct()
    segments, countries, regions, tags = list(zip(*rows, strict=True)) or [()] * 4
    columns = (segments, countries, regions, (tag for each in tags for tag in each))
    return Choices(*(sorted(set(filter(None, column)), key=folded) for column in columns))
