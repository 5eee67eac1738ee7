"""The people of a demo workspace: someone in every role, in two teams."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from accounts.models import Team, User

from .words.vocabulary import Words

# Known to everyone who reads this file: a demo workspace guards nothing.
PASSWORD = "eighty-by-twenty"  # noqa: S105


def address(words: Words, person_address: str) -> str:
    return f"{person_address}@{words.domain}"


def create_people(words: Words) -> list[User]:
    """Teams and users, in the order of ``words.people``; those who exist get the demo password."""
    teams = [Team.objects.get_or_create(name=name)[0] for name in words.teams]
    password = make_password(PASSWORD)
    users = []
    for person in words.people:
        user, _ = User.objects.update_or_create(
            email=address(words, person.address),
            defaults={
                "name": person.name,
                "role": person.role,
                "function": person.function,
                "team": None if person.team is None else teams[person.team],
                "language": words.language,
                "password": password,
                "is_active": True,
            },
        )
        users.append(user)
    return users
