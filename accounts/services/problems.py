"""Problems: raised by hand or from a signal, worked on step by step, closed with an outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client, Problem, ProblemStep, Signal, User
from kam.audit.services import record
from kam.lib.periods import today
from kam.webhooks.services import emit

from .clients import Conflict

State, Outcome = Problem.State, Problem.Outcome
FIELDS = ("kind", "what", "details", "severity", "owner", "solution")
# A problem of the same kind that was closed within so many days is repeated.
REPEATS_DAYS = 365
LONGEST_SNOOZE = 180


@transaction.atomic
def raise_problem(client: Client, values: Mapping[str, Any], author: User | None) -> Problem:
    """Take a problem up.  Who answers is the client's KAM where nobody is named; a like one that
    was closed within a year is linked.  Raises ValidationError where nobody would answer."""
    owner = values.get("owner") or client.owner or author
    if owner is None:
        raise ValidationError({"owner": _("Say who answers for it.")})
    day = today()
    given = {name: values[name] for name in FIELDS if name in values} | {"owner": owner}
    kind = given.get("kind", Problem.Kind.OTHER)
    before = None
    if kind != Problem.Kind.OTHER:
        before = (
            Problem.objects.filter(
                client=client, kind=kind, closed_on__gt=day - dt.timedelta(days=REPEATS_DAYS)
            )
            .order_by("-closed_on", "-pk")
            .first()
        )
    problem = Problem.objects.create(
        client=client, author=author, raised_on=day, previous=before, **given
    )
    record(
        "problem.raise", object=problem, client_id=client.pk,
        details={"kind": problem.kind, "severity": problem.severity},
    )  # fmt: skip
    emit(
        "problem.raised",
        {
            "problem": problem.pk, "client": client.pk, "kind": problem.kind,
            "severity": problem.severity,
            "previous": before.pk if before else None,
        },
    )  # fmt: skip
    return problem


def _locked(problem: Problem) -> Problem:
    return Problem.objects.select_for_update(of=("self",)).get(pk=problem.pk)


@transaction.atomic
def change(problem: Problem, values: Mapping[str, Any], version: int) -> list[str]:
    """Change an open problem; the changed fields.  The way to solve it, once written, is work
    begun.  Raises Conflict where somebody was faster, ValidationError where it is closed."""
    present = _locked(problem)
    if present.version != version:
        raise Conflict(present)
    if not present.is_open:
        raise ValidationError(_("This problem is closed. Open it again first."))
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    _begin(present, bool(present.solution.strip()))
    present.version += 1
    present.save(update_fields=[*changed, "state", "version"])
    problem.refresh_from_db()
    record(
        "problem.change", object=problem, client_id=problem.client_id, details={"fields": changed}
    )
    return changed


def _begin(problem: Problem, begun: bool) -> None:
    if begun and problem.state == State.OPEN:
        problem.state = State.WORKING


@transaction.atomic
def add_step(problem: Problem, values: Mapping[str, Any], person: User | None) -> ProblemStep:
    """A step of the solution; the problem is being solved from then on.  Raises ValidationError."""
    present = _locked(problem)
    if not present.is_open:
        raise ValidationError(_("This problem is closed. Open it again first."))
    step = ProblemStep.objects.create(
        problem=present, what=values["what"], due=values["due"],
        person=values.get("person") or present.owner or person,
    )  # fmt: skip
    _begin(present, True)
    present.save(update_fields=["state"])
    problem.refresh_from_db()
    record("problem.step", object=step, client_id=problem.client_id)
    return step


@transaction.atomic
def settle_step(step: ProblemStep, done: bool) -> ProblemStep:
    """Say that a step is done, or that it is not after all."""
    step.done_on = today() if done else None
    step.save(update_fields=["done_on"])
    record(
        "problem.step_change", object=step, client_id=step.problem.client_id,
        details={"done": done},
    )  # fmt: skip
    return step


@transaction.atomic
def close(problem: Problem, outcome: str, came_of_it: str, person: User | None) -> Problem:
    """End a problem with its outcome and what came of it.  Raises ValidationError."""
    present = _locked(problem)
    if not present.is_open:
        raise ValidationError(_("This problem is closed already."))
    if outcome not in Outcome.values or not outcome:
        raise ValidationError({"outcome": _("Say how it ended.")})
    if not came_of_it.strip():
        raise ValidationError(
            {"came_of_it": _("Say what came of it: the next one learns from it.")}
        )
    present.state, present.outcome = State.CLOSED, outcome
    present.came_of_it = came_of_it.strip()[:1000]
    present.closed_on, present.closed_by = today(), person
    present.version += 1
    present.save()
    problem.refresh_from_db()
    record(
        "problem.close", object=problem, client_id=problem.client_id, details={"outcome": outcome}
    )
    emit(
        "problem.closed",
        {
            "problem": problem.pk, "client": problem.client_id, "kind": problem.kind,
            "outcome": outcome, "days": (problem.closed_on - problem.raised_on).days,
        },
    )  # fmt: skip
    return problem


@transaction.atomic
def reopen(problem: Problem) -> Problem:
    """Open a closed problem again; how it had ended stays in the audit trail."""
    present = _locked(problem)
    if present.is_open:
        raise ValidationError(_("This problem is open."))
    before = present.outcome
    present.state = State.WORKING
    present.outcome = present.came_of_it = ""
    present.closed_on = present.closed_by = None
    present.version += 1
    present.save()
    problem.refresh_from_db()
    record(
        "problem.reopen", object=problem, client_id=problem.client_id, details={"outcome": before}
    )
    return problem


def _locked_signal(signal: Signal) -> Signal:
    present = (
        Signal.objects.select_for_update(of=("self",)).select_related("client").get(pk=signal.pk)
    )
    if not present.is_open:
        raise ValidationError(_("This signal is settled already."))
    return present


@transaction.atomic
def take(signal: Signal, person: User | None, values: Mapping[str, Any] | None = None) -> Problem:
    """Make a problem of a signal, in one step.  Raises ValidationError where it is settled."""
    present = _locked_signal(signal)
    severity = 3 if present.level == Signal.Level.ALARM else 2
    kind = Problem.Kind(present.kind)
    given = {"kind": kind, "what": str(kind.label), "severity": severity} | dict(values or {})
    problem = raise_problem(present.client, given, person)
    _settle(present, Signal.State.TAKEN, person, problem=problem)
    record("signal.take", object=present, client_id=present.client_id)
    signal.refresh_from_db()
    return problem


@transaction.atomic
def dismiss(signal: Signal, reason: str, person: User | None) -> Signal:
    """Let a signal go, with a reason; it is not raised anew until its cause has gone and come."""
    present = _locked_signal(signal)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: whoever looks later will ask.")})
    present.reason = reason.strip()[:500]
    _settle(present, Signal.State.DISMISSED, person)
    record("signal.dismiss", object=present, client_id=present.client_id)
    signal.refresh_from_db()
    return signal


@transaction.atomic
def snooze(signal: Signal, until: dt.date, reason: str, person: User | None) -> Signal:
    """Let a signal rest until a day.  Raises ValidationError where the day has come, is too far
    off, or no reason is given."""
    present = _locked_signal(signal)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: whoever looks later will ask.")})
    ahead = (until - today()).days
    if ahead < 1:
        raise ValidationError({"until": _("This day has come already.")})
    if ahead > LONGEST_SNOOZE:
        raise ValidationError({"until": _("Half a year at most: then look again.")})
    present.reason, present.snoozed_until = reason.strip()[:500], until
    present.save(update_fields=["reason", "snoozed_until"])
    record(
        "signal.snooze", object=present, client_id=present.client_id,
        details={"until": until.isoformat()},
    )  # fmt: skip
    signal.refresh_from_db()
    return signal


def _settle(signal: Signal, state: str, person: User | None, **more: Any) -> None:
    signal.state, signal.settled_by, signal.settled_on = state, person, today()
    for name, value in more.items():
        setattr(signal, name, value)
    signal.save()
