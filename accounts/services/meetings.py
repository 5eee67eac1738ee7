"""Meetings: planned, prepared, held; their minutes written, approved and corrected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import (
    AgendaItem,
    Client,
    Contact,
    Meeting,
    MeetingPerson,
    MeetingResult,
    MinutesVersion,
    User,
)
from accounts.selectors import meetings as found
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import add_months, company_zone, today
from kam.webhooks.services import emit

from . import agenda, needs, promises, tasks

FIELDS = (
    "kind", "title", "starts_at", "minutes", "place", "wanted", "owner", "about", "every",
)  # fmt: skip
Kind, State, Result = Meeting.Kind, Meeting.State, MeetingResult.Kind


@transaction.atomic
def plan(
    client: Client | None,
    values: Mapping[str, Any],
    author: User,
    contacts: Collection[Contact] = (),
    people: Collection[User] = (),
    previous: Meeting | None = None,
) -> Meeting:
    """Plan a meeting; its agenda makes itself.  Raises ValidationError where there is neither a
    client nor somebody whose clients are reviewed."""
    kept = {name: values[name] for name in FIELDS if name in values}
    if client is None:
        kept["kind"] = Kind.INTERNAL
        if not kept.get("about"):
            raise ValidationError({"about": _("Say whose clients are reviewed.")})
    meeting = Meeting.objects.create(
        client=client,
        author=author,
        previous=previous,
        **kept | {"owner": kept.get("owner") or author},
    )
    _set_people(meeting, contacts, people)
    agenda.build(meeting)
    record(
        "meeting.plan", object=meeting, client_id=meeting.client_id, details={"kind": meeting.kind}
    )
    return meeting


@transaction.atomic
def change(
    meeting: Meeting,
    values: Mapping[str, Any],
    version: int,
    contacts: Collection[Contact] | None = None,
    people: Collection[User] | None = None,
) -> list[str]:
    """Change what is planned; the changed fields.  Raises Conflict where somebody was faster."""
    present = _locked(meeting)
    if present.version != version:
        raise Conflict(present)
    kept = {name: values[name] for name in FIELDS if name in values}
    if present.client_id is None:
        kept["kind"] = Kind.INTERNAL
    changed = [name for name, value in kept.items() if getattr(present, name) != value]
    for name in changed:
        setattr(present, name, kept[name])
    _save(present, meeting)
    if contacts is not None:
        MeetingPerson.objects.filter(meeting=meeting, contact__isnull=False).delete()
        _set_people(meeting, contacts, ())
    if people is not None:
        MeetingPerson.objects.filter(meeting=meeting, person__isnull=False).delete()
        _set_people(meeting, (), people)
    record(
        "meeting.change", object=meeting, client_id=meeting.client_id, details={"fields": changed}
    )
    return changed


@transaction.atomic
def cancel(meeting: Meeting) -> Meeting:
    """Raises ValidationError where it has been held."""
    present = _locked(meeting)
    if present.state != State.PLANNED:
        raise ValidationError(_("This meeting is not planned any more."))
    present.state = State.CANCELLED
    _save(present, meeting)
    record("meeting.cancel", object=meeting, client_id=meeting.client_id)
    return meeting


# --- The agenda ---------------------------------------------------------------------------------


@transaction.atomic
def add_item(meeting: Meeting, text: str, *, internal: bool = False) -> AgendaItem:
    """Raises ValidationError where the text is empty."""
    if not text.strip():
        raise ValidationError({"text": _("Say what to talk about.")})
    _locked(meeting)
    last = found.items_of(meeting).aggregate(last=Max("position"))["last"] or 0
    return AgendaItem.objects.create(
        meeting=meeting, position=last + 1, text=text.strip()[:500], internal=internal
    )


@transaction.atomic
def drop_item(item: AgendaItem, dropped: bool = True) -> None:
    item.dropped = dropped
    item.save(update_fields=["dropped"])


@transaction.atomic
def move_item(item: AgendaItem, step: int) -> None:
    """One place up (-1) or down (1) among those that are not dropped."""
    _locked(item.meeting)
    items = list(found.items_of(item.meeting).filter(dropped=False))
    order = [each.pk for each in items]
    if item.pk not in order:
        return
    place = order.index(item.pk)
    other = place + step
    if 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]
    for position, each in enumerate(items, 1):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])


# --- Minutes ------------------------------------------------------------------------------------


@transaction.atomic
def write_minutes(
    meeting: Meeting,
    notes: str,
    own_notes: str,
    results: Iterable[Mapping[str, Any]],
    person: User,
    version: int,
) -> list[MeetingResult]:
    """Write down what was said, and make all that came of it in one save: decisions, promises of
    both sides, tasks and needs.

    Raises Conflict where somebody was faster, ValidationError where one of them cannot be made:
    then none is.
    """
    present = _locked(meeting)
    if present.version != version:
        raise Conflict(present)
    if present.state == State.CANCELLED:
        raise ValidationError(_("This meeting was cancelled."))
    present.notes, present.own_notes = notes.strip(), own_notes.strip()
    present.state = State.HELD
    _save(present, meeting)
    made = [_make(meeting, each, person) for each in results]
    record(
        "meeting.minutes", object=meeting, client_id=meeting.client_id,
        details={"results": len(made)},
    )  # fmt: skip
    return made


def _make(meeting: Meeting, values: Mapping[str, Any], person: User) -> MeetingResult:
    kind, what, due = values["kind"], values["what"].strip(), values.get("due")
    if not what:
        raise ValidationError({"what": _("Say what came of it.")})
    if kind in MeetingResult.DATED and due is None:
        raise ValidationError(
            _("By when? Promises and tasks need a day: %(what)s") % {"what": what}
        )
    if meeting.client is None and kind not in (Result.DECISION, Result.TASK):
        raise ValidationError(_("Without a client there are decisions and tasks only."))
    who = values.get("person")
    row = MeetingResult(
        meeting=meeting, kind=kind, what=what[:500], due=due, person=who,
        internal=bool(values.get("internal")) or kind == Result.TASK or meeting.is_internal,
    )  # fmt: skip
    if kind in (Result.OURS, Result.THEIRS):
        row.promise = promises.make(
            meeting.client, {"side": kind, "what": what, "due": due, "owner": who}, person
        )
    elif kind == Result.TASK:
        row.task = tasks.give(
            {"what": what, "due": due, "owner": who, "client": meeting.client}, person
        )
    elif kind == Result.NEED:
        row.need = needs.note(
            meeting.client, {"what": what, "by_when": due, "source": "said"}, person
        )
    row.save()
    return row


def may_approve(meeting: Meeting, person: User) -> bool:
    """Minutes of a meeting with a client: its KAM, or who leads; of an internal review: who leads."""
    if person.role == User.Role.ADMINISTRATOR:
        return True
    if person.role == User.Role.MANAGER:
        team = meeting.client.team_id if meeting.client else getattr(meeting.about, "team_id", None)
        return person.team_id is not None and team == person.team_id
    return not meeting.is_internal and meeting.client.owner_id == person.pk


@transaction.atomic
def approve(meeting: Meeting, person: User, reason: str = "") -> MinutesVersion:
    """Keep the minutes as they are now; the first time, a meeting that repeats makes the next one.

    Raises PermissionDenied, or ValidationError where it was not held, or a correction says not
    why.
    """
    present = _locked(meeting)
    if not may_approve(meeting, person):
        raise PermissionDenied
    if present.state != State.HELD:
        raise ValidationError(_("Write the minutes first."))
    if present.number and not reason.strip():
        raise ValidationError({"reason": _("Say why the minutes are corrected.")})
    content = content_of(present)
    if present.number and found.versions_of(meeting).first().content == content:
        raise ValidationError(_("Nothing has changed since they were approved."))
    present.number += 1
    _save(present, meeting)
    version = MinutesVersion.objects.create(
        meeting=meeting, number=present.number, content=content, reason=reason.strip()[:500],
        approved_by=person,
    )  # fmt: skip
    if present.number == 1 and present.every:
        _next(present, person)
    record(
        "meeting.approve", object=meeting, client_id=meeting.client_id,
        details={"number": present.number},
    )  # fmt: skip
    if meeting.client_id and not meeting.is_internal:
        emit(
            "meeting.approved",
            {
                "meeting": meeting.pk, "client": meeting.client_id, "minutes": version.pk,
                "number": version.number,
            },
        )  # fmt: skip
    return version


def for_client(content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of minutes that the client may read: nothing that is for ourselves only."""
    return {
        "title": content["title"],
        "starts_at": content["starts_at"],
        "notes": content["notes"],
        "results": [each for each in content["results"] if not each["internal"]],
    }


def content_of(meeting: Meeting) -> dict[str, Any]:
    return {
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "notes": meeting.notes,
        "own_notes": meeting.own_notes,
        "people": [
            {"contact": each.contact_id, "person": each.person_id}
            for each in found.people_of(meeting)
        ],
        "results": [
            {
                "kind": each.kind, "what": each.what, "internal": each.internal,
                "due": each.due.isoformat() if each.due else None, "person": each.person_id,
            }
            for each in found.results_of(meeting)
        ],
    }  # fmt: skip


def _next(meeting: Meeting, person: User) -> Meeting:
    """The next of a meeting that repeats: same weekday hour by the clock of the company."""
    zone = company_zone()
    local = meeting.starts_at.astimezone(zone)
    day = local.date()
    while day <= max(today(), local.date()):
        day = add_months(day, meeting.every)
    if day.weekday() >= 5:
        day += dt.timedelta(days=7 - day.weekday())
    values = {name: getattr(meeting, name) for name in FIELDS}
    values["starts_at"] = dt.datetime.combine(day, local.time(), zone)
    values["wanted"] = ""
    people = list(found.people_of(meeting))
    return plan(
        meeting.client,
        values,
        person,
        [each.contact for each in people if each.contact and not each.contact.left_on],
        [each.person for each in people if each.person],
        previous=meeting,
    )


def _set_people(meeting: Meeting, contacts: Iterable[Contact], people: Iterable[User]) -> None:
    for contact in contacts:
        MeetingPerson.objects.create(meeting=meeting, contact=contact)
    for person in people:
        MeetingPerson.objects.create(meeting=meeting, person=person)


def _locked(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("client", "about")
    return rows.get(pk=meeting.pk)


def _save(present: Meeting, meeting: Meeting) -> None:
    present.version += 1
    present.save()
    meeting.refresh_from_db()
