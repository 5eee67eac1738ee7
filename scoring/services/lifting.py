"""What would bring one client over the key line, or off the list: one rating at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.measures.catalogue import MEASURES
from kam.lib import formatting
from scoring.engine.explain import lift
from scoring.engine.inverse import value_for
from scoring.engine.ratings import rule_from_dict
from scoring.models import VersionCriterion

from .explanation import Explanation, Part, measure_label, rating_words, value_words

NAMED = 4


@dataclass(frozen=True)
class Lift:
    """One rating that alone would be enough.  before: None where it is not rated yet.  value: what
    the criterion's measure would have to be, None where people rate or no value is enough."""

    part: Part
    before: float | None
    after: float
    value: float | None

    @property
    def criterion(self) -> VersionCriterion:
        return self.part.criterion

    @property
    def change(self) -> float:
        return abs(self.after - self.before) if self.before is not None else np.inf


@dataclass(frozen=True)
class Lifting:
    """listed: whether the client is on the list now.  lifts: the least change first; empty where
    no single rating is enough.  line: points of the key line."""

    line: float
    listed: bool
    lifts: list[Lift]


def lifting(found: Explanation) -> Lifting | None:
    """What would change the client's side of the key line; None where there is no line or no score.

    For a client on the list: which rating, falling alone, would put it under the line.
    """
    run, row = found.run, found.row
    if run.line is None or found.score is None:
        return None
    ratings = [np.nan if part.rating is None else part.rating for part in found.parts]
    shares = [part.share for part in found.parts]
    if not row.selected and round(found.score, 9) > round(run.line, 9):
        return None  # left out by a rule that looks at other things than points
    line = run.line - (1e-8 if row.selected and round(found.score, 9) == round(run.line, 9) else 0)
    needed = lift(ratings, shares, line)
    lifts = [
        Lift(part, part.rating, float(after), None if row.selected else _value(found, part, after))
        for part, after in zip(found.parts, needed, strict=True)
        if np.isfinite(after) and part.applicable and after != part.rating
    ]
    lifts.sort(key=lambda each: (each.change, -each.part.share))
    return Lifting(run.line, bool(row.selected), lifts)


def _value(found: Explanation, part: Part, rating: float) -> float | None:
    """The measure's value that would be rated so, where the measure alone decides."""
    criterion = part.criterion
    if criterion.measure not in MEASURES or part.people is not None:
        return None
    rule = rule_from_dict(criterion.rule)
    frozen = found.run.fitted[part.position - 1].get("fitted", {})
    if rule.within:
        own = getattr(found.client, rule.within)
        frozen = frozen.get("segments", {}).get(own, frozen.get("whole", {}))
    return value_for(rule, frozen, rating)


def sentences(found: Lifting) -> list[str]:
    """What would be enough, as plain sentences in the reader's language."""
    if not found.lifts:
        if found.listed:
            return [_("No single rating, whatever it fell to, would put this client off the list.")]
        return [
            _("No single rating would bring this client over the line; it takes more than one.")
        ]
    return [_sentence(each, listed=found.listed) for each in found.lifts[:NAMED]]


def _sentence(each: Lift, *, listed: bool) -> str:
    values = {
        "criterion": each.part.label,
        "before": rating_words(each.before),
        "after": rating_words(round(each.after, 2)),
    }
    if listed:
        if each.before is None:
            return _("“%(criterion)s”, rated %(after)s, would put it off the list.") % values
        return (
            _("“%(criterion)s” falling from %(before)s to %(after)s would put it off the list.")
            % values
        )
    if each.before is None:
        return _("“%(criterion)s”, not rated yet, would have to be %(after)s.") % values
    if each.value is not None:
        measure = each.criterion.measure
        return _(
            "“%(criterion)s” rated %(after)s instead of %(before)s would be enough: %(measure)s from %(value)s (now %(now)s)."
        ) % {
            **values,
            "measure": measure_label(each.criterion).lower(),
            "value": value_words(measure, each.value, short=True),
            "now": value_words(measure, each.part.value, short=True),
        }
    return _("“%(criterion)s” rated %(after)s instead of %(before)s would be enough.") % values


def to_line_words(found: Explanation) -> str:
    """How far the client is from the key line; empty where there is none."""
    if found.to_line is None:
        return ""
    points = formatting.number(abs(found.to_line), 2, language=get_language() or "en")
    if round(found.to_line, 9) == 0:
        return _("Exactly on the key line.")
    if found.to_line > 0:
        return _("%(points)s points above the key line.") % {"points": points}
    return _("%(points)s points below the key line.") % {"points": points}
