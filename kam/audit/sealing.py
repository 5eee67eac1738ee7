"""The trail sealed, so that a row that is altered, removed or slipped in afterwards shows.

Events are sealed by one job, an hour's worth at a time, rather than as they are written: writers do
not wait for each other.  An event of a transaction that ends late goes into a later seal; one that
turns up a day after it says it happened was not written by the product.

Whoever owns the database could rewrite trail and seals together.  Against that the head of the last
seal is written into the log each time, and may be kept elsewhere: :func:`verify` holds the seals
against it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from .models import Event, Seal

log = logging.getLogger(__name__)
# An event may wait that long for the end of its transaction.
LATEST = dt.timedelta(days=1)
AT_ONCE = 20_000
ID, DIGEST = 8, 32
LEAF = ID + DIGEST
START = "0" * 64
_LOCK = 5_391_472_201  # of pg_advisory_xact_lock: one sealing at a time


def digest(event: Event) -> bytes:
    """SHA-256 of all that an event says."""
    said = [
        event.pk,
        event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor_name,
        event.action,
        event.object_type,
        event.object_id,
        event.client_ref,
        event.details,
    ]
    if event.request_id:  # events had none before; what they said is sealed as it was
        said.append(event.request_id)
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def head_of(number: int, at: dt.datetime, leaves: bytes, before: str) -> str:
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    parts = (before, str(number), moment, hashlib.sha256(leaves).hexdigest())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def seal() -> int:
    """Seal what has been added to the trail; how many events."""
    sealed = 0
    while found := _seal_some():
        sealed += found
    return sealed


@transaction.atomic
def _seal_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    now = timezone.now()
    horizon, recent = _sealed_lately(now)
    waiting = Event.objects.filter(pk__gt=horizon).order_by("pk")
    found = []
    for event in waiting.iterator(chunk_size=2_000):
        if event.pk not in recent:
            found.append(event)
            if len(found) == AT_ONCE:
                break
    if not found:
        return 0
    last = Seal.objects.last()
    number, before = (last.number + 1, last.head) if last else (1, START)
    leaves = b"".join(event.pk.to_bytes(ID, "big") + digest(event) for event in found)
    head = head_of(number, now, leaves, before)
    Seal.objects.create(number=number, at=now, events=len(found), leaves=leaves, head=head)
    log.info("audit trail sealed: seal %s:%s, %s events", number, head, len(found))
    return len(found)


def _sealed_lately(now: dt.datetime) -> tuple[int, set[int]]:
    """An id up to which nothing can be waiting any more, and the ids above it that are sealed."""
    horizon, recent = 0, set()
    for row in Seal.objects.order_by("-number").iterator(chunk_size=20):
        ids = [pk for pk, _digest in _leaves(bytes(row.leaves))]
        if row.at < now - LATEST:
            horizon = max(ids)
            break
        recent.update(ids)
    return horizon, {pk for pk in recent if pk > horizon}


def _leaves(packed: bytes) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(packed), LEAF):
        yield int.from_bytes(packed[at : at + ID], "big"), packed[at + ID : at + LEAF]


FaultKind = Literal[
    "altered", "removed", "slipped_in", "seal_altered", "seal_missing", "other_head"
]


@dataclass(frozen=True)
class Fault:
    """``number``: of the event, or of the seal."""

    kind: FaultKind
    number: int


@dataclass(frozen=True)
class Verified:
    """``head``: of the last seal as "number:hash", to be kept elsewhere; "" where there is none."""

    seals: int = 0
    events: int = 0
    head: str = ""
    faults: list[Fault] = field(default_factory=list)


def verify(kept: str = "") -> Verified:
    """Hold the trail against its seals.

    kept: a head, "number:hash", that was noted earlier: that seal must still be there and the same.
    """
    faults: list[Fault] = []
    before, number, events, head = START, 0, 0, ""
    sealed: list[np.ndarray] = []
    kept_number, _colon, kept_hash = kept.partition(":")
    met = not kept
    for row in Seal.objects.iterator(chunk_size=20):
        number += 1
        while row.number > number:
            faults.append(Fault("seal_missing", number))
            number += 1
        leaves = bytes(row.leaves)
        if row.head != head_of(row.number, row.at, leaves, before):
            faults.append(Fault("seal_altered", row.number))
        if kept and kept_number == str(row.number):
            met = row.head == kept_hash
        before, head = row.head, str(row)
        known = dict(_leaves(leaves))
        events += len(known)
        sealed.append(np.fromiter(known, dtype=np.int64))
        faults += _held(known)
    if not met:
        faults.append(Fault("other_head", int(kept_number) if kept_number.isdecimal() else 0))
    if sealed:
        faults += _slipped_in(np.concatenate(sealed))
    return Verified(number, events, head, faults)


def _slipped_in(sealed: np.ndarray) -> list[Fault]:
    """What says it is old and is in no seal was not there when the others were sealed."""
    old = Event.objects.filter(at__lt=timezone.now() - 2 * LATEST).order_by("pk")
    ids = np.fromiter(old.values_list("pk", flat=True).iterator(chunk_size=20_000), np.int64)
    return [Fault("slipped_in", int(pk)) for pk in np.setdiff1d(ids, sealed)]


def _held(known: dict[int, bytes]) -> list[Fault]:
    found = Event.objects.filter(pk__gte=min(known), pk__lte=max(known)).order_by("pk")
    there = {
        event.pk: digest(event) for event in found.iterator(chunk_size=2_000) if event.pk in known
    }
    faults = []
    for pk, was in known.items():
        if pk not in there:
            faults.append(Fault("removed", pk))
        elif there[pk] != was:
            faults.append(Fault("altered", pk))
    return faults
