"""Where judgements may name people of clients, for whoever looks for a person everywhere."""

from django.utils.translation import gettext_lazy as _

from accounts.services.subject_places import Place
from accounts.services.subject_places import register as add
from scoring.models import DecisionItem, DecisionVote, ListOverride, Rating, RatingRequest

CLOSED = _("a decision that was taken is never changed; it is kept as evidence")


def register() -> None:
    add(
        Place("ratings", _("Reasons of ratings"), Rating, ("reason",)),
        Place("rating_requests", _("Requests for a rating"), RatingRequest, ("reason",)),
        Place("overrides", _("Exceptions from the rules of the list"), ListOverride, ("reason",)),
        Place("decisions", _("Decisions"), DecisionItem, ("reason",), kept=lambda: CLOSED),
        Place("votes", _("Votes on decisions"), DecisionVote, ("comment",), "",
              kept=lambda: CLOSED),
    )  # fmt: skip
