"""Invited people of the small company."""

import datetime as dt

from accounts.models import PersonInvitation, User


def invited(world, relation: str, word: str, author: User) -> None:
    row = PersonInvitation.objects.create(
        email=f"{relation}-invited@example.com", name=f"{word} invited", author=author,
        expires_at=dt.datetime(2026, 3, 25, tzinfo=dt.UTC),
    )  # fmt: skip
    world.add(relation, row)
