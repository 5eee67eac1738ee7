"""Reading a ranking by slice, always as the current actor may see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Client, User
from accounts.selectors.clients import named_like
from accounts.selectors.standings import present
from kam.lib.policy import KAM, MANAGER
from scoring.models import (
    RankingRow,
    RankingRun,
)

from .confidence import how_sure

PAGE = 40
COUNTED = 1_000  # a filtered list longer than this is "more than"


@dataclass(frozen=True)
class Filters:
    """What a person asks of the ranking; empty means no limit.

    part: "ranked", "unrated" for clients without enough ratings, or "all".  coverage: "full" or "part".
    selected: "yes" or "no".  sort: a key of SORTS or a criterion ``r1``…``r10``, with "-" for
    descending.
    """

    q: str = ""
    owner: str = ""
    segment: str = ""
    coverage: str = ""
    selected: str = ""
    part: str = "ranked"
    sort: str = ""

    @property
    def narrow(self) -> bool:
        return any((self.q, self.owner, self.segment, self.coverage, self.selected))


SORTS = {"place": "place", "name": "client__sort_name", "coverage": "coverage"}


@dataclass(frozen=True)
class Slice:
    """One page of rows; ``before`` and ``after`` are cursors, None at the ends.  ``found`` counts
    the filtered rows up to COUNTED, None where nothing was filtered."""

    rows: list[RankingRow]
    before: str | None
    after: str | None
    found: int | None
    sort: str = "place"
    filters: Filters = field(default_factory=Filters)


def ranking_rows(run: RankingRun, filters: Filters) -> QuerySet[RankingRow]:
    """The rows that the actor may see and the filters let through, not sorted."""
    rows = RankingRow.objects.filter(run_id=run.pk).order_by()
    if filters.part != "all":
        rows = rows.filter(rank=0) if filters.part == "unrated" else rows.filter(rank__gt=0)
    if filters.q.strip():
        rows = rows.filter(client__in=Client.objects.filter(named_like(filters.q)).order_by())
    if filters.owner == "none":
        rows = rows.filter(client__owner__isnull=True)
    elif filters.owner.isdecimal():
        rows = rows.filter(client__owner_id=int(filters.owner[:18]))
    if filters.segment:
        rows = rows.filter(client__segment=filters.segment)
    if filters.coverage == "full":
        rows = rows.filter(coverage__gte=1 - 1e-9)
    elif filters.coverage == "part":
        rows = rows.filter(coverage__lt=1 - 1e-9)
    if filters.selected in ("yes", "no"):
        rows = rows.filter(selected=1 if filters.selected == "yes" else 0)
    return rows


def ranking_slice(
    run: RankingRun, filters: Filters, *, after="", before="", criteria: int = 10, size: int = PAGE
) -> Slice:
    """A page of the ranking from behind a cursor, or up to one.

    A cursor is the place of a row: the sort key of that row is read again, so a link stays right
    whatever is sorted by.  Reads one slice of an index where sorted by place.
    """
    key, descending = _sort(filters.sort, criteria)
    rows = ranking_rows(run, filters)
    found = None
    if filters.narrow:
        found = rows[: COUNTED + 1].count()
    cursor = after or before
    backwards = bool(before) and not after
    if cursor.isdecimal():
        rows = rows.filter(_beyond(run, key, descending != backwards, int(cursor[:9]), backwards))
    page = list(_told(rows, run).order_by(*_ordering(key, descending, backwards))[: size + 1])
    more, page = len(page) > size, page[:size]
    if backwards:
        page.reverse()
    there = bool(page)
    first = str(page[0].place) if there else None
    last = str(page[-1].place) if there else None
    return Slice(
        rows=page,
        before=first if (more if backwards else cursor.isdecimal()) else None,
        after=last if (cursor.isdecimal() if backwards else more) else None,
        found=found,
        sort=("-" if descending else "") + _sort_name(key),
        filters=replace(filters, sort=("-" if descending else "") + _sort_name(key)),
    )


def in_order(run: RankingRun, filters: Filters, criteria: int = 10) -> QuerySet[RankingRow]:
    """All rows of the ranking in the order of its pages, with what those show."""
    key, descending = _sort(filters.sort, criteria)
    return _told(ranking_rows(run, filters), run).order_by(*_ordering(key, descending))


def _told(rows: QuerySet[RankingRow], run: RankingRun) -> QuerySet[RankingRow]:
    standing = present().filter(client_id=OuterRef("client_id")).order_by()
    return (
        rows.select_related("client__owner")
        .only(*_columns(), "client__name", "client__kind", "client__segment",
              "client__owner__name", "client__owner__email")
        .annotate(standing=Subquery(standing.values("value")[:1]), **how_sure(run))
    )  # fmt: skip


def _ordering(key: str, descending: bool, backwards: bool = False) -> list[str]:
    ordering = [("-" if descending != backwards else "") + key]
    if key != "place":
        ordering.append("-place" if backwards else "place")
    return ordering


def _columns() -> list[str]:
    return [name.attname for name in RankingRow._meta.concrete_fields]


def _sort(asked: str, criteria: int) -> tuple[str, bool]:
    name = asked.removeprefix("-")
    ratings = {f"r{number}" for number in range(1, criteria + 1)}
    key = SORTS.get(name) or (name if name in ratings else "place")
    return key, asked.startswith("-")


def _sort_name(key: str) -> str:
    return next((name for name, path in SORTS.items() if path == key), key)


def _beyond(run: RankingRun, key: str, below: bool, place: int, backwards: bool) -> Q:
    direction = "lt" if below else "gt"
    if key == "place":
        return Q(**{f"place__{direction}": place})
    row = (
        RankingRow.objects.filter(run_id=run.pk, place=place).order_by().values_list(key, flat=True)
    ).first()
    if row is None:
        return Q(place__gt=place)
    return Q(**{f"{key}__{direction}": row}) | Q(
        **{key: row, "place__lt" if backwards else "place__gt": place}
    )


def kams(actor: Any) -> list[User]:
    """Those who may own clients, as far as the actor works with them."""
    people = User.objects.filter(is_active=True, role__in=(KAM, MANAGER))
    if getattr(actor, "role", "") == KAM:
        people = people.filter(Q(pk=actor.pk) | Q(team_id=actor.team_id, team__isnull=False))
    return list(people.order_by("name").only("name", "email"))
