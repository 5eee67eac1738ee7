"""Who sells to a client and who develops it: one person in both roles is nobody's second look."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet

from accounts.models import Client
from kam.lib.company import company

SHOWN = 20


def both_roles() -> QuerySet[Client]:
    """Clients that are served by one person as sales manager and as KAM, as the actor sees them;
    none where the company is small enough to allow it."""
    if company().small_company:
        return Client.objects.none()
    return (
        Client.objects.filter(owner=F("sales_manager"))
        .exclude(lifecycle=Client.Lifecycle.LOST)
        .select_related("owner")
        .order_by("owner__name", "sort_name", "pk")
    )


def in_both(client: Client) -> bool:
    """Whether one person is sales manager and KAM of this client, where that warns."""
    same = client.owner_id is not None and client.owner_id == client.sales_manager_id
    return same and not company().small_company


@dataclass(frozen=True)
class Warned:
    """The first clients in alphabetical order of their KAM, and how many there are."""

    clients: list[Client]
    more: int


def warned() -> Warned:
    rows = list(both_roles()[: SHOWN + 1])
    if len(rows) <= SHOWN:
        return Warned(rows, 0)
    return Warned(rows[:SHOWN], both_roles().count() - SHOWN)
