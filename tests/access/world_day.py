"""Tasks, talks with several people, and mail: rows of the small company."""

import datetime as dt

from accounts.models import Client, Task, User

DAY = dt.date(2026, 3, 16)


def tasks(world, relation: str, client: Client, word: str, owner: User) -> None:
    task = Task.objects.create(
        client=client, what=f"{word} errand", note=f"{word} how", due=DAY, owner=owner,
        giver=world.people["administrator"] if relation == "participant" else owner,
    )  # fmt: skip
    world.add(relation, task)
