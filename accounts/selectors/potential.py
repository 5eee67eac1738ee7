"""Reading a client's room to grow, as the current actor may see it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Client, Potential, ProductFamily, Wallet


@dataclass(frozen=True)
class Reason:
    """A product family with room: name (empty = all purchases), how many of the look-alikes buy
    it, what the client buys of it, and from how much to how much more there may be, a year."""

    family: str
    buyers: int
    peers: int
    own: float
    low: float
    high: float
    family_id: int = 0


def potential_of(client: Client) -> Potential | None:
    """The latest estimate of a client; of a member of a group, the group's."""
    return Potential.objects.filter(client_id=client.group_id or client.pk).first()


def reasons_of(potential: Potential) -> list[Reason]:
    ids = [each["family"] for each in potential.reasons if each["family"]]
    names = dict(ProductFamily.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        Reason(
            names.get(each["family"], ""),
            each["buyers"],
            each["peers"],
            each["own"],
            each["low"],
            each["high"],
            each["family"] or 0,
        )
        for each in potential.reasons
        if not each["family"] or each["family"] in names
    ]


def wallet_of(client: Client) -> Wallet | None:
    """What the client said last."""
    return (
        Wallet.objects.filter(client=client, known_to__isnull=True).select_related("author").first()
    )


def wallets_of(client_id: int) -> list[Wallet]:
    """All it ever said, the latest first."""
    return list(
        Wallet.objects.filter(client_id=client_id)
        .select_related("author")
        .order_by("-known_from", "-pk")
    )
