"""Asking people for their ratings: each answers apart, without seeing the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import readable_clients
from accounts.models import Client, User
from kam.audit.services import record
from kam.lib.periods import today
from kam.lib.policy import ADMINISTRATOR, KAM, MANAGER
from scoring.models import Criterion, Rating, RatingRequest

from .ratings import rate

MAY_RATE = (ADMINISTRATOR, MANAGER, KAM)
NAMED = 3


@transaction.atomic
def ask(
    actor: User,
    pairs: Sequence[tuple[int, int]],
    people: Iterable[User],
    due: dt.date | None = None,
    reason: str = "",
) -> list[RatingRequest]:
    """Ask each of the people for a rating of each pair (client id, criterion id).

    Who is asked already and has not answered is not asked again; returns the new requests.
    Raises ValidationError, and asks nobody, where somebody may not see a client.
    """
    chosen = [person for person in people if person.is_active and person.role in MAY_RATE]
    wanted = list(dict.fromkeys(pairs))
    if not chosen:
        raise ValidationError(_("Choose at least one person."))
    if not wanted:
        raise ValidationError(_("Choose at least one client and criterion."))
    if due is not None and due < today():
        raise ValidationError(_("The day by which to answer has passed."))
    ids = {client_id for client_id, _criterion in wanted}
    everybody = Client.unscoped.filter(pk__in=ids)
    readable = dict(everybody.visible_to(actor).values_list("pk", "name"))
    criteria = {criterion_id for _client, criterion_id in wanted}
    if ids - readable.keys():
        raise ValidationError(_("There is no such client."))
    if criteria - set(Criterion.objects.filter(pk__in=criteria).values_list("pk", flat=True)):
        raise ValidationError(_("There is no such criterion."))
    errors = []
    for person in chosen:
        seen = set(everybody.visible_to(person).values_list("pk", flat=True))
        names = sorted(readable[client_id] for client_id in ids - seen)
        if names:
            more = ", …" if len(names) > NAMED else ""
            errors.append(
                _("%(person)s may not see %(clients)s, so cannot be asked.")
                % {"person": person, "clients": ", ".join(names[:NAMED]) + more}
            )
    if errors:
        raise ValidationError(errors)
    waiting = set(
        RatingRequest.objects.select_for_update()
        .filter(
            answered_at__isnull=True,
            withdrawn_at__isnull=True,
            person__in=chosen,
            client_id__in=ids,
            criterion_id__in=criteria,
        )
        .order_by("pk")
        .values_list("client_id", "criterion_id", "person_id")
    )
    fresh = RatingRequest.objects.bulk_create(
        RatingRequest(
            client_id=client_id,
            criterion_id=criterion_id,
            person=person,
            asked_by=actor,
            due=due,
            reason=reason.strip(),
        )
        for client_id, criterion_id in wanted
        for person in chosen
        if (client_id, criterion_id, person.pk) not in waiting
    )
    record("rating.requested", details={"people": len(chosen), "requests": len(fresh)})
    return fresh


def answer(
    request: RatingRequest,
    value: Decimal | int | None,
    *,
    not_applicable: bool = False,
    reason: str = "",
) -> Rating | None:
    """Record what the person who is asked says; the request is answered by that.

    Raises ValidationError where it is closed already or nothing is said.
    """
    if not request.is_open:
        raise ValidationError(_("This request is answered or withdrawn already."))
    if value is None and not not_applicable:
        raise ValidationError(_("Give a rating from 1 to 10, or say that it does not apply."))
    return rate(
        request.client,
        request.criterion,
        value,
        rater=request.person,
        not_applicable=not_applicable,
        reason=reason,
    )


@transaction.atomic
def withdraw(request: RatingRequest) -> None:
    """Take the question back.  Raises ValidationError where it is closed already."""
    changed = RatingRequest.objects.filter(
        pk=request.pk, answered_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=timezone.now())
    if not changed:
        raise ValidationError(_("This request is answered or withdrawn already."))
    record("rating.request_withdrawn", object=request, client_id=request.client_id)


def people_to_ask(client: Client) -> list[User]:
    """Whom one may ask about a client: who may rate at all, and may see it."""
    found = list(User.objects.filter(is_active=True, role__in=MAY_RATE).order_by("name"))
    rights = {person.pk: readable_clients(person) for person in found}
    asked = {
        f"person_{pk}": ExpressionWrapper(right, output_field=BooleanField())
        for pk, right in rights.items()
        if right is not None
    }
    may = Client.objects.filter(pk=client.pk).annotate(**asked).values(*asked).first() or {}
    return [
        person for person in found if rights[person.pk] is None or may.get(f"person_{person.pk}")
    ]
