"""How long a person has rights for a time: the day that spares everybody else the queries."""

from __future__ import annotations

from django.db.models import Max, Q

from accounts.models import Handover, Substitution, User
from kam.lib.scoping import acting_system


def refresh(*people: int) -> None:
    """Set ``User.lent_until`` of these people: the last day that a handover or a substitution
    concerns them.

    A day too late costs two queries a page, a day too early costs a right: so it is always taken
    from the rows and never counted on.
    """
    with acting_system("lending"):
        for pk in set(people):
            days = (
                Substitution.objects.filter(substitute=pk).aggregate(day=Max("until"))["day"],
                Handover.objects.filter(Q(taker=pk) | Q(giver=pk))
                .exclude(state=Handover.State.CANCELLED)
                .aggregate(day=Max("overlap_until"))["day"],
            )
            User.objects.filter(pk=pk).update(lent_until=max(filter(None, days), default=None))
