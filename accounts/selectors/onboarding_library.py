"""The built-in way to bring a new key account manager into the work, in twelve weeks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Built:
    """A step: whole weeks after the first day, what is done, how, and who helps."""

    week: int
    name: str
    details: str
    helper: str


NAME = _("A new KAM in twelve weeks")
_MANAGER, _FORMER = _("the manager"), _("who served the client so far")

STEPS = (
    Built(
        0, _("First day: access, workplace, the list of own clients"),
        _("Signs in here, knows whom to ask about what, and has read the goal of the programme."),
        _MANAGER,
    ),
    Built(
        1, _("Read everything about the future key clients"),
        _("Plans, goals, agreements, open promises, the last year of talks; questions written down."),
        _FORMER,
    ),
    Built(
        1, _("Learn the range: what it is for and where its limits are"),
        _("Explains the five best sold families to the manager as if to a client."),
        _("who knows the product best"),
    ),
    Built(
        2, _("A day with service and a day with delivery"),
        _("Sees where promises are kept or broken, and knows the people by name."),
        _("heads of service and delivery"),
    ),
    Built(
        2, _("Rules of the house: promises, discounts, credit limits"),
        _("Knows what may be decided alone, what not, and whom to call when a client is upset."),
        _MANAGER,
    ),
    Built(
        3, _("Handover of each key client in a talk"),
        _("What they count on, what was promised, who must not be forgotten, what went wrong."),
        _FORMER,
    ),
    Built(
        4, _("First visit to each key client, together"),
        _("The one who served them introduces; the next step is agreed by the new KAM."),
        _FORMER,
    ),
    Built(
        5, _("Map of the people at each key client"),
        _("Who decides, who uses, who pays, who influences; gaps have a date by which they close."),
        _("a seasoned KAM"),
    ),
    Built(
        6, _("First rating of skills and a talk about it"),
        _("Both sides rate; two skills are chosen to work on."), _MANAGER,
    ),
    Built(
        7, _("Plans for two key clients, written alone"),
        _("Goal, measure, promises, people; the loyalty of the client is one of the goals."),
        _("a seasoned KAM"),
    ),
    Built(
        8, _("Show the plans to those who take part in them"),
        _("Sales, service and delivery say what they can do and by when."), _MANAGER,
    ),
    Built(
        10, _("Lead a business review alone"),
        _("The manager listens; afterwards both say what to keep and what to change."), _MANAGER,
    ),
    Built(
        11, _("Ask the key clients how content they are"),
        _("By a survey or in a talk; the answers are noted with the client."), "",
    ),
    Built(
        12, _("Second rating of skills; agree on the full load"),
        _("Capacity is set, and which clients come next."), _MANAGER,
    ),
)  # fmt: skip
