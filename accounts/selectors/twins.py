"""Cards that may be one and the same client, and what was decided of such pairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db.models import CharField, Count, F, Q, QuerySet, Value, Window
from django.db.models.expressions import Func
from django.db.models.functions import Concat, Lower, Trim
from django.utils.translation import gettext as _

from accounts.models import Client, Contact, Twin

from .blocks import free

MOST = 100  # pairs shown at once
MOST_ALIKE = 6  # cards of one name or address; more are a chain or a common word
# Words for legal forms, which people write or leave out.
FORMS = (
    "ооо", "оао", "зао", "пао", "ао", "ип", "тоо", "нао", "чуп", "одо", "llc", "ltd", "inc",
    "gmbh", "jsc", "pjsc", "corp", "limited", "company", "co",
)  # fmt: skip
_FORMS = rf"(^|\s)({'|'.join(FORMS)})(?=\s|$)"


@dataclass(frozen=True)
class Pair:
    """Two cards, and in words why they may be one."""

    first: Client
    second: Client
    reasons: tuple[str, ...]

    @property
    def cards(self) -> tuple[Client, Client]:
        return self.first, self.second


def plain_name(column: str = "sort_name") -> Func:
    """A name without legal form, quotes and signs: what is the same for the ear."""
    words = Func(
        F(column), Value(r"[^[:alnum:]]+"), Value(" "), Value("g"),
        function="regexp_replace", output_field=CharField(),
    )  # fmt: skip
    bare = Func(
        words, Value(_FORMS), Value(" "), Value("g"),
        function="regexp_replace", output_field=CharField(),
    )  # fmt: skip
    return Trim(Func(bare, Value(r"\s+"), Value(" "), Value("g"), function="regexp_replace"))


def pairs() -> list[Pair]:
    """Pairs among the clients that the actor sees, the surest first, without those decided."""
    reasons: dict[tuple[int, int], list[str]] = defaultdict(list)
    for key in _alike(Client.objects.exclude(inn=""), Concat("inn", Value("/"), "kpp")):
        reasons[key].append(_("the same INN and KPP"))
    companies = Client.objects.exclude(kind=Client.Kind.PERSON)
    for key in _alike(companies, plain_name()):
        reasons[key].append(_("the same name"))
    for key in _of_one_address():
        reasons[key].append(_("a person with the same e-mail"))
    decided = {
        tuple(sorted(pair))
        for pair in Twin.objects.filter(undone_at=None).values_list("kept_id", "other_id")
    }
    keys = sorted(reasons.keys() - decided, key=lambda key: (-len(reasons[key]), key))
    wanted = {pk for key in keys for pk in key}
    rows = Client.objects.select_related("owner", "group").in_bulk(wanted)
    found = []
    for first, second in keys:
        if first in rows and second in rows and not _are_two(rows[first], rows[second]):
            found.append(Pair(rows[first], rows[second], tuple(reasons[(first, second)])))
    return found[:MOST]


def _are_two(first: Client, second: Client) -> bool:
    """Two legal entities, or a company and its group: they look alike and are two."""
    if first.inn and second.inn and (first.inn, first.kpp) != (second.inn, second.kpp):
        return True
    return first.pk == second.group_id or second.pk == first.group_id


def _alike(clients: QuerySet[Client], key) -> Iterator[tuple[int, int]]:
    rows = (
        clients.order_by()
        .annotate(alike=key)
        .annotate(times=Window(Count("pk"), partition_by=[F("alike")]))
        .filter(times__gt=1, times__lte=MOST_ALIKE)
        .exclude(alike="")
        .values_list("alike", "pk")[: 4 * MOST * MOST_ALIKE]
    )
    return _pairs(rows)


def _of_one_address() -> Iterator[tuple[int, int]]:
    people = free(Contact.objects.exclude(email="")).filter(left_on=None).order_by()
    rows = (
        people.annotate(address=Lower("email"))
        .annotate(times=Window(Count("pk"), partition_by=[F("address")]))
        .filter(times__gt=1, times__lte=MOST_ALIKE)
        .values_list("address", "client_id")[: 4 * MOST * MOST_ALIKE]
    )
    return _pairs(rows)


def _pairs(rows: Iterable[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    """Pairs of ids under one key, each once, the smaller id first."""
    same: dict[str, set[int]] = defaultdict(set)
    for key, pk in rows:
        same[key].add(pk)
    for ids in same.values():
        yield from combinations(sorted(ids), 2)


def decided() -> QuerySet[Twin]:
    """What was decided, latest first."""
    rows = Twin.objects.select_related("kept", "person", "undone_by", "removal")
    return rows.defer("removal__contents", "removal__loosened", "moved").order_by("-at", "-pk")


def where_it_went(pk: int) -> int | None:
    """The card that one with this id went into, of those the actor sees."""
    joined = Twin.objects.filter(Q(other_id=pk), decision=Twin.Decision.ONE, undone_at=None)
    return joined.values_list("kept_id", flat=True).first()
