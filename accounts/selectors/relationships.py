"""People on the client's side as a net, and what clients are to other organisations."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Client, Contact, Interaction, Relation

from .facts import interactions_as_of


def people_of(entities: list[int], as_of: dt.date) -> QuerySet[Contact]:
    """Contacts of these legal entities with ``last_touch`` (day of the last interaction, None
    where there was none) and ``talks`` (interactions of the last 365 days)."""
    met = interactions_as_of(as_of).filter(contact=OuterRef("pk")).order_by().values("contact")
    recent = met.filter(date__gt=as_of - dt.timedelta(days=365))
    return (
        Contact.objects.filter(client__in=entities)
        .select_related("counterpart")
        .annotate(
            last_touch=Subquery(met.annotate(last=Max("date")).values("last")),
            talks=Coalesce(Subquery(recent.annotate(n=Count("pk")).values("n")), 0),
        )
        .order_by("name", "pk")
    )


def talks_with_nobody(entities: list[int], as_of: dt.date) -> int:
    """Interactions of the last 365 days that name no person."""
    year = Q(date__gt=as_of - dt.timedelta(days=365))
    return interactions_as_of(as_of).filter(year, client__in=entities, contact=None).count()


def chiefs_for(client_ids: list[int], contact: Contact | None = None) -> QuerySet[Contact]:
    """Who of the same client somebody may report to."""
    people = Contact.objects.filter(client__in=client_ids).order_by("name", "pk")
    return people.exclude(pk=contact.pk) if contact is not None and contact.pk else people


def touches_of(contact: Contact) -> QuerySet[Interaction]:
    """What was said and done with this person, latest first."""
    return Interaction.objects.filter(contact=contact, known_to__isnull=True).select_related(
        "author"
    )


@dataclass(frozen=True)
class Related:
    """A relation as one side sees it.  ``other`` is None where that is no client of ours;
    ``hidden`` where it is one that the reader may not see."""

    row: Relation
    label: str
    name: str
    other: Client | None = None
    turned: bool = False
    hidden: bool = False


def relations_of(entities: list[int]) -> list[Related]:
    """Relations of these legal entities, from both sides, those in force first."""
    rows = list(
        Relation.objects.filter(Q(client__in=entities) | Q(other__in=entities)).order_by(
            "kind", "pk"
        )
    )
    beside = {row.other_id for row in rows} | {row.client_id for row in rows}
    seen = Client.objects.only("name").in_bulk(beside - {None})
    found = [_related(row, entities, seen) for row in rows]
    return sorted(found, key=lambda each: (each.row.until is not None, each.label, each.name))


def _related(row: Relation, entities: list[int], seen: dict[int, Client]) -> Related:
    if row.client_id not in entities:
        other = seen.get(row.client_id)
        name = other.name if other else ""
        return Related(row, str(Relation.TURNED[row.kind]), name, other, turned=True)
    label = row.get_kind_display()
    if row.other_id is None:
        return Related(row, label, row.name)
    other = seen.get(row.other_id)
    return Related(row, label, other.name if other else "", other, hidden=other is None)
