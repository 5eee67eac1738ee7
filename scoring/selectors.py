"""Reading rankings, matrices and ratings, always as the current actor may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Client, User
from accounts.selectors.clients import named_like
from kam.lib.periods import end_of_day
from kam.lib.policy import KAM, MANAGER

from .models import (
    Criterion,
    Matrix,
    MatrixVersion,
    RankingRow,
    RankingRun,
    Rating,
    VersionCriterion,
)

PAGE = 40
COUNTED = 1_000  # a filtered list longer than this is "more than"


# --- Matrices -----------------------------------------------------------------------------------


def matrices() -> QuerySet[Matrix]:
    return Matrix.objects.select_related("current_run").prefetch_related(
        Prefetch("versions", MatrixVersion.objects.select_related("author").order_by("-number"))
    )


def main_matrix() -> Matrix | None:
    """The matrix whose ranking the whole product shows, with its current run."""
    return (
        Matrix.objects.select_related("current_run__version__matrix", "current_run__previous")
        .filter(is_main=True)
        .first()
    )


def main_run() -> RankingRun | None:
    matrix = main_matrix()
    return matrix.current_run if matrix else None


def version_criteria(version: MatrixVersion) -> list[VersionCriterion]:
    """Criteria of a version in its order, each with its share of the weight as ``share``."""
    rows = list(version.criteria.select_related("criterion").order_by("position"))
    total = sum(row.weight for row in rows)
    for row in rows:
        row.share = float(row.weight / total) if total else 0.0
    return rows


@dataclass(frozen=True)
class VersionChange:
    """What became of one criterion between two versions: weights in shares, None = not in it."""

    criterion: Criterion
    before: float | None
    after: float | None
    rule_changed: bool


def version_changes(older: MatrixVersion | None, newer: MatrixVersion) -> list[VersionChange]:
    """Criteria that came, went, or changed in weight or rule."""
    before = {row.criterion_id: row for row in version_criteria(older)} if older else {}
    after = {row.criterion_id: row for row in version_criteria(newer)}
    changes = []
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key), after.get(key)
        rule_changed = bool(was and now) and any(
            getattr(was, name) != getattr(now, name)
            for name in ("measure", "rule", "rated_by_people", "people_share", "mandatory")
        )
        weight_changed = not was or not now or abs(was.share - now.share) > 1e-6
        if rule_changed or weight_changed:
            changes.append(
                VersionChange(
                    (now or was).criterion,
                    was.share if was else None,
                    now.share if now else None,
                    rule_changed,
                )
            )
    return changes


# --- The ranking --------------------------------------------------------------------------------


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
    ordering = [("-" if descending != backwards else "") + key]
    if key != "place":
        ordering.append("-place" if backwards else "place")
    page = list(
        rows.select_related("client__owner")
        .only(*_columns(), "client__name", "client__kind", "client__segment",
              "client__owner__name", "client__owner__email")
        .order_by(*ordering)[: size + 1]
    )  # fmt: skip
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


# --- One client ---------------------------------------------------------------------------------


def client_row(run: RankingRun, client_id: int) -> RankingRow | None:
    return RankingRow.objects.filter(run_id=run.pk, client_id=client_id).first()


@dataclass(frozen=True)
class PastPlace:
    run: RankingRun
    row: RankingRow | None


def past_places(client_id: int, matrix_id: int, most: int = 12) -> list[PastPlace]:
    """Where a client stood in the latest rankings of a matrix, one a day, oldest first."""
    runs = list(
        RankingRun.objects.filter(version__matrix_id=matrix_id)
        .select_related("version")
        .order_by("-as_of", "-pk")
        .distinct("as_of")[:most]
    )
    rows = {
        row.run_id: row
        for row in RankingRow.objects.filter(
            run_id__in=[run.pk for run in runs], client_id=client_id
        )
    }
    return [PastPlace(run, rows.get(run.pk)) for run in reversed(runs)]


def opinions(client_id: int, criterion_ids: Iterable[int], run: RankingRun) -> list[Rating]:
    """People's ratings that a run took for a client: each rater's latest, by criterion.

    Of a group also those given to its members, where the same rater has not rated the group.
    """
    end = min(end_of_day(run.as_of), run.started_at)
    members = Client.objects.filter(
        memberships__group_id=client_id,
        memberships__since__lte=run.as_of,
        memberships__known_from__lt=end,
    ).filter(
        Q(memberships__until__isnull=True) | Q(memberships__until__gt=run.as_of),
        Q(memberships__known_to__isnull=True) | Q(memberships__known_to__gte=end),
    )
    ratings = (
        Rating.objects.filter(Q(client_id=client_id) | Q(client__in=members.order_by()))
        .filter(criterion_id__in=list(criterion_ids), date__lte=run.as_of, known_from__lt=end)
        .filter(Q(known_to__isnull=True) | Q(known_to__gte=end))
        .filter(Q(value__isnull=False) | Q(not_applicable=True))
        .select_related("rater", "client")
    )
    latest: dict[tuple, Rating] = {}
    for row in sorted(ratings, key=lambda r: (r.client_id == client_id, r.date, r.pk)):
        latest[(row.criterion_id, row.rater_id, row.rater_name)] = row
    return sorted(latest.values(), key=lambda r: (r.criterion_id, -r.date.toordinal(), -r.pk))


def ratings_in_force(
    client_ids: Iterable[int], criterion_ids: Iterable[int], rater: User | None = None
) -> QuerySet[Rating]:
    """Ratings that hold now, of everybody or of one rater."""
    rows = Rating.objects.filter(
        client_id__in=list(client_ids),
        criterion_id__in=list(criterion_ids),
        known_to__isnull=True,
    )
    return rows.filter(rater=rater, rater_name="") if rater is not None else rows


def served_clients() -> QuerySet[Client]:
    """Groups, and clients that belong to none at present."""
    return Client.objects.filter(group__isnull=True)


def rating_history(client_id: int, criterion_id: int) -> QuerySet[Rating]:
    return (
        Rating.objects.filter(client_id=client_id, criterion_id=criterion_id)
        .select_related("rater")
        .order_by("-known_from", "-pk")
    )
