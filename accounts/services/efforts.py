"""Saying what a week took, and writing down what clients and the programme cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.measures.effort import hours_of
from accounts.models import (
    Client,
    EffortRules,
    EffortWeek,
    HourRate,
    ProgrammeCost,
    ServiceCost,
    User,
)
from accounts.models.efforts import MOST_HOURS
from accounts.selectors import efforts as found
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import today

QUARTER = Decimal("0.25")
WEEKS_BACK = 26
RULES = (*found.KINDS, "rate", "capital", "discount")
COST = ("kind", "what", "date", "amount")


def estimate(counts: Mapping[str, int], rules: EffortRules) -> Decimal:
    """Hours by the rules, to a quarter of an hour."""
    hours = {kind: float(getattr(rules, kind)) for kind in found.KINDS}
    told = Decimal(str(hours_of(counts, hours)))
    return (told / QUARTER).quantize(Decimal(1), ROUND_HALF_UP) * QUARTER


@dataclass
class Row:
    """One client in the week of a person.  ``said``: what was saved, None before."""

    client: Client
    counts: Mapping[str, int]
    estimated: Decimal
    said: Decimal | None
    error: str = ""
    typed: str = ""

    @property
    def hours(self) -> Decimal:
        return self.estimated if self.said is None else self.said

    @property
    def corrected(self) -> bool:
        return self.said is not None and self.said != self.estimated


def rows_of(person: User, week: dt.date) -> list[Row]:
    """The person's clients with the hours of a week, as said or as estimated."""
    clients = list(found.own_clients(person)[: found.SHOWN])
    counts = found.work(
        week, week + dt.timedelta(days=6), [client.pk for client in clients], person
    )
    said = found.weeks(person, week)
    rules = found.rules()
    rows = []
    for client in clients:
        mine = counts.get((client.pk, week), {})
        kept = said.get(client.pk)
        rows.append(Row(client, mine, estimate(mine, rules), kept.hours if kept else None))
    rows.sort(key=lambda row: (not row.counts, row.client.sort_name, row.client.pk))
    return rows


def check_week(week: dt.date) -> None:
    """Raises ValidationError for no Monday, a week to come, or one long past."""
    if week.weekday():
        raise ValidationError({"week": _("A week begins on a Monday.")})
    if week > today():
        raise ValidationError({"week": _("This week has not begun yet.")})
    if week < found.monday(today()) - dt.timedelta(weeks=WEEKS_BACK):
        raise ValidationError({"week": _("This week is too long ago to be changed.")})


def rate_of(person: User, rules: EffortRules) -> Decimal:
    own = HourRate.objects.filter(person=person).values_list("rate", flat=True).first()
    return rules.rate if own is None else own


@transaction.atomic
def save_week(person: User, week: dt.date, hours: Mapping[int, Decimal]) -> int:
    """Client id -> hours, of clients that the person answers for; returns how many changed.

    Raises ValidationError by client id where hours are out of range or the client is not theirs.
    """
    check_week(week)
    rows = {row.client.pk: row for row in rows_of(person, week)}
    errors = {}
    for client, value in hours.items():
        if client not in rows:
            errors[str(client)] = _("This is not one of your clients.")
        elif not 0 <= value <= MOST_HOURS:
            errors[str(client)] = _("From 0 to %(most)s hours.") % {"most": MOST_HOURS}
    if errors:
        raise ValidationError(errors)
    rules = found.rules()
    rate = rate_of(person, rules)
    changed = {client: each for client, each in hours.items() if rows[client].said != each}
    for client, value in changed.items():
        EffortWeek.objects.update_or_create(
            client_id=client,
            person=person,
            week=week,
            defaults={
                "hours": value,
                "estimated": rows[client].estimated,
                "rate": rate,
                "saved_at": timezone.now(),
            },
        )
    if changed:
        record(
            "effort.save",
            object=person,
            details={"week": week.isoformat(), "clients": len(changed)},
        )
    return len(changed)


@transaction.atomic
def save_rules(values: Mapping[str, Any], version: int) -> list[str]:
    """Raises Conflict where somebody was faster."""
    present = EffortRules.objects.select_for_update().filter(pk=1).first()
    present = present or EffortRules(pk=1, version=0)
    if present.version != version:
        raise Conflict(present)
    changed = _set(present, values, RULES)
    if changed:
        record("effort_rules.change", object=present, details={"fields": changed})
    return changed


@transaction.atomic
def save_rate(person: User, rate: Decimal, version: int) -> list[str]:
    """What an hour of a person costs.  Raises Conflict where somebody was faster."""
    present = HourRate.objects.select_for_update(of=("self",)).filter(person=person).first()
    present = present or HourRate(person=person, rate=-1, version=0)
    if present.version != version:
        raise Conflict(present)
    changed = _set(present, {"rate": rate}, ("rate",))
    if changed:
        record("hour_rate.change", object=present, details={"person": person.pk})
    return changed


def _set(row, values: Mapping[str, Any], fields: tuple[str, ...]) -> list[str]:
    changed = [name for name in fields if name in values and getattr(row, name) != values[name]]
    if changed or row.version == 0:
        for name in changed:
            setattr(row, name, values[name])
        row.version += 1
        row.save()
    return changed


@transaction.atomic
def add_service_cost(client: Client, values: Mapping[str, Any], author: User) -> ServiceCost:
    row = ServiceCost.objects.create(client=client, author=author, **values)
    record("service_cost.add", object=row, client_id=client.pk)
    return row


@transaction.atomic
def add_programme_cost(values: Mapping[str, Any], author: User) -> ProgrammeCost:
    row = ProgrammeCost.objects.create(author=author, **values)
    record("programme_cost.add", object=row)
    return row


@transaction.atomic
def change_cost(row: ServiceCost | ProgrammeCost, values: Mapping[str, Any], version: int):
    """The changed fields.  Raises Conflict where somebody was faster."""
    present = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if present.version != version:
        raise Conflict(present)
    changed = _set(present, values, COST)
    if changed:
        row.refresh_from_db()
        record(
            f"{_noun(row)}.change",
            object=row,
            client_id=getattr(row, "client_id", None),
            details={"fields": changed},
        )
    return changed


@transaction.atomic
def remove_cost(row: ServiceCost | ProgrammeCost) -> None:
    record(f"{_noun(row)}.remove", object=row, client_id=getattr(row, "client_id", None))
    row.delete()


def _noun(row) -> str:
    return "service_cost" if isinstance(row, ServiceCost) else "programme_cost"
