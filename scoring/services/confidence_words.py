"""What is known of a list's confidence, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from kam.lib import formatting
from scoring.engine.robustness import most_fragile
from scoring.models import Confidence, VersionCriterion
from scoring.selectors.matrices import version_criteria

from .confidence import APART, CLOSE, ROUGH


def agreement_choices() -> list[tuple[str, str]]:
    """How closely people agree on the weights; the keys are what forms and the API send."""
    return [
        ("close", _("We agree closely on the weights")),
        ("rough", _("We roughly agree on the weights")),
        ("apart", _("We disagree about the weights")),
        ("any", _("Any weights could be right")),
    ]


CONCENTRATIONS = {"close": CLOSE, "rough": ROUGH, "apart": APART, "any": None}


def agreement_words(concentration: float | None) -> str:
    words = dict(agreement_choices())
    for key, value in CONCENTRATIONS.items():
        if value == concentration:
            return words[key]
    return _("Weights scattered with concentration %(value)s") % {"value": f"{concentration:g}"}


@dataclass(frozen=True)
class Stability:
    """How far one weight may move alone: shares of weight, and whether an end is one where the
    list changes (it does not change at 0 and 1)."""

    criterion: VersionCriterion
    share: float
    low: float
    high: float
    fragile: bool = False

    @property
    def fixed_below(self) -> bool:
        return self.low <= 1e-12

    @property
    def fixed_above(self) -> bool:
        return self.high >= 1 - 1e-12

    @property
    def never(self) -> bool:
        """Whether this weight alone changes nothing, wherever it goes."""
        return self.fixed_below and self.fixed_above


class Answer:
    """A finished confidence with its words, in the reader's language."""

    def __init__(self, row: Confidence):
        self.row = row
        self.run = row.run

    @cached_property
    def criteria(self) -> list[VersionCriterion]:
        return version_criteria(self.run.version)

    @cached_property
    def fragile(self) -> tuple[VersionCriterion, float] | None:
        """The criterion whose weight has least to move, and where the list then changes."""
        if not self.row.intervals:
            return None
        found = most_fragile(self.row.intervals, [each.share for each in self.criteria])
        return None if found is None else (self.criteria[found[0]], found[1])

    @cached_property
    def stability(self) -> list[Stability]:
        fragile = self.fragile[0].pk if self.fragile else None
        return [
            Stability(each, each.share, low, high, each.pk == fragile)
            for each, (low, high) in zip(self.criteria, self.row.intervals, strict=True)
        ]

    @property
    def agreement(self) -> str:
        return agreement_words(self.row.concentration)

    @property
    def title(self) -> str:
        """``26 of 30 seats are sure``: the seats that are not nearly sure are contested."""
        contested = self.row.contested or 0
        if not contested:
            return _("Every seat is sure: no client on the list or off it hangs on the weights")
        return ngettext(
            "%(count)s client's seat hangs on the weights",
            "The seats of %(count)s clients hang on the weights",
            contested,
        ) % {"count": _number(contested)}

    @property
    def fragile_words(self) -> str:
        if self.fragile is None:
            return _("No single weight changes the list, wherever it moves.")
        criterion, at = self.fragile
        now = criterion.share
        words = (
            _("The list hangs most on “%(name)s”: it changes when the weight falls from %(now)s to %(at)s.")
            if at < now
            else _("The list hangs most on “%(name)s”: it changes when the weight rises from %(now)s to %(at)s.")
        )  # fmt: skip
        return words % {"name": criterion.criterion.label, "now": _percent(now), "at": _percent(at)}


def _percent(share: float) -> str:
    return formatting.percent(share, 1, language=get_language() or "en")


def _number(value: float) -> str:
    return formatting.number(value, language=get_language() or "en")
