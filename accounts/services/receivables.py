"""Stopping shipments, by hand and by rule, lifting that again, and promised payments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.measures.reading import require_system
from accounts.models import Client, PaymentPromise, Promise, ShipmentStop, User
from accounts.services import debts as found
from kam.audit.services import record
from kam.lib.company import company
from kam.lib.formatting import money
from kam.lib.periods import today
from kam.webhooks.services import emit

from . import promises

JOB = "accounts.receivables"
Rule = ShipmentStop.Rule
# For so long the rules leave a client alone whose stop a person has lifted.
REST = dt.timedelta(days=14)


@transaction.atomic
def stop(
    client: Client, reason: str, author: User | None, *, until: dt.date | None = None,
    rule: str = Rule.HAND,
) -> ShipmentStop:  # fmt: skip
    """Stop shipments to a client.  Raises ValidationError where they are stopped already, nothing
    says why, or the last day has passed."""
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if found.stops_on().filter(client=client).exists():
        raise ValidationError(_("Shipments to this client are stopped already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the client will ask.")})
    if until is not None and until < today():
        raise ValidationError({"until": _("This day has passed.")})
    row = ShipmentStop.objects.create(
        client=client, rule=rule, reason=reason.strip()[:500], since=today(), until=until,
        author=author,
    )  # fmt: skip
    record("shipment.stop", object=row, client_id=client.pk, details={"rule": row.rule})
    emit(
        "shipment.stopped",
        {
            "stop": row.pk, "client": client.pk, "rule": str(row.rule),
            "since": row.since.isoformat(), "until": until.isoformat() if until else None,
        },
    )  # fmt: skip
    return row


@transaction.atomic
def release(row: ShipmentStop, reason: str, person: User | None) -> ShipmentStop:
    """Lift a stop.  Raises ValidationError where it is lifted already or nothing says why."""
    present = ShipmentStop.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not present.is_on:
        raise ValidationError(_("This stop is lifted already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    present.released_on, present.released_by = today(), person
    present.release_reason = reason.strip()[:500]
    if person is not None and present.rule != Rule.HAND:
        present.rest_until = today() + REST
    present.save()
    row.refresh_from_db()
    record("shipment.release", object=row, client_id=row.client_id, details={"rule": row.rule})
    emit(
        "shipment.released",
        {
            "stop": row.pk, "client": row.client_id, "rule": row.rule,
            "released_on": row.released_on.isoformat(),
        },
    )  # fmt: skip
    return row


def apply_rules(day: dt.date) -> int:
    """Stop and lift by the rules; returns how many stops were set or lifted.  System only.

    A client is stopped that is past due for longer than SHIPMENT_STOP_DAYS, or owes more than its
    credit limit where SHIPMENT_STOP_OVER_LIMIT is on.
    """
    require_system()
    wanted = _wanted(day)
    changed = 0
    with translation.override(settings.LANGUAGE_CODE):
        for row in found.stops_on().select_related("client"):
            if row.rule == Rule.HAND:
                if row.until is not None and row.until < day:
                    release(row, _("The time it was set for is over."), None)
                    changed += 1
            elif row.client_id not in wanted:
                release(row, _("The rule does not call for it any more."), None)
                changed += 1
        there = set(found.stops_on().values_list("client_id", flat=True))
        resting = set(
            ShipmentStop.objects.filter(rest_until__gte=day).values_list("client_id", flat=True)
        )
        new = [pk for pk in wanted if pk not in there and pk not in resting]
        for client in Client.objects.filter(pk__in=new):
            rule, reason = wanted[client.pk]
            stop(client, reason, None, rule=rule)
            changed += 1
    return changed


def _wanted(day: dt.date) -> dict[int, tuple[str, str]]:
    """Whom the rules stop -> rule and reason."""
    longest = settings.SHIPMENT_STOP_DAYS
    wanted: dict[int, tuple[str, str]] = {}
    if not longest and not settings.SHIPMENT_STOP_OVER_LIMIT:
        return wanted
    rows = list(found.by_client(found.Filters(), day))
    limits: dict[int, Decimal] = {}
    if settings.SHIPMENT_STOP_OVER_LIMIT:
        limits = found.limits_of([row["served"] for row in rows], day)
    for row in rows:
        pk, past = row["served"], (day - row["first_due"]).days if row["first_due"] else 0
        limit = limits.get(pk)
        if longest and past > longest:
            said = _("Overdue for %(days)s days; %(longest)s are let pass.")
            wanted[pk] = (Rule.OVERDUE, said % {"days": past, "longest": longest})
        elif limit is not None and row["total"] > limit:
            said = _("Owes %(owed)s; the credit limit is %(limit)s.")
            wanted[pk] = (Rule.LIMIT, said % {"owed": _sum(row["total"]), "limit": _sum(limit)})
    return wanted


def _sum(amount: Decimal) -> str:
    return money(amount, company().currency, 0, language=translation.get_language())


@transaction.atomic
def promise_payment(client: Client, values: Mapping[str, Any], author: User) -> Promise:
    """Write down when the client says it will pay: a promise of theirs, with its amount.

    Raises ValidationError where nobody would answer for it or the amount is nothing.
    """
    amount = values["amount"]
    if amount <= 0:
        raise ValidationError({"amount": _("More than nothing is needed.")})
    what = _("Pay %(amount)s") % {"amount": _sum(amount)}
    promise = promises.make(
        client,
        {
            "side": Promise.Side.THEIRS, "what": what, "due": values["due"],
            "contact": values.get("contact"),
        },
        author,
    )  # fmt: skip
    PaymentPromise.objects.create(promise=promise, amount=amount)
    return promise
