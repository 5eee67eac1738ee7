"""What would bring one client over the key line, or off the list: one rating at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.measures.catalogue import MEASURES
from kam.lib import formatting
from scoring.engine.explain import lift
from scoring.engine.inverse import shown_value, value_for
from scoring.engine.ratings import rule_from_dict
from scoring.models import MatrixVersion, RankingRow, VersionCriterion
from scoring.selectors.clients import across_the_line

from .explanation import (
    Explanation,
    Part,
    measure_label,
    possible_rating,
    rating_words,
    value_decimals,
    value_words,
)

NAMED = 4
PEOPLE = 3
# How far a score lies from one that differs when rounded to 9 decimals, and more.
NEXT = 1e-8


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

    @property
    def raters(self) -> list[str]:
        """Whose ratings the criterion has, of those the actor may know."""
        given = [each for each in self.part.opinions if each.value is not None]
        return list(dict.fromkeys(str(each.rater or each.rater_name) for each in given))


@dataclass(frozen=True)
class Lifting:
    """listed: whether the client is on the list now.  lifts: the least change first; empty where
    no single rating is enough.  line: points of the key line.

    rival: whom a client on the list of the best has to fall behind to be off it; None where the
    list has a fixed threshold, or where no client off it may be seen.  full: whether everybody
    with a place is on the list, so that nobody could take this one's.
    """

    line: float
    listed: bool
    lifts: list[Lift]
    by_points: bool = False
    rival: RankingRow | None = None
    full: bool = False


def lifting(found: Explanation) -> Lifting | None:
    """What would change the client's side of the key line; None where there is no line or no score.

    For a client on the list: which rating, falling alone, would put it off.  Who falls under the
    line of a list of the N best is merely the last on it: off it is who falls behind one that is
    not on it.  The actor may see only some of those; behind any of them is off the list.
    """
    run, row = found.run, found.row
    if run.line is None or found.score is None:
        return None
    if not row.selected and round(found.score, 9) > round(run.line, 9):
        return None  # left out by a rule that looks at other things than points
    listed = bool(row.selected)
    by_points = run.version.selection == MatrixVersion.Selection.THRESHOLD
    rival = across_the_line(run, row) if listed and not by_points else None
    told = Lifting(run.line, listed, [], by_points, rival, full=run.selected >= run.rated)
    if listed and not by_points and rival is None:
        return told
    return replace(told, lifts=_lifts(found, _goal(told)))


def _goal(told: Lifting) -> float:
    """The score to pass.  Level with a threshold is over it; level with a client is not.  Who is on
    the list has to fall, also where it is level with the one off it: tie-breakers decided."""
    if told.listed:
        return (told.rival.score if told.rival else told.line) - NEXT
    return told.line - NEXT if told.by_points else told.line


def _lifts(found: Explanation, goal: float) -> list[Lift]:
    listed = bool(found.row.selected)
    ratings = [np.nan if part.rating is None else part.rating for part in found.parts]
    needed = lift(ratings, [part.share for part in found.parts], goal, whole=False)
    lifts = []
    for part, exact in zip(found.parts, needed, strict=True):
        after = possible_rating(part.criterion, exact, falls=listed)
        if after is None or not part.applicable or after == part.rating:
            continue
        lifts.append(Lift(part, part.rating, after, None if listed else _value(found, part, after)))
    return sorted(lifts, key=lambda each: (each.change, -each.part.share))


def _value(found: Explanation, part: Part, rating: float) -> float | None:
    """The measure's value that would be rated so, where the measure alone decides; rounded as it
    is shown, so that what is shown is enough."""
    criterion = part.criterion
    if criterion.measure not in MEASURES or part.people is not None:
        return None
    if part.rating is not None and not _alone(part):
        return None
    rule = rule_from_dict(criterion.rule)
    frozen = found.run.fitted[part.position - 1].get("fitted", {})
    if rule.within:
        own = getattr(found.client, rule.within)
        frozen = frozen.get("segments", {}).get(own, frozen.get("whole", {}))
    exact = value_for(rule, frozen, rating)
    if exact is None:
        return None
    decimals = value_decimals(criterion.measure, exact)
    return shown_value(rule, frozen, rating, exact, decimals)


def _alone(part: Part) -> bool:
    """Whether the rating is the measure's; people may have rated whom the actor may not know."""
    return part.computed is not None and abs(part.computed - (part.rating or 0)) < 0.006


# --- In words -------------------------------------------------------------------------------------


def sentences(found: Lifting) -> list[str]:
    """What would be enough, as plain sentences in the reader's language."""
    if found.lifts:
        return [_sentence(each, found) for each in found.lifts[:NAMED]]
    if not found.listed:
        return [
            _("No single rating would bring this client over the line; it takes more than one.")
        ]
    if found.by_points:
        return [_("No single rating, whatever it fell to, would put this client off the list.")]
    if found.rival is not None:
        return [
            _("No single rating, whatever it fell to, would put this client behind %(rival)s, which is off the list.")
            % {"rival": found.rival.client.name}
        ]  # fmt: skip
    if found.full:
        return [_("Everybody with a place is on the list, so no rating would put this client off.")]
    return [_("None of the clients you may see is off the list, so what would put this one off cannot be told here.")]  # fmt: skip


def _sentence(each: Lift, found: Lifting) -> str:
    values = {
        "criterion": each.part.label,
        "before": rating_words(each.before),
        "after": rating_words(each.after),
    }
    if found.listed:
        return _falling(each, values, found.rival)
    if each.before is None:
        return _("“%(criterion)s”, not rated yet, would have to be %(after)s.") % values
    if each.value is not None:
        return _measured(each, values)
    told = _("“%(criterion)s” rated %(after)s instead of %(before)s would be enough.") % values
    return f"{told} {_rated_by(each.raters)}".strip()


def _falling(each: Lift, values: dict[str, str], rival: RankingRow | None) -> str:
    if rival is None:
        if each.before is None:
            return _("“%(criterion)s”, rated %(after)s, would put it off the list.") % values
        return (
            _("“%(criterion)s” falling from %(before)s to %(after)s would put it off the list.")
            % values
        )
    values = {**values, "rival": rival.client.name}
    if each.before is None:
        return (
            _("“%(criterion)s”, rated %(after)s, would put it behind %(rival)s and so off the list.")
            % values
        )  # fmt: skip
    return (
        _("“%(criterion)s” falling from %(before)s to %(after)s would put it behind %(rival)s and so off the list.")
        % values
    )  # fmt: skip


def _measured(each: Lift, values: dict[str, str]) -> str:
    measure, label = each.criterion.measure, measure_label(each.criterion)
    # ABC and other abbreviations stay as they are written.
    begun = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    values = {
        **values,
        "measure": begun,
        "value": value_words(measure, each.value, short=True),
        "now": value_words(measure, each.part.value, short=True),
    }
    if each.value is not None and each.part.value is not None and each.value < each.part.value:
        return _(
            "“%(criterion)s” rated %(after)s instead of %(before)s would be enough: %(measure)s up to %(value)s (now %(now)s)."
        ) % values  # fmt: skip
    return _(
        "“%(criterion)s” rated %(after)s instead of %(before)s would be enough: %(measure)s from %(value)s (now %(now)s)."
    ) % values  # fmt: skip


def _rated_by(raters: list[str]) -> str:
    if not raters:
        return ""
    named, more = ", ".join(raters[:PEOPLE]), len(raters) - PEOPLE
    if more > 0:
        return ngettext(
            "Rated by %(names)s and %(more)s more person.",
            "Rated by %(names)s and %(more)s more people.",
            more,
        ) % {"names": named, "more": more}
    return _("Rated by %(names)s.") % {"names": named}


def no_lift_words(found: Explanation) -> list[str]:
    """Why there is no telling what would lift the client, where :func:`lifting` has no answer."""
    if found.score is None:
        return [
            _("“%(criterion)s” has to be rated before this client gets a place.")
            % {"criterion": part.label}
            for part in found.parts
            if part.criterion.mandatory and part.applicable and part.rating is None
        ]
    if found.run.version.selection == MatrixVersion.Selection.SHARE:
        return [_("The list is cut by profit, not by points: no rating moves a client over its end.")]  # fmt: skip
    return []


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
