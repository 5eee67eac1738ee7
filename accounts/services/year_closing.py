"""Closing a year: results are frozen, and the next year's plan, goals and matrix review open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import (
    CarriedGoal,
    Client,
    FrozenSale,
    Goal,
    GoalReading,
    OpenedSale,
    PlannedSale,
    User,
    YearClose,
)
from accounts.selectors.year_closes import NOTHING, Key, plans_of, sold_of
from kam.audit.services import record
from kam.lib.locks import lock
from kam.lib.periods import add_months, today
from kam.lib.scoping import current

from .notices import tell

CENT = Decimal("0.01")


@dataclass
class Preview:
    """What closing a year would do to the clients that the actor answers for.

    ``frozen``: what is kept; ``planned``: months that the next year's plan would get; ``kept``:
    months that are planned already and stay; ``goals``: those that would be carried.
    """

    year: int
    clients: list[Client] = field(default_factory=list)
    frozen: dict[Key, tuple[Decimal | None, Decimal]] = field(default_factory=dict)
    planned: dict[Key, Decimal] = field(default_factory=dict)
    kept: int = 0
    goals: list[Goal] = field(default_factory=list)

    @property
    def plan(self) -> Decimal:
        return sum((plan for plan, _sold in self.frozen.values() if plan is not None), NOTHING)

    @property
    def sold(self) -> Decimal:
        return sum((sold for _plan, sold in self.frozen.values()), NOTHING)

    @property
    def share(self) -> Decimal | None:
        return self.sold / self.plan if self.plan else None

    @property
    def next_plan(self) -> Decimal:
        return sum(self.planned.values(), NOTHING)


def is_over(year: int) -> bool:
    return year < today().year


def preview(year: int, growth: Decimal | None) -> Preview:
    """What closing would do.  ``growth``: per cent by which the next plan is larger; None copies
    no plan."""
    found = Preview(year)
    plans = plans_of(year)
    mine = Client.objects.editable_by(current()).filter(pk__in={client for client, *_k in plans})
    closed = FrozenSale.objects.filter(month__year=year).values("client")
    found.clients = list(mine.exclude(pk__in=closed).order_by("sort_name", "pk"))
    ids = {client.pk for client in found.clients}
    sold = sold_of(ids, year, today())
    for key in plans.keys() | sold.keys():
        if key[0] in ids:
            found.frozen[key] = plans.get(key), sold.get(key, NOTHING)
    if growth is not None:
        _plan_next(found, plans, growth)
    found.goals = list(
        Goal.objects.filter(client__in=ids, status=Goal.Status.OPEN, due__year=year)
        .filter(carried_to__isnull=True)
        .select_related("client", "owner")
        .order_by("client__sort_name", "due", "pk")
    )
    return found


def _plan_next(found: Preview, plans: dict[Key, Decimal], growth: Decimal) -> None:
    present = plans_of(found.year + 1)
    alive = {each.pk for each in found.clients if each.lifecycle != Client.Lifecycle.LOST}
    factor = 1 + growth / 100
    for (client, family, month), amount in plans.items():
        key = client, family, month.replace(year=found.year + 1)
        if client not in alive:
            continue
        if key in present:
            found.kept += 1
        else:
            found.planned[key] = (amount * factor).quantize(CENT, ROUND_HALF_UP)


@transaction.atomic
def close(
    year: int, growth: Decimal | None, author: User, *, goals: bool = True, review: bool = True
) -> YearClose:
    """Freeze the results of a year and open the next one, for the clients the author answers for.

    Raises ValidationError where the year is not over or nothing is left to close.
    """
    if not is_over(year):
        raise ValidationError({"year": _("A year is closed once it is over.")})
    lock(f"close year {year}")
    found = preview(year, growth)
    if not found.clients:
        raise ValidationError(
            {"year": _("There is no client with a sales plan left to close this year for.")}
        )
    row = YearClose.objects.create(
        year=year, growth=growth, clients=len(found.clients), planned_cells=len(found.planned),
        carried_goals=len(found.goals) if goals else 0, review_asked=review, author=author,
    )  # fmt: skip
    FrozenSale.objects.bulk_create(
        (
            FrozenSale(
                close=row, client_id=client, family_id=family, month=month, planned=plan, sold=sold
            )
            for (client, family, month), (plan, sold) in found.frozen.items()
        ),
        batch_size=1_000,
    )
    _open_plan(row, found)
    if goals:
        _carry(row, found.goals, author)
    if review:
        people = User.objects.filter(
            is_active=True, role__in=[User.Role.ADMINISTRATOR, User.Role.MANAGER]
        )
        tell(people, "matrix_review", f"matrix_review:{year + 1}", facts={"year": year + 1})
    record(
        "year.close",
        object=row,
        details={
            "year": year, "clients": row.clients, "planned": str(found.plan),
            "sold": str(found.sold), "cells": row.planned_cells, "goals": row.carried_goals,
        },
    )  # fmt: skip
    return row


def _open_plan(row: YearClose, found: Preview) -> None:
    made = PlannedSale.objects.bulk_create(
        (
            PlannedSale(
                client_id=client, family_id=family, month=month, amount=amount, author=row.author,
                known_from=row.closed_at,
            )
            for (client, family, month), amount in found.planned.items()
        ),
        batch_size=1_000,
    )  # fmt: skip
    OpenedSale.objects.bulk_create(
        (OpenedSale(close=row, client_id=each.client_id, planned=each) for each in made),
        batch_size=1_000,
    )


def _carry(row: YearClose, goals: Sequence[Goal], author: User) -> None:
    """A copy of each goal from where it stands, due a year later; the old one was not reached."""
    last = dict(
        GoalReading.objects.filter(goal__in=[goal.pk for goal in goals])
        .order_by("day", "pk")
        .values_list("goal", "value")
    )
    for goal in goals:
        stands = last.get(goal.pk)
        moved = stands is not None and stands != goal.target
        copy = Goal.objects.create(
            client=goal.client, side=goal.side, why=goal.why, what_for=goal.what_for, how=goal.how,
            measure=goal.measure, own_measure=goal.own_measure, unit=goal.unit,
            start=stands if moved else goal.start, target=goal.target,
            due=_a_year_later(goal.due), owner=goal.owner, author=author,
        )  # fmt: skip
        CarriedGoal.objects.create(close=row, origin=goal, goal=copy)
        goal.status = Goal.Status.MISSED
        goal.version += 1
        goal.save(update_fields=["status", "version"])


def _a_year_later(day: dt.date | None) -> dt.date | None:
    return None if day is None else add_months(day, 12)


def hindrances(row: YearClose) -> list[str]:
    """Why a closing can be undone no more, in words; empty where it can."""
    if row.is_undone:
        return [_("This closing has been undone already.")]
    said = []
    frozen = Client.objects.filter(pk__in=FrozenSale.objects.filter(close=row).values("client"))
    if row.clients != frozen.editable_by(current()).count():
        said.append(_("Some of its clients are not yours to change. Ask whoever closed it."))
    worked = PlannedSale.objects.filter(opened__close=row, known_to__isnull=False).count()
    if worked:
        said.append(_("Months of the next year’s plan were changed: %(n)s.") % {"n": worked})
    carried = Goal.objects.filter(carried_from__close=row)
    worked = (
        carried.filter(~Q(status=Goal.Status.OPEN) | Q(version__gt=1) | Q(readings__computed=False))
        .distinct()
        .count()
    )
    if worked:
        said.append(_("Goals that were carried have been worked on: %(n)s.") % {"n": worked})
    if YearClose.objects.filter(year=row.year + 1, undone_at__isnull=True).exists():
        said.append(_("The year after it is closed too."))
    return said


@transaction.atomic
def undo(row: YearClose, person: User) -> YearClose:
    """Take a closing back as if it had not been; the mark stays.

    Raises ValidationError with what hinders.
    """
    lock(f"close year {row.year}")
    present = YearClose.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if said := hindrances(present):
        raise ValidationError(said)
    PlannedSale.objects.filter(opened__close=present).delete()
    for carried in CarriedGoal.objects.filter(close=present).select_related("origin", "goal"):
        carried.origin.status = Goal.Status.OPEN
        carried.origin.version += 1
        carried.origin.save(update_fields=["status", "version"])
        carried.goal.delete()
    FrozenSale.objects.filter(close=present).delete()
    present.undone_at, present.undone_by = timezone.now(), person
    present.save(update_fields=["undone_at", "undone_by"])
    row.refresh_from_db()
    record("year.undo", object=row, details={"year": row.year, "clients": row.clients})
    return row
