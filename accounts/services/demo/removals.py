"""What the demo's people removed of late: a card made twice, a process that nobody needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import Client, Contact, Process, ProcessStep, Relation, Removal
from accounts.services import removals
from kam.lib.periods import start_of_day

TEXTS = {
    "en": ("(copy)", "Trial order by fax", "orders come by mail again", "Send the form",
           "Old supplier"),
    "ru": ("(копия)", "Пробный заказ по факсу", "заказы снова идут почтой", "Отправить бланк",
           "Прежний поставщик"),
}  # fmt: skip


def fill(clients: Sequence[Client], language: str, as_of: dt.date) -> int:
    """Some removed records of these clients; returns how many.  Runs for the system."""
    copy, process, expectation, step, supplier = TEXTS[language]
    kept: list[tuple[Removal, int]] = []
    known = Contact.objects.filter(client__in=clients).select_related("client__owner")
    for number, contact in enumerate(known.order_by("client_id", "pk").distinct("client_id")[:3]):
        twin = Contact.objects.create(
            client=contact.client, name=f"{contact.name} {copy}", position=contact.position
        )
        removal = removals.remove("contact", twin, None, contact.client.owner)
        kept.append((removal, 3 + 8 * number))
    for client in clients[1:2]:
        row = Process.objects.create(
            client=client, name=process, expectation=expectation, watched_from=as_of
        )
        ProcessStep.objects.create(process=row, name=step)
        kept.append((removals.remove("process", row, None, client.owner), 1))
        relation = Relation.objects.create(client=client, kind="supplier", name=supplier)
        kept.append((removals.remove("relation", relation, None, client.owner), 26))
    for row, days in kept:
        at = start_of_day(as_of - dt.timedelta(days=days)) + dt.timedelta(hours=10)
        Removal.objects.filter(pk=row.pk).update(at=at)
    return len(kept)
