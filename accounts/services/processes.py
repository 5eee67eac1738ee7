"""Keeping processes, and going through them.

A run keeps its steps as they were when it began.  The same event starts the same process once,
however often the events are looked through.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import (
    Client,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
    User,
)
from accounts.selectors import processes as found
from accounts.selectors.ledger import legal_entities
from kam.audit.services import record
from kam.lib.periods import add_months, today
from kam.lib.scoping import acting_system

from .clients import Conflict

Start = Process.Start
State = RunStep.State
STEP_FIELDS = ("name", "details", "function", "days", "check_by")
PROCESS_FIELDS = ("name", "expectation", "starts", "next_on", "every_months")
TEMPLATE_FIELDS = ("name", "serves", "archived")
MOST_STEPS = 40
EVENTS = {
    Start.ORDER: found.orders,
    Start.LATE_PAYMENT: found.late_payments,
    Start.COMPLAINT: found.complaints,
}


# --- Standard processes ---------------------------------------------------------------------------


@transaction.atomic
def save_template(
    template: ProcessTemplate | None,
    values: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    author: User | None,
    version: int = 0,
) -> ProcessTemplate:
    """Write a standard with its steps; a step with ``pk`` is changed, one that is missing goes.

    Processes of clients that began from it stay as they are and show the difference.  Raises
    Conflict where somebody else was faster, ValidationError where it has no steps.
    """
    _enough(steps)
    if template is None:
        template = ProcessTemplate.objects.create(author=author, **values)
        verb = "create"
    else:
        template = _locked(ProcessTemplate, template.pk, version)
        _write(template, values)
        verb = "change"
    _write_steps(TemplateStep, {"template": template}, steps)
    record(f"process_template.{verb}", object=template)
    return template


# --- Processes of clients -------------------------------------------------------------------------


def begun_from(template: ProcessTemplate, client: Client) -> list[dict[str, Any]]:
    """Steps of the standard, as the first draft of a client's process."""
    return [
        {name: getattr(step, name) for name in STEP_FIELDS} | {"origin": step}
        for step in TemplateStep.objects.filter(template=template)
    ]


@transaction.atomic
def save_process(
    process: Process | None,
    client: Client,
    values: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    author: User | None,
    version: int = 0,
    template: ProcessTemplate | None = None,
) -> Process:
    """Write a client's process with its steps, as :func:`save_template`.

    It is started only by events from today on, or from the day its way of starting was changed.
    """
    _enough(steps)
    values = dict(values)
    if values.get("starts") != Start.DATE:
        values |= {"next_on": None, "every_months": None}
    if process is None:
        process = Process.objects.create(
            client=client, author=author, template=template, watched_from=today(), **values
        )
        verb = "create"
    else:
        process = _locked(Process, process.pk, version)
        if values.get("starts", process.starts) != process.starts:
            values["watched_from"] = today()
        _write(process, values)
        verb = "change"
    _write_steps(ProcessStep, {"process": process}, steps)
    record(f"process.{verb}", object=process, client_id=process.client_id)
    return process


@transaction.atomic
def stop(process: Process) -> Process:
    """It is not started any more; runs under way go on to their end."""
    process = Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
    if process.stopped_on is None:
        process.stopped_on = today()
        process.save(update_fields=["stopped_on"])
        record("process.stop", object=process, client_id=process.client_id)
    return process


@transaction.atomic
def resume(process: Process) -> Process:
    """It is started again, by events from today on."""
    process = Process.objects.select_for_update(of=("self",)).get(pk=process.pk)
    if process.stopped_on is not None:
        process.stopped_on, process.watched_from = None, today()
        process.save(update_fields=["stopped_on", "watched_from"])
        record("process.resume", object=process, client_id=process.client_id)
    return process


@dataclass(frozen=True)
class Difference:
    """Where a client's process departs from the standard: a step added, left out, or changed in
    the named fields."""

    kind: Literal["added", "left_out", "changed"]
    step: ProcessStep | TemplateStep
    fields: tuple[str, ...] = ()


def differences(steps: Iterable[ProcessStep], standard: Iterable[TemplateStep]) -> list[Difference]:
    by_origin = {step.origin_id: step for step in steps if step.origin_id}
    told: list[Difference] = []
    for origin in standard:
        step = by_origin.get(origin.pk)
        if step is None:
            told.append(Difference("left_out", origin))
            continue
        changed = tuple(
            name for name in STEP_FIELDS if getattr(step, name) != getattr(origin, name)
        )
        if changed:
            told.append(Difference("changed", step, changed))
    known = {origin.pk for origin in standard}
    told += [Difference("added", step) for step in steps if step.origin_id not in known]
    return told


# --- Runs -----------------------------------------------------------------------------------------


@transaction.atomic
def start(
    process: Process,
    *,
    author: User | None = None,
    cause: str = Start.HAND,
    text: str = "",
    reference: str = "",
    on: dt.date | None = None,
) -> ProcessRun | None:
    """Begin a run; None where this event has begun one already.

    A step that nobody answers for falls to the client's KAM.
    """
    day = on or today()
    values = {
        "started_on": day, "cause": cause, "cause_text": text[:300], "author": author,
    }  # fmt: skip
    if reference:
        run, begun = ProcessRun.objects.get_or_create(
            process=process, reference=reference, defaults=values
        )
        if not begun:
            return None
    else:
        run = ProcessRun.objects.create(process=process, **values)
    owner_id = Client.objects.values_list("owner_id", flat=True).get(pk=process.client_id)
    RunStep.objects.bulk_create(
        RunStep(
            run=run,
            position=step.position,
            responsible_id=step.responsible_id or owner_id,
            due=day + dt.timedelta(days=step.days),
            **{name: getattr(step, name) for name in STEP_FIELDS},
        )
        for step in ProcessStep.objects.filter(process=process)
    )
    record(
        "process.start", object=process, client_id=process.client_id, details={"kind": str(cause)}
    )
    return run


@transaction.atomic
def settle(step: RunStep, state: str, note: str, person: User | None) -> RunStep:
    """Say that a step is done, left out (with the reason), or open again.

    With its last step a run is done, whoever may see the others.  Raises ValidationError without
    a reason, or where the run has ended.
    """
    with acting_system("settling a step"):
        return _settle(step, state, note, person)


def _settle(step: RunStep, state: str, note: str, person: User | None) -> RunStep:
    run = ProcessRun.objects.select_for_update(of=("self",)).get(pk=step.run_id)
    if run.outcome == ProcessRun.Outcome.BROKEN_OFF:
        raise ValidationError(_("This run was broken off."))
    if state == State.SKIPPED and not note.strip():
        raise ValidationError(_("Say why this step is left out."))
    step = RunStep.objects.select_for_update(of=("self",)).get(pk=step.pk)
    is_open = state == State.OPEN
    step.state, step.note = state, note.strip()[:500]
    step.settled_on = None if is_open else today()
    step.settled_by = None if is_open else person
    step.save(update_fields=["state", "note", "settled_on", "settled_by"])
    left = RunStep.objects.filter(run=run, state=State.OPEN).exists()
    run.ended_on = None if left else today()
    run.outcome = "" if left else ProcessRun.Outcome.DONE
    run.save(update_fields=["ended_on", "outcome"])
    client_id = Process.objects.values_list("client_id", flat=True).get(pk=run.process_id)
    record(
        "process.step",
        object=run,
        client_id=client_id,
        details={"step": step.name, "to": state},
        actor=person,
    )
    return step


@transaction.atomic
def break_off(run: ProcessRun, reason: str) -> ProcessRun:
    """End a run before its last step.  Raises ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError(_("Say why the run is broken off."))
    run = (
        ProcessRun.objects.select_for_update(of=("self",)).select_related("process").get(pk=run.pk)
    )
    if run.ended_on is None:
        run.ended_on, run.outcome = today(), ProcessRun.Outcome.BROKEN_OFF
        run.reason = reason.strip()[:500]
        run.save(update_fields=["ended_on", "outcome", "reason"])
        record("process.break_off", object=run, client_id=run.process.client_id)
    return run


def start_due(day: dt.date | None = None) -> int:
    """Begin what is due by date or by an event; how many runs.  Looking twice begins nothing
    twice."""
    day = day or today()
    begun = 0
    for process in found.watched():
        if process.starts == Start.DATE:
            begun += _start_by_date(process, day)
            continue
        entities = legal_entities(process.client, day)
        for event in EVENTS[process.starts](entities, process.watched_from, day):
            begun += _started(
                start(
                    process,
                    cause=process.starts,
                    text=event.text,
                    reference=event.reference,
                    on=day,
                )
            )
    return begun


def _start_by_date(process: Process, day: dt.date) -> int:
    due = process.next_on
    if due is None or due > day:
        return 0
    with transaction.atomic():
        begun = _started(
            start(process, cause=Start.DATE, reference=f"date:{due.isoformat()}", on=day)
        )
        following = None
        if process.every_months:
            # After a pause the missed ones are not caught up: once is enough.
            months = process.every_months
            while (following := add_months(due, months)) <= day:
                months += process.every_months
        Process.objects.filter(pk=process.pk).update(next_on=following)
    return begun


def _started(run: ProcessRun | None) -> int:
    return int(run is not None)


# --- Writing --------------------------------------------------------------------------------------


def _enough(steps: Sequence[Mapping[str, Any]]) -> None:
    if not steps:
        raise ValidationError(_("A process has at least one step."))
    if len(steps) > MOST_STEPS:
        raise ValidationError(
            _("A process has at most %(most)s steps: split it in two.") % {"most": MOST_STEPS}
        )


def _locked(model, pk: int, version: int):
    present = model.objects.select_for_update(of=("self",)).get(pk=pk)
    if present.version != version:
        raise Conflict(present)
    return present


def _write(row: Process | ProcessTemplate, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])


def _write_steps(model, owner: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> None:
    present = {row.pk: row for row in model.objects.filter(**owner)}
    for position, values in enumerate(steps, 1):
        values = dict(values)
        row = present.pop(values.pop("pk", None), None) or model(**owner)
        for name, value in values.items():
            setattr(row, name, value)
        row.position = position
        row.save()
    for row in present.values():
        row.delete()
