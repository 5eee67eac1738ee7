"""Asking people for the ratings that would settle seats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from scoring.models import WantedRating

from .rating_requests import ask


@dataclass(frozen=True)
class AskedFor:
    """requests: how many questions were new.  without: rows whose client has no KAM to ask."""

    requests: int
    without: int


@transaction.atomic
def ask_for(
    actor: User,
    wanted: Sequence[WantedRating],
    person: User | None,
    due: dt.date | None = None,
) -> AskedFor:
    """Ask one person for these ratings, or with None each client's own KAM.

    What is measured rather than rated is left out.  Raises ValidationError, and asks nobody, where
    nothing is chosen or somebody may not see a client.
    """
    pairs: dict[User, list[tuple[int, int]]] = {}
    without = 0
    for row in wanted:
        if row.criterion.measure and not row.criterion.rated_by_people:
            continue
        whom = person or row.client.owner
        if whom is None:
            without += 1
            continue
        pairs.setdefault(whom, []).append((row.client_id, row.criterion_id))
    if not pairs:
        raise ValidationError(
            _("These clients have no KAM: choose whom to ask.")
            if without
            else _("Choose at least one rating that people give.")
        )
    reason = _("This rating is likely to settle the client's seat on the list.")
    found = [ask(actor, asked, [whom], due, reason) for whom, asked in pairs.items()]
    return AskedFor(sum(map(len, found)), without)
