"""Tasks: set for oneself or asked of another, accepted or returned, done, and made anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.measures import recurrence
from accounts.models import Task, User
from kam.audit.services import record
from kam.lib.editing import Conflict
from kam.lib.periods import today

from .notices import tell

State = Task.State
FIELDS = ("what", "note", "due", "owner", "client", "rule")
OUTCOMES = ("done", "dropped")


@transaction.atomic
def give(values: Mapping[str, Any], giver: User) -> Task:
    """Set a task.  Whoever is not asked for by name does it themselves; another one is asked, and
    has to accept.  Raises ValidationError where the rule of repeating is none."""
    owner = values.get("owner") or giver
    task = Task.objects.create(
        **{name: values[name] for name in FIELDS if name in values}
        | {"owner": owner, "rule": _rule(values.get("rule", ""))},
        giver=giver,
        state=State.OPEN if owner == giver else State.ASKED,
    )
    record("task.give", object=task, client_id=task.client_id, details={"owner": owner.pk})
    _ask(task)
    return task


@transaction.atomic
def change(task: Task, values: Mapping[str, Any], version: int, person: User) -> list[str]:
    """Change a task that is not settled; the changed fields.  Another person is asked anew.

    Raises Conflict where somebody was faster, ValidationError where it is settled.
    """
    present = _locked(task)
    if present.version != version:
        raise Conflict(present)
    if not present.is_pending:
        raise ValidationError(_("This task is settled. Open it again first."))
    values = {name: value for name, value in values.items() if name in FIELDS}
    if "rule" in values:
        values["rule"] = _rule(values["rule"])
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    # Whoever returned it and finds it changed is asked again.
    again = present.state == State.RETURNED and present.owner != person
    if "owner" in changed or again:
        present.giver = person
        present.state = State.OPEN if present.owner == person else State.ASKED
        present.word = ""
    elif present.state == State.RETURNED:
        present.state, present.giver, present.word = State.OPEN, person, ""
    present.version += 1
    present.save()
    task.refresh_from_db()
    record("task.change", object=task, client_id=task.client_id, details={"fields": changed})
    if "owner" in changed or again:
        _ask(task)
    return changed


@transaction.atomic
def accept(task: Task, person: User) -> Task:
    """The word of whoever was asked.  Raises ValidationError where that is somebody else, or
    nothing is asked."""
    present = _asked(task, person)
    present.state = State.OPEN
    _save(present, task)
    record("task.accept", object=task, client_id=task.client_id)
    return task


@transaction.atomic
def hand_back(task: Task, word: str, person: User) -> Task:
    """Return a task to whoever asked for it, with a reason.  Raises as :func:`accept` does."""
    present = _locked(task)
    if present.owner != person:
        raise ValidationError(_("Only whoever does the task answers for it."))
    if present.state not in (State.ASKED, State.OPEN) or not present.is_asked_of_another:
        raise ValidationError(_("Only what somebody else has asked for can be returned."))
    if not word.strip():
        raise ValidationError({"word": _("Say why: they have to find another way.")})
    present.state, present.word = State.RETURNED, word.strip()[:500]
    _save(present, task)
    record("task.return", object=task, client_id=task.client_id)
    if task.giver is not None:
        _tell(task, task.giver, "returned")
    return task


@transaction.atomic
def take_over(task: Task, person: User) -> Task:
    """Do what was returned oneself.  Raises ValidationError for anybody but who asked."""
    present = _locked(task)
    if present.giver != person:
        raise ValidationError(_("Only whoever asked for the task takes it over."))
    if present.state != State.RETURNED:
        raise ValidationError(_("This task has not been returned."))
    present.owner, present.state, present.word = person, State.OPEN, ""
    _save(present, task)
    record("task.change", object=task, client_id=task.client_id, details={"fields": ["owner"]})
    return task


@transaction.atomic
def settle(
    task: Task, outcome: str, person: User | None, *, on: dt.date | None = None
) -> Task | None:
    """End a task; the next one where it repeats.  Dropping ends the repeating.

    Raises ValidationError where it is settled already or the day lies ahead.
    """
    present = _locked(task)
    day = on or today()
    if not present.is_pending:
        raise ValidationError(_("This task is settled already."))
    if day > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    present.state, present.settled_on, present.settled_by = State(outcome), day, person
    _save(present, task)
    record(
        "task.settle", object=task, client_id=task.client_id,
        details={"outcome": outcome, "due": task.due.isoformat()},
    )  # fmt: skip
    if outcome == State.DONE and task.giver is not None and task.giver != person:
        _tell(task, task.giver, "done")
    return _next(task) if outcome == State.DONE and task.rule else None


@transaction.atomic
def reopen(task: Task, person: User | None) -> Task:
    """Open a settled task again; the next one goes where nobody has touched it yet.

    Raises ValidationError where it is open, or the next one is under way.
    """
    present = _locked(task)
    if present.is_pending:
        raise ValidationError(_("This task is not settled."))
    following = Task.objects.select_for_update(of=("self",)).filter(previous=present).first()
    if following is not None:
        if not following.is_pending or following.version != 1:
            raise ValidationError(_("The next one is under way already."))
        following.delete()
    present.state, present.settled_on, present.settled_by = State.OPEN, None, None
    _save(present, task)
    record("task.reopen", object=task, client_id=task.client_id)
    return task


def _next(task: Task) -> Task | None:
    rule = recurrence.parse(task.rule)
    due = recurrence.next_after(rule, task.due, task.settled_on or task.due)
    if due is None:
        return None
    return Task.objects.create(
        client_id=task.client_id,
        what=task.what,
        note=task.note,
        due=due,
        owner_id=task.owner_id,
        giver_id=task.giver_id,
        rule=task.rule,
        previous=task,
    )


def _rule(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return str(recurrence.parse(text))
    except ValueError as error:
        told = _("This way of repeating is not known: %(why)s") % {"why": error}
        raise ValidationError({"rule": told}) from error


def _asked(task: Task, person: User) -> Task:
    present = _locked(task)
    if present.owner != person:
        raise ValidationError(_("Only whoever does the task answers for it."))
    if present.state != State.ASKED:
        raise ValidationError(_("Nobody asks this of you any more."))
    return present


def _ask(task: Task) -> None:
    if task.state == State.ASKED:
        _tell(task, task.owner, "asked")


def _tell(task: Task, person: User, step: str) -> None:
    # Not as a notice about the client: who is asked may not see the client itself.
    tell(
        [person], "task", f"task:{task.pk}:{step}:{task.version}",
        facts={"task": task.pk, "step": step, "what": task.what},
    )  # fmt: skip


def _locked(task: Task) -> Task:
    return Task.objects.select_for_update(of=("self",)).get(pk=task.pk)


def _save(present: Task, task: Task) -> None:
    present.version += 1
    present.save()
    task.refresh_from_db()
