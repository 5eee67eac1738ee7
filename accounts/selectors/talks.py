"""A talk as its page shows it, and where a task, promise, need or problem came from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Max, Q, QuerySet

from accounts.models import Attendance, Client, Interaction, Piece, TalkFile, User

from .blocks import blocked


def talks() -> QuerySet[Interaction]:
    return Interaction.objects.select_related("client", "author", "contact")


def attendances(talk: Interaction) -> tuple[list[str], list[User]]:
    """Names of theirs who may be named, and ours, beside the contact and the author."""
    rows = Attendance.objects.filter(interaction=talk).filter(
        Q(contact__isnull=True) | ~blocked("contact__")
    )
    rows = list(rows.select_related("contact", "person"))
    return [r.contact.name for r in rows if r.contact], [r.person for r in rows if r.person]


def files_of(talk: Interaction) -> QuerySet[TalkFile]:
    return TalkFile.objects.filter(interaction=talk).select_related("brought_by")


def pieces_of(talk: Interaction) -> list[Piece]:
    """What came of a talk, in order."""
    rows = Piece.objects.filter(interaction=talk)
    return list(rows.select_related("task", "promise", "need", "problem", "task__owner"))


def source_of(**made: Any) -> Piece | None:
    """The piece of a talk that this came from, where one may see the talk."""
    rows = Piece.objects.filter(**made).select_related("interaction")
    return rows.order_by("pk").first()


def recent_clients(person: User, most: int) -> list[Client]:
    """Whom the person spoke with last, and then their own: those that they may change."""
    talked = (
        Interaction.objects.filter(author=person)
        .order_by()
        .values("client")
        .annotate(last=Max("known_from"))
        .order_by("-last")
        .values_list("client", flat=True)[: most * 2]
    )
    ids = list(talked)
    known: Collection[Client] = Client.objects.filter(pk__in=ids).editable_by(person)
    by_id = {client.pk: client for client in known}
    found = [by_id[pk] for pk in ids if pk in by_id][:most]
    if len(found) < most:
        own = Client.objects.filter(owner=person).exclude(pk__in=[c.pk for c in found])
        found += list(own.order_by("sort_name", "pk")[: most - len(found)])
    return found
