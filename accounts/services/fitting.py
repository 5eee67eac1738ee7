"""Whom to invite to an initiative: clients by fit with their reasons, and who was asked lately."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.measures.fit import Fit, Known, fit
from accounts.models import Client, Initiative, Invitation, Need, Standing
from accounts.selectors import initiatives as found
from accounts.selectors.standings import present
from kam.lib.templatetags.kam import money, number

MOST = 100
_NEEDS = dict(Need.State.choices)
_STANDINGS = dict(Standing.Value.choices)


@dataclass(frozen=True)
class Candidate:
    """``asked``: that it was asked for something within the days of rest; ``values``: part -> what
    its reason rests on."""

    client: Client
    fit: Fit
    values: dict[str, Any]
    asked: found.Asked | None
    invitation: Invitation | None = None

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """(why, points), in words."""
        return [(words(part, self.values.get(part)), points) for part, points in self.fit.parts]

    @property
    def kept(self) -> list[list[Any]]:
        """The reasons as an invitation keeps them."""
        return [[part, points, self.values.get(part)] for part, points in self.fit.parts]


def words(part: str, value: Any) -> str:
    """Why it fits, as a person would say it."""
    if part == "need":
        state, what = value
        return _("They want it: “%(what)s” (%(state)s)") % {
            "what": what, "state": str(_NEEDS[state]).lower()
        }  # fmt: skip
    if part == "family_need":
        return _("They want something of this family: “%(what)s”") % {"what": value}
    if part == "gap":
        low, high = (money(each, "short") for each in value)
        said = _("Look-alikes buy more of this family: %(low)s … %(high)s a year")
        return said % {"low": low, "high": high}
    if part == "standing":
        return str(_STANDINGS[value])
    if part == "content":
        return _("Content with us: %(mean)s of 10 within a year") % {"mean": number(value, 1)}
    return _("Not content: %(mean)s of 10 within a year; put that right first") % {
        "mean": number(value, 1)
    }


def rest_since(day: dt.date) -> dt.date:
    """Who was asked after this day rests; see the setting CONTACT_REST_DAYS."""
    return day - dt.timedelta(days=settings.CONTACT_REST_DAYS)


def candidates(initiative: Initiative, day: dt.date) -> list[Candidate]:
    """Clients for whom something speaks, of those the actor may see: the best fit first."""
    wants = found.wanting(initiative)
    gaps = found.gaps_in(initiative.family_id)
    wanting = {need.client.group_id or need.client_id for need in wants} | set(gaps)
    standings = _standings(Q(client__in=wanting) | Q(value__in=Standing.ON_LIST))
    units = wanting | {pk for pk, value in standings.items() if value in Standing.ON_LIST}
    rated = _rated(initiative, units, day, wants, gaps, standings)
    rated = [each for each in rated if each.fit.points]
    rated.sort(key=lambda each: (-each.fit.points, each.client.name, each.client.pk))
    return rated[:MOST]


def candidate(initiative: Initiative, client: Client, day: dt.date) -> Candidate:
    """One client for an initiative, whatever speaks for it."""
    gaps = found.gaps_in(initiative.family_id)
    standings = _standings(Q(client=client.pk))
    (only,) = _rated(initiative, {client.pk}, day, found.wanting(initiative), gaps, standings)
    return only


def _standings(which: Q) -> dict[int, str]:
    """Client -> how it stands now."""
    return dict(present().filter(which).values_list("client_id", "value"))


def _rated(
    initiative: Initiative,
    units: set[int],
    day: dt.date,
    wants: Iterable[Need],
    gaps: dict[int, dict],
    standings: dict[int, str],
) -> list[Candidate]:
    members = found.members_of(units, day)
    needs: dict[int, list[Need]] = defaultdict(list)
    for need in wants:
        if need.client_id in members:
            needs[members[need.client_id]].append(need)
    answers = found.satisfaction(members, day)
    asked = found.last_asked(members, rest_since(day), day, but=initiative.pk)
    invited = {
        row.client_id: row
        for row in Invitation.objects.filter(initiative=initiative, client__in=units)
    }
    return [
        _candidate(
            initiative, client, needs[pk], gaps.get(pk), answers.get(pk),
            standings.get(pk, ""), asked.get(pk), invited.get(pk),
        )
        for pk, client in found.clients(units).items()
    ]  # fmt: skip


def _candidate(initiative, client, needs, gap, mean, standing, asked, invitation) -> Candidate:
    of_theme = [n for n in needs if initiative.theme_id and n.theme_id == initiative.theme_id]
    others = [need for need in needs if need not in of_theme]
    known = Known([need.state for need in of_theme], bool(others), gap is not None, standing, mean)
    values: dict[str, Any] = {"standing": standing, "content": mean, "discontent": mean}
    if of_theme:
        surest = max(of_theme, key=lambda need: Need.OPEN.index(Need.State(need.state)))
        values["need"] = [surest.state, surest.what]
    if others:
        values["family_need"] = others[0].what
    if gap is not None:
        values["gap"] = [max(0.0, gap["low"]), max(0.0, gap["high"])]
    return Candidate(client, fit(known), values, asked, invitation)
