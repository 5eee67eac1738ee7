"""How long the demo's company keeps what, what has gone so far, and who looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import (
    Client,
    Contact,
    Destruction,
    Interaction,
    RetentionRules,
    RetentionRun,
    User,
)
from kam.lib.periods import start_of_day

from . import access_log

RULES = {"left_contacts": 12, "notes": 60}
# Nights on which something went: days ago, original files, rows of programs.
NIGHTS = ((3, 1, 0), (11, 2, 1), (34, 1, 0), (62, 3, 0))
# Since when the company writes its contacts down.
BEGUN = 1_200
GONE_FOR_LONG = 4


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> None:
    access_log.fill(clients, language, as_of, people, seed)
    Contact.objects.update(added_at=start_of_day(as_of - dt.timedelta(days=BEGUN)))
    _let_some_be_gone_for_long(as_of)
    RetentionRules.objects.create(**RULES)
    number = 1 + max(Destruction.objects.values_list("number", flat=True), default=0)
    for days, files, loads in reversed(NIGHTS):
        day = as_of - dt.timedelta(days=days)
        at = start_of_day(day) + dt.timedelta(hours=3, minutes=40)
        found = {"import_files": files, "bulk_loads": loads}
        run = RetentionRun.objects.create(
            day=day,
            at=at,
            rules=RULES,
            result={
                kind: {"due": count, "done": count, "failed": 0}
                for kind, count in found.items()
                if count
            },
        )
        what = {"files": files, "bulk_contents": loads}
        Destruction.objects.create(
            number=number,
            at=at,
            basis=Destruction.Basis.RETENTION,
            what={place: count for place, count in what.items() if count},
            by_name="system",
            keep_until=day + dt.timedelta(days=3 * 365),
            run=run,
        )
        number += 1


def _let_some_be_gone_for_long(as_of: dt.date) -> None:
    """Of those who left a few left so long ago that their time of keeping is over; whoever was
    spoken to since was somebody else."""
    left = Contact.objects.filter(left_on__isnull=False).order_by("left_on", "pk")
    for number, each in enumerate(left[:GONE_FOR_LONG]):
        each.left_on = as_of - dt.timedelta(days=400 + 37 * number)
        each.save(update_fields=["left_on"])
        others = Contact.objects.filter(client=each.client_id, left_on__isnull=True)
        since = Interaction.objects.filter(contact=each, date__gte=each.left_on)
        since.update(contact=others.order_by("pk").first())


def clear() -> None:
    """Remove the demo's rules and nights, with the acts of those nights."""
    Destruction.objects.filter(run__isnull=False).delete()
    RetentionRun.objects.all().delete()
    RetentionRules.objects.all().delete()
    access_log.clear()
