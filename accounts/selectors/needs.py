"""Needs as pages and the API show them, and the money behind themes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum

from accounts.models import Need, NeedStep, Theme

State = Need.State
OPEN = Q(state__in=Need.OPEN)
_MONEY: DecimalField = DecimalField(max_digits=24, decimal_places=4)
_EXPECTED = ExpressionWrapper((F("low") + F("high")) * F("likelihood") / 200, _MONEY)


@dataclass(frozen=True)
class Money:
    """What open needs may bring a year.  ``expected``: middles times likelihoods of those that say
    both.  ``unpriced``: how many say no money."""

    needs: int = 0
    clients: int = 0
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    weighed: int = 0
    unpriced: int = 0
    won: int = 0
    lost: int = 0

    @property
    def priced(self) -> int:
        return self.needs - self.unpriced


@dataclass(frozen=True)
class Filters:
    """``state``: a state, "ended" or "all"; empty: open ones."""

    state: str = ""
    theme: str = ""
    owner: str = ""


def rows() -> QuerySet[Need]:
    return Need.objects.select_related(
        "client__owner", "contact", "interaction", "theme", "family", "product", "author"
    )


def in_order(needs: QuerySet[Need]) -> QuerySet[Need]:
    """What brings most first; those without money by the day they are wanted."""
    return needs.order_by(F("high").desc(nulls_last=True), F("by_when").asc(nulls_last=True), "pk")


def needs_of(entities: Collection[int]) -> QuerySet[Need]:
    return rows().filter(client__in=entities)


def filtered(filters: Filters) -> QuerySet[Need]:
    found = rows()
    if filters.theme == "none":
        found = found.filter(theme__isnull=True)
    elif filters.theme.isdecimal():
        found = found.filter(theme_id=int(filters.theme[:18]))
    if filters.owner.isdecimal():
        found = found.filter(client__owner_id=int(filters.owner[:18]))
    if filters.state == "ended":
        found = found.exclude(OPEN)
    elif filters.state in State.values:
        found = found.filter(state=filters.state)
    elif filters.state != "all":
        found = found.filter(OPEN)
    return in_order(found)


def families_of(entities: Collection[int]) -> set[int]:
    """Product families that open needs of these clients name."""
    named = Need.objects.filter(OPEN, client__in=entities, family__isnull=False).order_by()
    return set(named.values_list("family_id", flat=True))


def steps_of(need: Need) -> QuerySet[NeedStep]:
    return NeedStep.objects.filter(need=need).select_related("person")


def _sums() -> dict[str, Any]:
    return {
        "needs": Count("pk", OPEN),
        "clients": Count("client", OPEN, distinct=True),
        "low": Sum("low", filter=OPEN, default=Decimal(0)),
        "high": Sum("high", filter=OPEN, default=Decimal(0)),
        "expected": Sum(_EXPECTED, filter=OPEN, default=Decimal(0)),
        "weighed": Count("pk", OPEN & Q(high__isnull=False, likelihood__isnull=False)),
        "unpriced": Count("pk", OPEN & Q(high__isnull=True)),
        "won": Count("pk", Q(state=State.WON)),
        "lost": Count("pk", Q(state=State.LOST)),
    }


def money_of(needs: QuerySet[Need]) -> Money:
    # Named apart from the columns they sum.
    found = needs.order_by().aggregate(**{f"sum_{name}": each for name, each in _sums().items()})
    return _money(found)


def money_of_rows(needs: Collection[Need]) -> Money:
    """The same of open needs that are at hand."""
    priced = [need for need in needs if need.high is not None]
    weighed = [need.expected for need in priced if need.expected is not None]
    return Money(
        len(needs),
        len({need.client_id for need in needs}),
        sum((need.low for need in priced), Decimal(0)),
        sum((need.high for need in priced), Decimal(0)),
        sum(weighed, Decimal(0)),
        len(weighed),
        len(needs) - len(priced),
    )


def _money(row: dict[str, Any]) -> Money:
    return Money(**{name.removeprefix("sum_"): value for name, value in row.items()})


def themes() -> QuerySet[Theme]:
    """Those in use: not merged into another."""
    return Theme.objects.filter(merged_into__isnull=True)


def themes_with_money() -> list[tuple[Theme, Money]]:
    """Themes by what their open needs may bring; as the actor sees clients."""
    sums = {f"sum_{name}": each for name, each in _sums().items()}
    summed = Need.objects.order_by().filter(theme__isnull=False).values("theme").annotate(**sums)
    found = {row.pop("theme"): _money(row) for row in summed}
    lines = [(theme, found.get(theme.pk, Money())) for theme in themes()]
    return sorted(lines, key=lambda line: (-line[1].high, -line[1].needs, line[0].name))
