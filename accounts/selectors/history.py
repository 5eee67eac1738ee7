"""What records said before, read by whoever sees the record now."""

from django.db.models import Q, QuerySet

from accounts.models import (
    AccountPlan,
    Client,
    Edit,
    Membership,
    PlanAction,
    PlanSection,
)
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
        wanted |= _rows(PlanSection, plan=record.pk) | _rows(PlanAction, plan=record.pk)
    return Edit.unscoped.filter(wanted)


def _rows(model: type[Scoped], **condition) -> Q:
    ids = model.objects.filter(**condition).order_by().values("pk")
    return Q(relation=model._meta.db_table, object_id__in=ids)
