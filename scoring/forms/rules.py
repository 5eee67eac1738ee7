"""What a person has set on the page of one rating rule; all in the URL until it is saved.

Names: ``kind``, ``direction``, ``within``; ``c2`` .. ``c10`` the value from which each rating is
reached; ``kv1``, ``kr1`` .. the knots' values and ratings; ``lo``, ``hi`` the ends of a scale;
``w0``, ``wr0`` .. words and their ratings; ``propose`` asks for cut points from the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.measures.catalogue import MEASURES
from kam.lib import formatting
from scoring.engine.distribution import RATINGS, even_cuts, readable
from scoring.engine.ratings import Direction, rule_from_dict
from scoring.engine.reference import quantile
from scoring.inputs import ATTRIBUTES
from scoring.models import VersionCriterion
from scoring.services.rules import Population

from .matrices import KINDS as ALL_KINDS
from .matrices import plain_number, read_number, rule_kind

# How a number becomes a rating, as a person chooses it; words and people have no choice.
KINDS = tuple(kind for kind in ALL_KINDS if kind[0] not in ("category", "manual"))
SCALES = ("min_max", "min_max_log")
MOST_KNOTS = 6
MOST_WORDS = 60
# The values that a scale of one's own runs between at first.
KNOTS_AT = ((5, 1), (50, 5), (95, 10))


@dataclass
class RuleSheet:
    """One rule as it stands on the page.

    cuts: text by rating 2..10; knots: pairs of texts; bounds: texts of lo and hi; words: (word,
    how many have it, text of its rating).  rule: ready to be stored, None where ``errors`` say
    what cannot be read.
    """

    kind: str
    direction: Direction = "benefit"
    within: str = ""
    rounding: str = "integer"
    cuts: dict[int, str] = field(default_factory=dict)
    knots: list[tuple[str, str]] = field(default_factory=list)
    bounds: dict[str, str] = field(default_factory=dict)
    words: list[tuple[str, int, str]] = field(default_factory=list)
    rule: dict[str, Any] | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def may_compare(self) -> bool:
        """Whether the rule may compare clients at all, so that it may do so within segments."""
        learnt = self.kind in SCALES and not all(self.bounds.get(n) for n in ("lo", "hi"))
        return learnt or self.kind in ("percentile", "decile_band")


def read_sheet(row: VersionCriterion, people: Population, data: Mapping[str, str]) -> RuleSheet:
    """The rule that ``data`` (a query or a form) says; without a kind, the stored one."""
    sheet = _asked(row, people, data) if data.get("kind") else stored_sheet(row, people)
    if row.measure in ATTRIBUTES:
        sheet.kind = "category"
    if "propose" in data and sheet.kind == "threshold":
        sheet.cuts = _texts(even_cuts(people.values, sheet.direction))
    if not _numbers(sheet):
        _begin(sheet, people)
    try:
        sheet.rule = rule_from_dict(_rule(sheet)).to_dict()
    except ValidationError as error:
        sheet.errors = error.messages
    except ValueError as error:
        sheet.errors = [_("This rule cannot be used: %(error)s") % {"error": error}]
    return sheet


def _asked(row: VersionCriterion, people: Population, data: Mapping[str, str]) -> RuleSheet:
    kind = data["kind"] if data["kind"] in dict(KINDS) else "threshold"
    said = data.get("direction", "") or natural_direction(row.measure)
    names = range(1, MOST_KNOTS + 1)
    typed = {
        data[name]: data.get(f"wr{name[1:]}", "").strip()
        for name in data
        if name[:1] == "w" and name[1:].isdecimal()
    }
    return RuleSheet(
        kind=kind,
        direction="cost" if said == "cost" else "benefit",
        within=data.get("within", "") if data.get("within") in ATTRIBUTES else "",
        rounding=row.rule.get("rounding", "integer"),
        cuts={rating: data.get(f"c{rating}", "").strip() for rating in RATINGS},
        knots=[(data.get(f"kv{n}", "").strip(), data.get(f"kr{n}", "").strip()) for n in names],
        bounds={name: data.get(name, "").strip() for name in ("lo", "hi")},
        words=[(word, count, typed[word]) for word, count in _words(row, people) if word in typed],
    )


def spaced(value: float) -> str:
    """All digits of a number, as its reader writes it: ``1 250 000``, ``0,5``; read back by
    :func:`scoring.forms.matrices.read_number`."""
    decimals = len(plain_number(value).partition(".")[2])
    return formatting.number(value, decimals, language=get_language() or "en")


def natural_direction(measure: str) -> Direction:
    """What the measure itself says of more and less."""
    return MEASURES[measure].direction if measure in MEASURES else "benefit"


def stored_sheet(row: VersionCriterion, people: Population) -> RuleSheet:
    """The rule as the version has it."""
    rule = row.rule
    kind = rule_kind(rule)
    sheet = RuleSheet(
        kind=kind,
        direction=rule.get("direction", "benefit"),
        within=rule.get("within", ""),
        rounding=rule.get("rounding", "integer"),
    )
    if kind == "threshold":
        sheet.cuts = _texts(cuts_by_rating(rule["cuts"], sheet.direction))
    elif kind == "piecewise":
        falling = sheet.direction == "cost"  # said by the ratings themselves from now on
        sheet.knots = [
            (spaced(value), spaced(11 - rating if falling else rating))
            for value, rating in rule["knots"]
        ]
        sheet.direction = "benefit"
    elif kind in SCALES:
        sheet.bounds = {
            name: "" if rule.get(name) is None else spaced(rule[name]) for name in ("lo", "hi")
        }
    elif kind == "category":
        table = rule["table"]
        sheet.words = [
            (word, count, spaced(table[word]) if word in table else "")
            for word, count in _words(row, people)
        ]
    return sheet


def _words(row: VersionCriterion, people: Population) -> list[tuple[str, int]]:
    """The words of the data, then those that only the rule knows."""
    found = people.words[:MOST_WORDS]
    known = {word for word, _count in found}
    return [*found, *((word, 0) for word in row.rule.get("table", {}) if word not in known)]


def _numbers(sheet: RuleSheet) -> bool:
    """Whether anything is typed that the kind needs."""
    if sheet.kind == "threshold":
        return any(sheet.cuts.values())
    if sheet.kind == "piecewise":
        return any(value for value, _rating in sheet.knots)
    return True


def _begin(sheet: RuleSheet, people: Population) -> None:
    """Numbers from the data for a kind that has none yet."""
    if sheet.kind == "threshold":
        sheet.cuts = _texts(even_cuts(people.values, sheet.direction))
        return
    values = np.sort(people.values[np.isfinite(people.values)])
    if not len(values):
        return
    falling = natural_direction(people.measure) == "cost"
    found: dict[float, int] = {}
    for part, rating in KNOTS_AT:
        place = quantile(values, part, 100)
        found.setdefault(readable(place), 11 - rating if falling else rating)
    sheet.knots = [(spaced(value), str(rating)) for value, rating in found.items()]


def _rule(sheet: RuleSheet) -> dict[str, Any]:
    """The rule as it is stored.  Raises ValidationError saying what cannot be read."""
    rule: dict[str, Any] = {
        "kind": sheet.kind.removesuffix("_log"),
        "rounding": sheet.rounding,
    }
    if sheet.kind in ("threshold", *SCALES, "percentile", "decile_band"):
        rule["direction"] = sheet.direction
    if sheet.kind == "threshold":
        typed = {rating: read_number(text) for rating, text in sheet.cuts.items() if text}
        rule["cuts"] = cuts_of(typed, sheet.direction)
    elif sheet.kind == "piecewise":
        rule["knots"] = _read_knots(sheet.knots)
    elif sheet.kind in SCALES:
        rule["log"] = sheet.kind == "min_max_log"
        rule |= {n: read_number(text) if text else None for n, text in sheet.bounds.items()}
        rule.setdefault("lo", None)
        rule.setdefault("hi", None)
    elif sheet.kind == "category":
        rule["table"] = {word: read_number(text) for word, _n, text in sheet.words if text}
    if sheet.may_compare and sheet.within:
        rule["within"] = sheet.within
    return rule


def _read_knots(knots: list[tuple[str, str]]) -> list[tuple[float, float]]:
    typed = [knot for knot in knots if any(knot)]
    if any(not all(knot) for knot in typed):
        raise ValidationError(_("A point needs both a value and a rating."))
    found = sorted((read_number(value), read_number(rating)) for value, rating in typed)
    if any(a == b for (a, _r), (b, _s) in pairwise(found)):
        raise ValidationError(_("Two points have the same value."))
    return found


def cuts_by_rating(cuts: list[float], direction: Direction) -> dict[int, float]:
    """Which value each rating from 2 on is reached at; of equal cuts the highest rating has it."""
    ordered = cuts if direction == "benefit" else list(reversed(cuts))
    found = dict(enumerate(ordered, start=2))
    return {rating: cut for rating, cut in found.items() if found.get(rating + 1) != cut}


def cuts_of(typed: Mapping[int, float], direction: Direction) -> list[float]:
    """Ascending cuts of a threshold rule from the values by rating; a rating without one is
    passed over.  Raises ValidationError where they do not go one way."""
    if not typed:
        raise ValidationError(_("Type at least one cut point."))
    in_order = [typed[rating] for rating in sorted(typed)]
    rising = direction == "benefit"
    if any((a > b) if rising else (a < b) for a, b in pairwise(in_order)):
        raise ValidationError(
            _("Each further rating needs a larger value.")
            if rising
            else _("Each further rating needs a smaller value, as less is better.")
        )
    cuts: list[float] = []
    for rating in range(2, max(typed) + 1):
        cuts.append(next(typed[at] for at in range(rating, max(typed) + 1) if at in typed))
    return sorted(cuts)


def _texts(cuts: Mapping[int, float]) -> dict[int, str]:
    return {rating: spaced(cut) for rating, cut in cuts.items()}
