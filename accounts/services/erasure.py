"""Destroying what is kept of a person, in one transaction.

The contact's row and id stay, unrecognisable, so that counts and the history of the client hold;
documents stay with their amounts.  What names the person is masked or removed, and by keyed hashes
the person is not taken in again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import (
    Contact,
    ContactChange,
    Destruction,
    ImportChange,
    ImportFile,
    RetentionRun,
    User,
)
from kam.audit.models import Event
from kam.audit.services import record
from kam.lib.locks import lock
from kam.lib.periods import today
from kam.lib.scoping import acting_system

from . import history, import_files, subject_files
from .masking import MASK, Traces
from .subject_places import Found, client_of, look, place_of, places, rewrite
from .subjects import Finds, entities_of, traces_of
from .suppression import company_of, hashed, marks_of, suppress

log = logging.getLogger(__name__)
YEARS_KEPT = 3
# What is emptied on the card of the person.
EMPTIED = ("email", "phone", "position", "left_to", "influence", "attitude", "blocked_reason")


class AlreadyErased(Exception):
    """The person has been made unrecognisable before."""


def name_of(contact_id: int) -> str:
    """What a contact is called afterwards, in the language of the installation."""
    with override(settings.LANGUAGE_CODE):
        return _("Anonymised #%(number)s") % {"number": contact_id}


@dataclass(frozen=True)
class Effect:
    """What happens to the rows of one place: so many masked, so many kept and why."""

    title: Any
    masked: int = 0
    kept: int = 0
    why: Any = ""


def effects_of(finds: Finds) -> list[Effect]:
    """What destroying would do, by place."""
    effects = []
    for place, rows in finds.by_place:
        why = place.why_kept
        sure = sum(row.sure for row in rows)
        effects.append(Effect(place.title, 0 if why else sure, sure if why else 0, why))
    return [effect for effect in effects if effect.masked or effect.kept]


def erase(
    contact: Contact,
    *,
    basis: str,
    note: str = "",
    redact: Collection[str] = (),
    person: User | None = None,
    run: RetentionRun | None = None,
) -> Destruction:
    """Destroy what is kept of the person; the act of it.

    redact: keys of :class:`Found` whose doubtful words are masked, too.  run: the night of the
    rules of keeping that asks for it.  Raises AlreadyErased, and ValidationError where the note
    names the person.
    """
    with history.switched_off():
        contact = (
            Contact.objects.select_related("client", "client__group")
            .select_for_update(of=("self",))
            .get(pk=contact.pk)
        )
        if contact.anonymised_at is not None:
            raise AlreadyErased
        called = name_of(contact.pk)
        traces = traces_of(contact)
        if traces.is_in(note) or traces.doubtful(note):
            raise ValidationError(_("The act names nobody: write the note without the person."))
        lock("destruction")
        act = _act(contact, basis, note, person, run)
        marks = marks_of(contact.name, contact.email, contact.phone, company_of(contact.client))
        suppress(act, marks)
        done = _mask_rows(traces, entities_of(contact.client), set(redact), act)
        done["files"] = _remove_files(traces, act)
        done["bulk_contents"] = _remove_loads(traces)
        done["history"] += history.forget(Contact._meta.db_table, [contact.pk])
        done["changes"] = ContactChange.objects.filter(contact=contact).delete()[0]
        done["import_changes"] += _mask_import_changes(contact, called)
        _empty(contact, called)
        act.what = {name: count for name, count in done.items() if count}
        act.save(update_fields=["what", "left"])
        record(
            "subject.erase",
            object=contact,
            client_id=contact.client_id,
            details={"act": act.number, "basis": act.basis, "rows": sum(done.values()),
                     "left": len(act.left)},
        )  # fmt: skip
    return act


def _act(
    contact: Contact | None,
    basis: str,
    note: str,
    person: User | None,
    run: RetentionRun | None,
) -> Destruction:
    last = Destruction.objects.aggregate(last=Max("number"))["last"] or 0
    day = today()
    whose = {}
    if contact is not None:
        said = f"{contact.pk}\x1f{contact.name}\x1f{contact.email}"
        whose = {
            "contact_ref": contact.pk,
            "client_ref": contact.client_id,
            "digest": hashed("person", said),
        }
    return Destruction.objects.create(
        number=last + 1,
        basis=basis,
        note=note,
        by=person,
        by_name=str(person or "system"),
        keep_until=day.replace(year=day.year + YEARS_KEPT, day=min(day.day, 28)),
        run=run,
        **whose,
    )


@transaction.atomic
def act_of_rows(run: RetentionRun, what: dict[str, int]) -> Destruction:
    """The act of a night about rows and files of no single person; ``what``: place -> how many."""
    lock("destruction")
    act = _act(None, Destruction.Basis.RETENTION, "", None, run)
    act.what = what
    act.save(update_fields=["what"])
    record("retention.act", object=act, details={"act": act.number, "rows": sum(what.values())})
    return act


def _mask_rows(
    traces: Traces, entities: list[int], redact: set[str], act: Destruction
) -> Counter[str]:
    done: Counter[str] = Counter()
    for place in places():
        if place.why_kept:
            continue
        for found in list(look(place, traces, entities)):
            done[place.key] += rewrite(place, found.row, _change(found, traces, entities, redact))
            if found.doubtful and found.key not in redact:
                act.left.append([place.key, found.row.pk])
    return done


def _change(found: Found, traces: Traces, entities: list[int], redact: set[str]):
    place = found.place
    named_here = not place.client or client_of(place, found.row) in entities
    words = found.doubtful if found.key in redact else ()

    def change(text: str) -> str:
        text = traces.mask(text, named_here)
        for word in words:
            text = text.replace(word, MASK)
        return text

    return change


def _remove_files(traces: Traces, act: Destruction) -> int:
    """Original files go once everything else has been written down."""
    going = []
    for found in subject_files.look(traces):
        if found.goes:
            going.append(found.row.pk)
        else:
            act.left.append(["files", found.row.pk])
    transaction.on_commit(lambda: _delete_files(going))
    return len(going)


def _delete_files(ids: list[int]) -> None:
    with acting_system("destruction"):
        for row in ImportFile.objects.filter(pk__in=ids).exclude(file=""):
            import_files.remove_content(row)


def _remove_loads(traces: Traces) -> int:
    """Rows that programs sent go, unless a job is about to load them without the person."""
    removed = 0
    for load in subject_files.look_loads(traces):
        if load.job is None or not load.job.is_open:
            load.content = None
            load.save(update_fields=["content"])
            removed += 1
    return removed


def _mask_import_changes(contact: Contact, called: str) -> int:
    """What imports keep of the card to be undone says what the card says now."""
    said = {"name": called, **dict.fromkeys(EMPTIED, "")}
    rows = ImportChange.objects.filter(relation=Contact._meta.db_table, object_id=contact.pk)
    count = 0
    for row in rows:
        for kept in (row.before, row.after):
            if kept:
                kept.update({name: value for name, value in said.items() if name in kept})
        row.save(update_fields=["before", "after"])
        count += 1
    return count


def _empty(contact: Contact, called: str) -> None:
    contact.name = called
    for name in EMPTIED:
        setattr(contact, name, "")
    contact.anonymised_at = timezone.now()
    contact.version += 1
    contact.save(update_fields=["name", *EMPTIED, "anonymised_at", "version"])


# Afterwards: what was left to a person, and the act with its extract of the trail.


def left_rows(act: Destruction) -> list[tuple[Any, Any]]:
    """Place and row of what may still name the person and is there."""
    rows = []
    for key, pk in act.left:
        place = place_of(key)
        row = place and place.model._default_manager.filter(pk=pk).first()
        if row is not None:
            rows.append((place, row))
    return rows


@transaction.atomic
def redact(act: Destruction, place_key: str, pk: int, words: str) -> bool:
    """Mask words in a row that was left to a person; whether they stood there.

    A person says which words, so nothing but them is changed.
    """
    act = Destruction.objects.select_for_update(of=("self",)).get(pk=act.pk)
    place, words = place_of(place_key), words.strip()
    if place is None or [place_key, pk] not in act.left or not words:
        return False
    row = place.model._default_manager.filter(pk=pk).first()
    with history.switched_off():
        if row is None or not rewrite(place, row, lambda text: text.replace(words, MASK)):
            return False
    act.what = {**act.what, place_key: act.what.get(place_key, 0) + 1}
    act.save(update_fields=["what"])
    record("subject.redact", object=act, client_id=act.client_ref, details={"act": act.number})
    return True


@transaction.atomic
def settle(act: Destruction, place_key: str, pk: int) -> None:
    """A row that was left has been looked at: it names somebody else, or nobody any more."""
    act = Destruction.objects.select_for_update(of=("self",)).get(pk=act.pk)
    act.left = [each for each in act.left if each != [place_key, pk]]
    act.save(update_fields=["left"])
    record("subject.settle", object=act, client_id=act.client_ref, details={"act": act.number})


def acts(run: str = "") -> QuerySet[Destruction]:
    """Acts, the last first; ``run``: those of one night only, by its id."""
    rows = Destruction.objects.all()
    if run:
        rows = rows.filter(run=int(run) if run.isdecimal() and len(run) < 19 else None)
    return rows


def extract(act: Destruction) -> list[Event]:
    """What the trail says about the person and the act, without naming anybody."""
    events = list(Event.objects.filter(object_type="accounts.destruction", object_id=act.pk))
    if act.contact_ref is not None:
        events += Event.objects.filter(object_type="accounts.contact", object_id=act.contact_ref)
    return sorted(events, key=lambda event: event.at)


def expired(day: dt.date) -> QuerySet[Destruction]:
    """Acts whose time of keeping is over, but those beside which rows still wait for a person."""
    return Destruction.objects.filter(keep_until__lt=day, left=[])


@transaction.atomic
def expire(day: dt.date) -> int:
    """Acts whose time of keeping is over go, but never the hashes: those hold for good."""
    over = list(expired(day).values_list("pk", flat=True))
    Destruction.objects.filter(pk__in=over).delete()
    return len(over)
