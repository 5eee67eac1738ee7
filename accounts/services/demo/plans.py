"""Plans of the demo's key clients: most are signed, some wait, one was returned, a few are
missing; colleagues take part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from django.utils import translation

from accounts.models import (
    AccountPlan,
    Client,
    Goal,
    PlanAction,
    PlanGoal,
    PlanMove,
    PlanParticipant,
    PlanSection,
    PlanVersion,
    User,
)
from accounts.services.plan_sections import built_in
from accounts.services.plan_signing import content_of
from kam.lib.periods import start_of_day

from .plan_texts import TEXTS, Texts

State, Act = AccountPlan.State, PlanMove.Act
PARTS = ("business", "customers", "rivals", "objectives", "actions")
# How far the plans are, by turns; None: the client lacks one.
STATES = (
    State.SIGNED, State.SIGNED, State.SUBMITTED, State.SIGNED, State.DRAFT, State.SIGNED, None,
    State.SIGNED, State.RETURNED, State.SIGNED,
)  # fmt: skip
READ = 0.7  # of those who take part have acknowledged it
NEXT_YEAR_FROM = 10  # the month in which plans for the coming year are begun
DONE = 0.6  # of the actions that were due


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Plans for these clients; returns how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 9])
    texts = TEXTS[language]
    helpers = {p.function: p for p in people if p.function and p.role == User.Role.COLLEAGUE}
    leaders = {p.team_id: p for p in people if p.role == User.Role.MANAGER}
    starts = dt.date(as_of.year if as_of.month > 2 else as_of.year - 1, 1, 1)
    made = 0
    with translation.override(language):
        for number, client in enumerate(each for each in clients if each.owner_id):
            state = STATES[number % len(STATES)]
            if state is not None:
                plan = _plan(client, state, starts, as_of, texts, rng)
                _write(plan, texts, helpers, as_of, rng)
                _take_to(plan, state, as_of, texts, leaders.get(client.team_id), rng)
                made += 1
    return made


def _plan(client, state, starts: dt.date, as_of: dt.date, texts: Texts, rng) -> AccountPlan:
    if state != State.SIGNED and as_of.month >= NEXT_YEAR_FROM:
        starts = dt.date(as_of.year + 1, 1, 1)
    begun = min(starts + dt.timedelta(days=int(rng.integers(3, 40))), as_of - dt.timedelta(days=9))
    if state != State.SIGNED:
        begun = as_of - dt.timedelta(days=int(rng.integers(6, 30)))
    plan = AccountPlan.objects.create(
        client=client, title=texts.title.format(year=starts.year), starts=starts,
        ends=dt.date(starts.year, 12, 31), author_id=client.owner_id,
        created_at=_at(begun), touched_at=_at(begun),
    )  # fmt: skip
    PlanMove.objects.create(plan=plan, act=Act.CREATE, person_id=client.owner_id, at=_at(begun))
    return plan


def _write(plan: AccountPlan, texts: Texts, helpers, as_of: dt.date, rng) -> None:
    said = (texts.business, texts.customers, texts.rivals, texts.objectives, texts.course)
    goals = list(Goal.objects.filter(client=plan.client_id, status=Goal.Status.OPEN))
    unwritten = 2 if plan.created_at.date() > as_of - dt.timedelta(days=12) else len(PARTS)
    taking_part: dict[int, User] = {}
    for position, (wanted, key, choices) in enumerate(zip(built_in(), PARTS, said, strict=True), 1):
        text = choices[int(rng.integers(len(choices)))] if position <= unwritten else ""
        section = PlanSection.objects.create(
            plan=plan, position=position, kind=wanted.kind, name=wanted.name,
            question=wanted.question, text=text,
        )  # fmt: skip
        if wanted.kind == PlanSection.Kind.GOALS:
            PlanGoal.objects.bulk_create(
                PlanGoal(plan=plan, section=section, goal=goal) for goal in goals
            )
        if not text:
            continue
        choice = texts.actions.get(key, ())
        many = 3 if key == "actions" else 1
        for pick in rng.permutation(len(choice))[:many]:
            what, function = choice[int(pick)]
            owner = helpers.get(function)
            _action(plan, section, what, owner, as_of, texts, rng)
            if owner is not None:
                taking_part[owner.pk] = owner
    PlanParticipant.objects.bulk_create(
        PlanParticipant(
            plan=plan, person=person, function=person.function,
            part=texts.parts.get(person.function, ""),
        )
        for person in taking_part.values()
    )  # fmt: skip


def _action(plan, section, what: str, owner, as_of: dt.date, texts: Texts, rng) -> None:
    ahead = plan.created_at.date() > as_of - dt.timedelta(days=40)
    span = (3, 90) if ahead else (-150, 60)
    due = as_of + dt.timedelta(days=int(rng.integers(*span)))
    due = min(max(due, plan.created_at.date() + dt.timedelta(days=10)), plan.ends)
    action = PlanAction(
        plan=plan, section=section, what=what, due=due, owner_id=(owner or plan.client.owner).pk,
        author_id=plan.author_id, created_at=plan.created_at,
    )  # fmt: skip
    if due < as_of and ((as_of - due).days > 30 or rng.random() < DONE):
        action.state = PlanAction.State.DONE
        action.settled_on = due - dt.timedelta(days=int(rng.integers(0, 4)))
        action.settled_by_id = action.owner_id
        action.result = texts.results[int(rng.integers(len(texts.results)))]
        plan.touched_at = max(plan.touched_at, _at(action.settled_on))
    action.save()


def _take_to(plan, state, as_of: dt.date, texts: Texts, leader: User | None, rng) -> None:
    """The way of the plan to its state, day by day."""
    day = plan.created_at.date() + dt.timedelta(days=4)
    owner = plan.client.owner_id
    if state == State.DRAFT:
        plan.save()
        return
    _move(plan, Act.SUBMIT, owner, texts.submitted, day)
    if state == State.RETURNED:
        _move(plan, Act.RETURN, getattr(leader, "pk", None), texts.returned, day)
    elif state == State.SIGNED:
        signed_on = day + dt.timedelta(days=2)
        _sign(plan, leader, signed_on, texts, rng)
        if rng.random() < 0.2 and (as_of - day).days > 60:
            later = day + dt.timedelta(days=40)
            _move(plan, Act.AMEND, owner, texts.amended, later)
            _move(plan, Act.SUBMIT, owner, "", later + dt.timedelta(days=1))
            signed_on = later + dt.timedelta(days=2)
            _sign(plan, leader, signed_on, texts, rng, texts.amended)
        rows = list(PlanParticipant.objects.filter(plan=plan))
        for row in rows:
            if rng.random() < READ:
                row.acknowledged = plan.number
                read_on = signed_on + dt.timedelta(days=int(rng.integers(0, 5)))
                row.acknowledged_at = _at(min(read_on, as_of), int(rng.integers(9, 18)))
        PlanParticipant.objects.bulk_update(rows, ["acknowledged", "acknowledged_at"])
    plan.state = state
    plan.save()


def _sign(plan, leader, day: dt.date, texts: Texts, rng, reason: str = "") -> None:
    plan.number += 1
    words = texts.signed[int(rng.integers(len(texts.signed)))]
    _move(plan, Act.SIGN, getattr(leader, "pk", None), words, day)
    PlanVersion.objects.create(
        plan=plan, number=plan.number, content=content_of(plan), reason=reason, signed_by=leader,
        signed_at=_at(day, 15),
    )  # fmt: skip


def _move(plan, act, person_id, words: str, day: dt.date) -> None:
    at = _at(day, 15 if act == Act.SIGN else 11)
    PlanMove.objects.create(plan=plan, act=act, person_id=person_id, words=words, at=at)
    plan.touched_at = max(plan.touched_at, at)


def _at(day: dt.date, hour: int = 10) -> dt.datetime:
    return start_of_day(day) + dt.timedelta(hours=hour)
