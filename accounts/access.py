"""The one access rule: role × relation × action.

* administrator and auditor read everything; the administrator writes everything, the auditor
  nothing;
* a manager reads every client and writes those of their own team;
* a KAM reads and writes own clients and reads the team's;
* whoever takes part in a plan reads it, whosever the client is, and changes nothing in it but
  their own steps and their own word that they have read it;
* a colleague reads plans they take part in and nothing else of a client;
* a task is read and written by the person whose it is, by whoever asked for it, by the manager of
  that person's team, and through its client if it has one;
* whoever answers for a piece of work (a promise, a step of a process) reads and writes it, whosever the client is;
* what is said of a person's work (skills, load, onboarding) is read by that person and by the
  manager of their team, who also write it;
* a saved view is its maker's, and read by whom they share it with: their team or everybody;
* who stands in for somebody who is away has that person's rights over clients and work on these
  days, and no others; while a client is handed over, the one who takes it reads it before the day,
  and the one who gave it works with it until the overlap ends;
* a token has its person's rights, cut by its scopes.

A model says by ``SCOPE`` how its rows relate to this: by a client, by a person, by a person and
who leads them, by a client and the person who answers for the work, by a plan and the person whose
row it is, to whoever is away, to whom it is shared with, to all staff, or to those who administer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kam.lib.periods import today
from kam.lib.policy import ADMINISTRATOR, AUDITOR, KAM, MANAGER

from .models import Client, Handover, PlanParticipant, Substitution, User


@dataclass(frozen=True)
class Lent:
    """Rights for a time: ``persons`` somebody stands in for; clients of handovers under way that
    they ``reads`` or ``writes``, by id; ``others``: ids of those whom they hand over to or take
    over from."""

    persons: tuple[User, ...] = ()
    reads: tuple[int, ...] = ()
    writes: tuple[int, ...] = ()
    others: tuple[int, ...] = ()


NOTHING_LENT = Lent()


def lent_to(user: User) -> Lent:
    """What is lent to the person today.

    ``User.lent_until``, the last day that a handover or a substitution concerns them, spares
    everybody else the queries; what is found is kept with the person's object, which lives as long
    as one request or one job.
    """
    day = today()
    if user.role not in (KAM, MANAGER) or user.lent_until is None or user.lent_until < day:
        return NOTHING_LENT
    kept: tuple[dt.date, Lent] | None = user.__dict__.get("_lent")
    if kept is None or kept[0] != day:
        kept = (day, _lent(user, day))
        user.__dict__["_lent"] = kept
    return kept[1]


def _lent(user: User, day: dt.date) -> Lent:
    away = Substitution.unscoped.filter(
        substitute=user, since__lte=day, until__gte=day, person__is_active=True
    )
    persons = {row.person_id: row.person for row in away.select_related("person")}
    handovers = Handover.unscoped.filter(
        Q(taker=user, state=Handover.State.PLANNED)
        | Q(giver=user, state=Handover.State.DONE, overlap_until__gte=day)
    ).values_list("client_id", "state", "giver_id", "taker_id")
    passing = list(handovers)
    return Lent(
        tuple(persons.values()),
        tuple(client for client, *_rest in passing),
        tuple(client for client, state, *_two in passing if state == Handover.State.DONE),
        tuple({pk for _client, _state, *two in passing for pk in two} - {user.pk}),
    )


def stood_in_for(user: User) -> tuple[int, ...]:
    """Ids of those whose work this person does today: their own, and of whom they stand in for."""
    return (user.pk, *(person.pk for person in lent_to(user).persons))


def _these(clients: tuple[int, ...], others: tuple[int, ...]) -> Q:
    """These clients, and the members of a group that pass along: those of the other of the two,
    never those of a third KAM."""
    return Q(pk__in=clients) | Q(group_id__in=clients, owner__in=others)


def readable_clients(user: User) -> Q | None:
    """Which clients this person may read, as a condition on Client; None means all."""
    if user.role in (ADMINISTRATOR, AUDITOR, MANAGER):
        return None
    if user.role == KAM:
        lent = lent_to(user)
        own = Q(owner__in=stood_in_for(user)) if lent.persons else Q(owner=user)
        teams = {person.team_id for person in (user, *lent.persons)} - {None}
        if teams:
            own |= Q(team_id__in=teams)
        return own | _these(lent.reads, lent.others) if lent.reads else own
    return Q(pk__in=[])


def writable_clients(user: User) -> Q | None:
    """Which clients this person may change, as a condition on Client; None means all."""
    token = getattr(user, "token", None)
    if token is not None and not token.can_write:
        return Q(pk__in=[])
    if user.role == ADMINISTRATOR:
        return None
    lent = lent_to(user)
    allowed = Q(pk__in=[])
    for person in (user, *lent.persons):
        if person.role == MANAGER and person.team_id:
            allowed |= Q(team_id=person.team_id)
        if person.role == KAM:
            allowed |= Q(owner=person)
    return allowed | _these(lent.writes, lent.others) if lent.writes else allowed


def _restrict(queryset: QuerySet, clients: Q | None) -> QuerySet:
    if clients is None:
        return queryset
    path = queryset.model.SCOPE[1]
    if not path:
        return queryset.filter(clients)
    return queryset.filter(_of(clients, path))


def _of(clients: Q, path: str) -> Q:
    """Rows of these clients: a sub-select, not a join, so no duplicates, and it composes with any
    other filter."""
    return Q(**{f"{path}__in": Client.unscoped.filter(clients).values("pk")})


def _restrict_work(queryset: QuerySet, clients: Q | None, user: User) -> QuerySet:
    """By the client, or one's own."""
    if clients is None:
        return queryset
    _kind, path, person = queryset.model.SCOPE
    return queryset.filter(_of(clients, path) | Q(**{f"{person}__in": stood_in_for(user)}))


def _restrict_task(queryset: QuerySet, clients: Q | None, user: User) -> QuerySet:
    """By the client, one's own, what one has asked for, and what those do whom a manager leads: a
    task without a client is nobody else's business."""
    _kind, path, person, giver = queryset.model.SCOPE
    wanted = _of_member(person, user) | Q(**{giver: user.pk})
    for away in lent_to(user).persons:
        wanted |= Q(**{person: away.pk}) | Q(**{giver: away.pk})
    of_client = Q(**{f"{path}__isnull": False}) if clients is None else _of(clients, path)
    return queryset.filter(wanted | of_client)


def _restrict_absence(queryset: QuerySet, user: User) -> QuerySet:
    """Who is away is known to those who lead, to the team, and to whoever stands in."""
    if user.role in (ADMINISTRATOR, AUDITOR, MANAGER):
        return queryset
    if user.role != KAM:
        return queryset.none()
    _kind, person, substitute = queryset.model.SCOPE
    wanted = Q(**{person: user.pk}) | Q(**{substitute: user.pk})
    if user.team_id:
        wanted |= Q(**{f"{person}__team": user.team_id})
    return queryset.filter(wanted)


def _restrict_shared(queryset: QuerySet, user: User) -> QuerySet:
    """One's own, and what is shared with the team or the company."""
    if user.role in (ADMINISTRATOR, AUDITOR):
        return queryset
    _kind, person, shared = queryset.model.SCOPE
    wanted = Q(**{person: user.pk})
    if user.role in (MANAGER, KAM):
        wanted |= Q(**{shared: "company"})
        if user.team_id:
            wanted |= Q(**{shared: "team", f"{person}__team": user.team_id})
    return queryset.filter(wanted)


def _of_member(path: str, user: User) -> Q:
    """Rows about the person, and about those of the team that a manager leads."""
    own = Q(**{path or "pk": user.pk})
    if user.role == MANAGER and user.team_id:
        return own | Q(**{f"{path}__team" if path else "team": user.team_id})
    return own


def _restrict_plan(
    queryset: QuerySet, clients: Q | None, user: User, *, taking_part: bool
) -> QuerySet:
    """By the client of the plan, or one's own row; reading also by taking part in the plan."""
    if clients is None:
        return queryset
    _kind, path, person = queryset.model.SCOPE
    wanted = _of(clients, f"{path}__client" if path else "client")
    if person:
        wanted |= Q(**{f"{person}__in": stood_in_for(user)})
    if taking_part:
        plans = PlanParticipant.unscoped.filter(person__in=stood_in_for(user)).values("plan")
        wanted |= Q(**{f"{path or 'pk'}__in": plans})
    return queryset.filter(wanted)


def visible(queryset: QuerySet, user: User) -> QuerySet:
    kind, path, *_person = queryset.model.SCOPE
    if kind == "client":
        return _restrict(queryset, readable_clients(user))
    if kind == "work":
        return _restrict_work(queryset, readable_clients(user), user)
    if kind == "task":
        if user.role in (ADMINISTRATOR, AUDITOR):
            return queryset
        return _restrict_task(queryset, readable_clients(user), user)
    if kind == "plan":
        return _restrict_plan(queryset, readable_clients(user), user, taking_part=True)
    if kind == "person":
        if user.role in (ADMINISTRATOR, AUDITOR):
            return queryset
        return queryset.filter(**{path: user.pk})
    if kind == "member":
        if user.role in (ADMINISTRATOR, AUDITOR):
            return queryset
        return queryset.filter(_of_member(path, user))
    if kind == "absence":
        return _restrict_absence(queryset, user)
    if kind == "shared":
        return _restrict_shared(queryset, user)
    if kind == "staff":
        return queryset if user.role in (ADMINISTRATOR, AUDITOR, MANAGER, KAM) else queryset.none()
    if kind == "administration":
        return queryset if user.role in (ADMINISTRATOR, AUDITOR) else queryset.none()
    raise ValueError(f"{queryset.model.__name__}.SCOPE has an unknown kind {kind!r}")


def editable(queryset: QuerySet, user: User) -> QuerySet:
    kind, path, *_person = queryset.model.SCOPE
    token = getattr(user, "token", None)
    if user.role == AUDITOR or (token is not None and not token.can_write):
        return queryset.none()
    if kind == "client":
        return _restrict(queryset, writable_clients(user))
    if kind == "work":
        return _restrict_work(queryset, writable_clients(user), user)
    if kind == "task":
        if user.role == ADMINISTRATOR:
            return queryset
        return _restrict_task(queryset, writable_clients(user), user)
    if kind == "plan":
        return _restrict_plan(queryset, writable_clients(user), user, taking_part=False)
    if kind in ("person", "shared"):
        if user.role == ADMINISTRATOR:
            return queryset
        return queryset.filter(**{path: user.pk})
    if kind in ("member", "absence"):
        if user.role == ADMINISTRATOR:
            return queryset
        return queryset.filter(_of_member(path, user))
    if kind == "staff":
        return queryset if user.role in (ADMINISTRATOR, MANAGER) else queryset.none()
    if kind == "administration":
        return queryset if user.role == ADMINISTRATOR else queryset.none()
    raise ValueError(f"{queryset.model.__name__}.SCOPE has an unknown kind {kind!r}")
