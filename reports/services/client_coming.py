"""What comes for a client: needs it has told us of, and what it was invited to."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Initiative, Invitation, Need

from .client_allowed import MOST, read
from .shapes import Table, new_table, told_in_part


def table(entities: list[int]) -> Table:
    """Needs that the client said itself and confirmed, by the day they are wanted; then what we
    prepare and have invited it to, unless it declined.  What we have seen or reckoned ourselves is
    not told, nor is an initiative that is no more than an idea."""
    found = new_table(
        "coming", _("What comes: your needs, and what we prepare for you"),
        _("Nothing has been noted yet."),
        [
            (pgettext("review", "What"), "text"), (pgettext("review", "Kind"), "text"),
            (pgettext("review", "State"), "text"), (pgettext("review", "When"), "day"),
        ],
    )  # fmt: skip
    rows = [*_needs(entities), *_invitations(entities)]
    found["rows"] = rows[:MOST]
    return told_in_part(found, len(rows))


Row = tuple[str, str, str, dt.date | None]


def _needs(entities: list[int]) -> list[Row]:
    state = Need.State
    words = {
        state.CONFIRMED: pgettext("review", "We are working on it"),
        state.OFFERED: pgettext("review", "You have our offer"),
    }
    needs = Need.objects.filter(
        client__in=entities, source=Need.Source.SAID, state__in=list(words)
    ).order_by(F("by_when").asc(nulls_last=True), "pk")
    kind = pgettext("review", "Your need")
    return [(row["what"], kind, words[row["state"]], row["by_when"]) for row in read(needs)]


def _invitations(entities: list[int]) -> list[Row]:
    state, stage = Invitation.State, Initiative.Stage
    words = {
        state.INVITED: pgettext("review", "You are invited"),
        state.AGREED: pgettext("review", "You take part"),
        state.TOOK_PART: pgettext("review", "You take part"),
    }
    invitations = Invitation.objects.filter(
        client__in=entities, state__in=list(words),
        initiative__stage__in=[stage.PREPARED, stage.INVITING, stage.RUNNING],
    ).order_by(F("initiative__starts").asc(nulls_last=True), "pk")  # fmt: skip
    kinds = dict(Initiative.Kind.choices)
    return [
        (
            row["initiative__name"], str(kinds[row["initiative__kind"]]), words[row["state"]],
            row["initiative__starts"],
        )
        for row in read(invitations)
    ]  # fmt: skip
