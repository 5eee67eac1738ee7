"""What is told to other systems: one entry for each event.

A new event is one entry here and one call of :func:`kam.webhooks.services.emit` in the service
whose transaction makes it true.  What is told is thin: ids, dates and counts, no names.  Whoever
receives it reads the rest over REST, with the rights of their key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class EventType:
    """``example`` holds every field that the event tells, with a likely value."""

    name: str
    words: Any
    example: Mapping[str, Any]


EVENTS = {
    event.name: event
    for event in (
        EventType(
            "client.entered_key_list",
            _("a client came onto the key list, by a decision"),
            {"client": 42, "standing": "key", "before": "trial", "since": "2026-03-16"},
        ),
        EventType(
            "client.left_key_list",
            _("a client left the key list, by a decision"),
            {"client": 42, "standing": "former", "before": "watch", "since": "2026-03-16"},
        ),
        EventType(
            "client.rose_above_key_line",
            _("a new ranking puts a client above the key line"),
            {"client": 42, "ranking": 118, "as_of": "2026-03-15", "rank": 17},
        ),
        EventType(
            "client.fell_below_key_line",
            _("a new ranking puts a client below the key line"),
            {"client": 42, "ranking": 118, "as_of": "2026-03-15", "rank": 58},
        ),
        EventType(
            "client.joined",
            _("two cards became one client; the other id is no more"),
            {"client": 42, "other": 57},
        ),
        EventType(
            "client.parted",
            _("joined cards are two clients again"),
            {"client": 42, "other": 57},
        ),
        EventType(
            "handover.planned",
            _("a client is to pass to another KAM"),
            {"handover": 4, "client": 42, "from": 7, "to": 9, "on": "2026-04-01"},
        ),
        EventType(
            "handover.done",
            _("a client and all open work with it passed to another KAM"),
            {"handover": 4, "client": 42, "from": 7, "to": 9, "on": "2026-04-01"},
        ),
        EventType(
            "handover.cancelled",
            _("a planned handover does not take place"),
            {"handover": 4, "client": 42, "from": 7, "to": 9, "on": "2026-04-01"},
        ),
        EventType(
            "meeting.approved",
            _("minutes of a meeting with a client were approved"),
            {"meeting": 12, "client": 42, "minutes": 9, "number": 1},
        ),
        EventType(
            "shipment.stopped",
            _("shipments to a client were stopped, by hand or by a rule"),
            {
                "stop": 3,
                "client": 42,
                "rule": "overdue",
                "since": "2026-03-16",
                "until": None,
            },
        ),
        EventType(
            "shipment.released",
            _("the stop of shipments to a client was lifted"),
            {"stop": 3, "client": 42, "rule": "overdue", "released_on": "2026-03-20"},
        ),
        EventType(
            "ranking.published",
            _("a ranking was published"),
            {
                "ranking": 118,
                "matrix": 1,
                "main": True,
                "version": 4,
                "as_of": "2026-03-15",
                "clients": 5000,
                "selected": 50,
                "rose": 3,
                "fell": 2,
            },
        ),
        EventType(
            "import.finished",
            _("an import has ended"),
            {
                "import": 31,
                "kind": "documents",
                "source": "1c",
                "accepted": "partial",
                "rows": 1200,
                "refused": 4,
                "quarantined": 7,
            },
        ),
        EventType(
            "problem.raised",
            _("a problem with a client was taken up"),
            {"problem": 17, "client": 42, "kind": "late_order", "severity": 2, "previous": 9},
        ),
        EventType(
            "problem.closed",
            _("a problem with a client was closed"),
            {"problem": 17, "client": 42, "kind": "late_order", "outcome": "solved", "days": 12},
        ),
        EventType(
            "signal.raised",
            _("a signal found in the data of a client is shown"),
            {"signal": 230, "client": 42, "kind": "late_order", "level": 2},
        ),
        EventType(
            "agreement.ending",
            _("an agreement ends soon"),
            {"agreement": 12, "client": 42, "ends": "2026-06-30", "days": 30},
        ),
        EventType(
            "plan.submitted",
            _("a plan of a client waits for signature"),
            {"plan": 7, "client": 42, "ends": "2026-12-31"},
        ),
        EventType(
            "plan.signed",
            _("a plan of a client was signed"),
            {"plan": 7, "client": 42, "number": 1, "ends": "2026-12-31"},
        ),
        EventType(
            "promise.broken",
            _("a promise was broken, ours or theirs"),
            {"promise": 88, "client": 42, "side": "ours", "due": "2026-03-16"},
        ),
        EventType(
            "goal.off_track",
            _("a goal with a client has fallen behind its path"),
            {"goal": 17, "client": 42, "due": "2026-12-31"},
        ),
        EventType(
            "job.failed",
            _("a job has failed for good"),
            {"job": 907, "kind": "scoring.rank_all", "attempts": 3},
        ),
    )
}


CHOICES = [(name, name) for name in EVENTS]


class UnknownEvent(ValueError):
    """There is no such event, or it tells other fields."""


def checked(name: str, data: Mapping[str, Any]) -> EventType:
    """The event of that name; raises UnknownEvent where it is not in the catalogue so."""
    event = EVENTS.get(name)
    if event is None or data.keys() != event.example.keys():
        raise UnknownEvent(f"{name} with {', '.join(sorted(data))}")
    return event
