"""What records said before, read by whoever sees the record now."""

import datetime as dt

from django.db.models import Model, Q, QuerySet

from accounts.models import (
    AccountPlan,
    Client,
    Edit,
    Membership,
    PlanAction,
    PlanParticipant,
    PlanSection,
)
from kam.lib.periods import start_of_day
from kam.lib.scoping import Scoped


def of(record: Scoped) -> QuerySet[Edit]:
    """Edits of a record and of what is a part of it, the latest first.

    The record is asked for once more through the access rule, in the same query: who does not see
    it, though they hold it, gets nothing.  A client's edits stand with the client; a promise may be
    one's own at a client that one does not see.
    """
    if isinstance(record, Client):
        return Edit.objects.filter(
            _rows(Client, pk=record.pk)
            | Q(relation=Membership._meta.db_table, client_ref=record.pk)
        )
    wanted = _rows(type(record), pk=record.pk)
    if isinstance(record, AccountPlan):
        for part in (PlanSection, PlanAction, PlanParticipant):
            wanted |= _rows(part, plan=record.pk)
        # Whoever takes part no more is in no bin: the edit itself tells of which plan.
        seen = AccountPlan.objects.filter(pk=record.pk).order_by().values("client_id")
        wanted |= gone(PlanParticipant, client_ref__in=seen, before__plan_id=record.pk)
    return Edit.unscoped.filter(wanted)


def of_row(row: Model) -> QuerySet[Edit]:
    """Edits of a row that the access rule knows nothing of: whoever is let to it sees them."""
    return Edit.unscoped.filter(relation=row._meta.db_table, object_id=row.pk)


def gone(model: type[Model], **condition) -> Q:
    """Edits of rows that are no more, found by what they were when they were removed."""
    same = {"relation": model._meta.db_table}
    rows = Edit.unscoped.filter(**same, did=Edit.Did.REMOVED, **condition).order_by()
    return Q(**same, object_id__in=rows.values("object_id"))


def before(day: dt.date) -> QuerySet[Edit]:
    """Edits of earlier days, the oldest first."""
    return Edit.objects.filter(at__lt=start_of_day(day)).order_by("at", "pk")


def _rows(model: type[Scoped], **condition) -> Q:
    ids = model.objects.filter(**condition).order_by().values("pk")
    return Q(relation=model._meta.db_table, object_id__in=ids)
