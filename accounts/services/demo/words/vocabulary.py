"""What a language has to say for a demo workspace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def listed(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


@dataclass(frozen=True)
class Family:
    """A product family.  ``products`` are (name, price per pack in roubles).

    ``margin`` is the share of the price that is left after the cost, before any discount.
    """

    name: str
    margin: float
    products: tuple[tuple[str, int], ...]
    cost_known: bool = True


@dataclass(frozen=True)
class Segment:
    """A kind of client, its share of all, and what such a client may be called.

    ``season`` has a factor around 1 for each month of the year; ``titles`` hold one {} for the
    invented name.  ``larger``: by how many standard deviations its clients are larger than most.
    """

    name: str
    share: float
    season: tuple[float, ...]
    titles: tuple[str, ...]
    larger: float = 0.0


@dataclass(frozen=True)
class City:
    name: str
    region: str
    share: float
    phone: str  # code of the area
    team: int  # which of the two teams serves it


@dataclass(frozen=True)
class Note:
    """A pattern of an interaction.

    ``topic`` says about which clients it may be told (see shapes.TOPICS); the slots are contact,
    product, family, days, number and month.  ``satisfaction`` is a range, or None.
    """

    kind: str
    topic: str
    subject: str
    text: str
    satisfaction: tuple[int, int] | None = None


@dataclass(frozen=True)
class Position:
    title: str
    role: str


@dataclass(frozen=True)
class Person:
    """Someone who works in the company that the workspace belongs to."""

    name: str
    address: str  # the part of the e-mail before @
    role: str
    function: str = ""
    team: int | None = None


@dataclass(frozen=True)
class Words:
    language: str
    company: str
    company_inn: str
    domain: str
    country: str
    source: str
    vat_per_cent: int
    prefixes: dict[str, str]  # document type, or "payment" -> prefix of its numbers
    families: tuple[Family, ...]
    segments: tuple[Segment, ...]
    cities: tuple[City, ...]
    names: tuple[str, ...]  # invented names of companies, all different
    forms: tuple[tuple[str, float], ...]  # legal forms with one {}, and their shares
    sole_trader: Callable[[str, str, str], tuple[str, str]]  # -> name, legal name
    full_name: Callable[[str, str, str], str]
    group_title: str
    member_title: str
    first_names: tuple[tuple[str, ...], tuple[str, ...]]  # of women, of men
    patronymics: tuple[tuple[str, ...], tuple[str, ...]]
    surnames: tuple[tuple[str, ...], tuple[str, ...]]
    positions: tuple[Position, ...]
    months: tuple[str, ...]  # as in «by March»
    notes: tuple[Note, ...]
    phone: str  # slots: code of the area, and two times two digits
    teams: tuple[str, str]
    people: tuple[Person, ...]
    agreement: str
    shared_mailboxes: dict[str, str]  # role of a contact -> mailbox of a department
