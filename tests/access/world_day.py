"""Tasks, talks with several people, and mail: rows of the small company."""

import datetime as dt

from django.core.files.base import ContentFile

from accounts.models import (
    Attendance,
    Client,
    Contact,
    Interaction,
    Letter,
    Piece,
    TalkFile,
    Task,
    User,
)

DAY = dt.date(2026, 3, 16)


def tasks(world, relation: str, client: Client, word: str, owner: User) -> None:
    task = Task.objects.create(
        client=client, what=f"{word} errand", note=f"{word} how", due=DAY, owner=owner,
        giver=world.people["administrator"] if relation == "participant" else owner,
    )  # fmt: skip
    world.add(relation, task)


def talk(world, relation: str, interaction: Interaction, word: str, owner: User) -> None:
    """Who else was there, a file, and what came of it."""
    other = Contact.objects.create(client=interaction.client, name=f"Bob {word}")
    Attendance.objects.create(interaction=interaction, contact=other)
    Attendance.objects.create(interaction=interaction, person=owner)
    file = TalkFile(interaction=interaction, name=f"{word}.txt", size=3, brought_by=owner)
    file.file.save("", ContentFile(b"abc"), save=True)
    world.add(relation, file)
    task = world.rows["accounts.Task"][relation]
    Piece.objects.create(interaction=interaction, quote=f"{word} words", task=task)


def letter(world, relation: str, word: str, owner: User) -> None:
    row = Letter.objects.create(
        person=owner, digest=word, subject=f"{word} letter", text=f"{word} words", date=DAY,
        sender_name=f"Post {word}", sender_email=f"post@{word}.example",
    )  # fmt: skip
    world.add(relation, row)
