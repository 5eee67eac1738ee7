"""The net of people at a client: the map, what is missing in it, and keeping it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Client, Contact, Relation
from accounts.selectors import relationships as found
from accounts.selectors.blocks import withheld
from kam.audit.services import record
from kam.lib.formatting import day as day_in_words

from . import people_map
from .clients import Blocked, update

# Days of silence after which somebody who weighs much counts as not reached.
SILENCE = 60
SILENCES = (30, 60, 90, 180)
LEFT_WITHIN = 365
# Fewer talks in a year say nothing about how many people they are spread over.
TALKS_FOR_THREAD = 4


@dataclass(frozen=True)
class Gap:
    """Something missing among the people: what, what shows it, and the one act against it."""

    code: str
    text: str
    evidence: str
    act: str
    url: str
    contact_id: int | None = None


@dataclass(frozen=True)
class Card:
    """One person on the map.  Of somebody blocked it holds the name alone."""

    contact: Contact
    x: int
    y: int
    silent: int | None  # days since the last touch, None where there was none
    chief: str = ""  # name of whom they report to
    blocked: bool = False


@dataclass(frozen=True)
class Line:
    """A line of the map, as an SVG path in units of the drawing."""

    chief: int
    report: int
    path: str


@dataclass(frozen=True)
class Net:
    people: list[Card]
    left: list[Contact]
    lines: list[Line]
    height: int
    gaps: list[Gap]
    arranged: bool
    blocked: int = 0


def net_of(client: Client, entities: list[int], as_of: dt.date, silence: int = SILENCE) -> Net:
    """People of the client who have not left, placed on the map, and the gaps among them."""
    everybody = [withheld(each) for each in found.people_of(entities, as_of)]
    here = [each for each in everybody if not each.left_on or each.left_on > as_of]
    left = [each for each in everybody if each.left_on and each.left_on <= as_of]
    placed = people_map.lay_out(
        [
            people_map.Person(
                each.pk,
                each.reports_to_id,
                each.influence,
                None if each.map_x is None or each.map_y is None else (each.map_x, each.map_y),
            )
            for each in here
        ]
    )
    names = {each.pk: each.name for each in everybody}
    cards = [
        Card(
            each,
            *placed.at[each.pk],
            (as_of - each.last_touch).days if each.last_touch and not each.is_blocked else None,
            names.get(each.reports_to_id, ""),
            each.is_blocked,
        )
        for each in here
    ]
    return Net(
        people=cards,
        left=left,
        lines=[
            Line(chief, report, people_map.path(placed.at[chief], placed.at[report]))
            for chief, report in placed.lines
        ],
        height=placed.height,
        gaps=gaps_of(client, cards, left, as_of, silence),
        arranged=any(each.map_x is not None for each in here),
        blocked=sum(each.is_blocked for each in everybody),
    )


def gaps_of(
    client: Client,
    cards: Sequence[Card],
    left: Sequence[Contact],
    as_of: dt.date,
    silence: int = SILENCE,
) -> list[Gap]:
    """What is missing, worst first.  Each gap is a fact about rows, so closing it closes it.  Whoever
    is blocked is in none of them."""
    add_person = reverse("contact_create", args=[client.pk])
    note_talk = reverse("interaction_create", args=[client.pk])
    known = bool(cards)
    cards = [card for card in cards if not card.blocked]
    left = [each for each in left if not each.is_blocked]
    if not cards:
        return [
            Gap(
                "nobody",
                _("Nobody is known here."),
                _("Everybody known here is blocked.")
                if known
                else _("There is no contact who has not left."),
                _("Add a contact"),
                add_person,
            )
        ]
    gaps = [
        _gone(each, cards, add_person)
        for each in left
        if (as_of - each.left_on).days <= LEFT_WITHIN
        and each.role
        and not any(card.contact.role == each.role for card in cards)
    ]
    if not any(card.contact.attitude == Contact.Attitude.SPONSOR for card in cards):
        gaps.append(_no_sponsor(cards, add_person))
    single = _single_thread(cards, add_person)
    if single:
        gaps.append(single)
    gaps += [
        _silent(card, silence, note_talk)
        for card in cards
        if card.contact.weighs_much and (card.silent is None or card.silent > silence)
    ]
    return gaps


def _gone(contact: Contact, cards: Sequence[Card], add_person: str) -> Gap:
    where = _(", to %(where)s") % {"where": contact.left_to} if contact.left_to else ""
    return Gap(
        "left",
        _("%(name)s has left, and nobody holds this part now.") % {"name": contact.name},
        _("Left on %(day)s%(where)s; the part: %(role)s.")
        % {
            "day": day_in_words(contact.left_on, language=get_language() or "en"),
            "where": where,
            "role": contact.get_role_display().lower(),
        },
        _("Add who came in their place"),
        f"{add_person}?role={contact.role}",
        contact.pk,
    )


def _no_sponsor(cards: Sequence[Card], add_person: str) -> Gap:
    weighty = [card.contact for card in cards if card.contact.weighs_much]
    told = "; ".join(f"{each.name}: {each.get_attitude_display().lower()}" for each in weighty[:4])
    first = weighty[0] if weighty else None
    return Gap(
        "no_sponsor",
        _("Nobody stands up for us here."),
        _("Those who weigh much: %(people)s.") % {"people": told}
        if told
        else _("Nobody is noted as deciding or as having a strong influence either."),
        _("Note the attitude of %(name)s") % {"name": first.name} if first else _("Add a contact"),
        reverse("contact_edit", args=[first.pk]) if first else add_person,
        first.pk if first else None,
    )


def _single_thread(cards: Sequence[Card], add_person: str) -> Gap | None:
    """All talks of a year with one person, or one known person at all."""
    met = [card for card in cards if card.contact.talks]
    talks = sum(card.contact.talks for card in met)
    if len(cards) == 1:
        evidence = _("%(name)s is the only person we know.") % {"name": cards[0].contact.name}
    elif len(met) == 1 and talks >= TALKS_FOR_THREAD:
        evidence = ngettext(
            "The one talk with somebody here within a year was with %(name)s.",
            "All %(n)s talks with people here within a year were with %(name)s.",
            talks,
        ) % {"n": talks, "name": met[0].contact.name}
    else:
        return None
    others = [card.contact for card in cards if not card.contact.talks]
    second = next((each for each in others if each.weighs_much), others[0] if others else None)
    return Gap(
        "single_thread",
        _("The relation hangs on one person."),
        evidence,
        _("Talk to %(name)s") % {"name": second.name} if second else _("Add a contact"),
        f"{reverse('interaction_create', args=[second.client_id])}?contact={second.pk}"
        if second
        else add_person,
        second.pk if second else None,
    )


def _silent(card: Card, silence: int, note_talk: str) -> Gap:
    name = {"name": card.contact.name}
    if card.silent is None:
        text = _("%(name)s has never been reached.") % name
        evidence = _("No talk with this person is noted.")
    else:
        text = _("%(name)s has not been reached for long.") % name
        evidence = ngettext(
            "The last talk was %(n)s day ago; the limit here is %(limit)s.",
            "The last talk was %(n)s days ago; the limit here is %(limit)s.",
            card.silent,
        ) % {"n": card.silent, "limit": silence}
    url = f"{note_talk}?contact={card.contact.pk}"
    return Gap("silent", text, evidence, _("Note a talk"), url, card.contact.pk)


def place(contact: Contact, x: int, y: int) -> tuple[int, int]:
    """Keep where the card stands, and say where that is; no change of the person itself.

    Raises Blocked.
    """
    if contact.is_blocked:
        raise Blocked(contact)
    x, y = people_map.within(x, y)
    Contact.objects.filter(pk=contact.pk).update(map_x=x, map_y=y)
    return x, y


def arrange_anew(entities: list[int]) -> None:
    """Forget where people have put the cards of this client."""
    Contact.objects.filter(client__in=entities).update(map_x=None, map_y=None)


def check_chief(contact_id: int | None, chief: Contact | None, entities: list[int]) -> None:
    """Raises ValidationError where somebody would come to report to themselves."""
    if contact_id is None or chief is None:
        return
    people = Contact.objects.filter(client__in=entities)
    chiefs = dict(people.values_list("pk", "reports_to_id"))
    if people_map.makes_circle(contact_id, chief.pk, chiefs):
        raise ValidationError(
            _("%(name)s reports to this person already, directly or not.") % {"name": chief.name}
        )


@transaction.atomic
def create_relation(client: Client, values: Mapping[str, Any], author) -> Relation:
    relation = Relation.objects.create(client=client, author=author, **values)
    record("relation.create", object=relation, client_id=client.pk)
    return relation


def change_relation(relation: Relation, values: Mapping[str, Any], version: int) -> list[str]:
    """As :func:`accounts.services.clients.update`; raises its Conflict."""
    return update(relation, values, version)
