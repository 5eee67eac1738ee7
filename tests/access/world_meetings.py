"""Debts and stopped shipments: rows of the small company."""

import datetime as dt
from decimal import Decimal

from accounts.models import (
    AgendaItem,
    Client,
    Contact,
    Meeting,
    MeetingPerson,
    MeetingResult,
    MinutesMail,
    MinutesVersion,
    PaymentPromise,
    Promise,
    ShipmentStop,
    User,
)

DAY = dt.date(2026, 3, 16)


def debts(world, relation: str, client: Client, word: str, owner: User) -> None:
    stop = ShipmentStop.objects.create(
        client=client, rule="hand", reason=f"{word} stop", since=DAY, author=owner
    )
    world.add(relation, stop)
    promise = Promise.objects.create(
        client=client, side="theirs", what=f"{word} payment", due=DAY, first_due=DAY, owner=owner
    )
    row = PaymentPromise.objects.create(promise=promise, amount=Decimal(7))
    world.add(relation, row)


def meetings(world, relation: str, client: Client, word: str, owner: User) -> None:
    meeting = Meeting.objects.create(
        client=client, title=f"{word} talk", wanted=f"{word} aim", place=f"{word} hall",
        starts_at=dt.datetime(2026, 3, 20, 9, tzinfo=dt.UTC), owner=owner, state="held",
        notes=f"{word} notes", own_notes=f"{word} own", number=1,
    )  # fmt: skip
    world.add(relation, meeting)
    contact = Contact.objects.filter(client=client).first()
    world.add(relation, MeetingPerson.objects.create(meeting=meeting, contact=contact))
    item = AgendaItem.objects.create(meeting=meeting, position=1, text=f"{word} point")
    world.add(relation, item)
    result = MeetingResult.objects.create(meeting=meeting, what=f"{word} decision")
    world.add(relation, result)
    content = {
        "title": meeting.title, "starts_at": meeting.starts_at.isoformat(),
        "notes": f"{word} notes", "own_notes": "", "people": [],
        "results": [{"kind": "decision", "what": f"{word} x", "internal": False, "due": None}],
    }  # fmt: skip
    version = MinutesVersion.objects.create(meeting=meeting, number=1, content=content)
    world.add(relation, version)
    mail = MinutesMail.objects.create(version=version, contact=contact, language="en")
    world.add(relation, mail)
