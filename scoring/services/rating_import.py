"""Ratings from a file: the loader of the kind "ratings"."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.import_undo import register_derived, register_kept, register_name
from accounts.services.importing import Load, register_loader
from accounts.services.importing.messages import MESSAGES
from kam.lib.periods import today
from scoring.models import (
    Criterion,
    DecisionItem,
    ListOverride,
    Rating,
    RatingRequest,
    Seat,
    WantedRating,
)

from .ratings import Opinion, record_opinions

MESSAGES["criterion.unknown"] = _(
    "there is no criterion “%(value)s”. Write its key or its name as on the page of the matrix"
)
MESSAGES["rating.future"] = _("the day %(date)s lies ahead; a rating is of today or earlier")
_HUNDREDTH = 2


def load_ratings(load: Load) -> None:
    """Write the ratings of a file, oldest first.

    A rater who is a user here is that user, by e-mail or name; anybody else is kept by name.  Rows
    without a rater are the opinion of the source.
    """
    criteria = _by_name(
        (name, criterion.pk)
        for criterion in Criterion.objects.all()
        for name in (criterion.key, criterion.label_ru, criterion.label_en)
    )
    people = _by_name(
        (name, user.pk)
        for user in User.objects.filter(is_active=True).order_by("-pk")
        for name in (user.name, user.email)
    )
    now = today()
    opinions = []
    dates, raters = load.column("date"), load.column("rater")
    for position, client in enumerate(load.known_clients()):
        if client is None:
            continue
        written = load.column("criterion")[position]
        criterion = criteria.get(_folded(written))
        if criterion is None:
            load.error(position, "criterion", "criterion.unknown", value=written)
            continue
        day = dates[position] or now
        if day > now:
            load.error(position, "date", "rating.future", date=day.isoformat())
            continue
        rater = raters[position] or ""
        user = people.get(_folded(rater))
        opinions.append(
            Opinion(
                client_id=client,
                criterion_id=criterion,
                value=round(load.column("rating")[position], _HUNDREDTH),
                rater_id=user,
                rater_name="" if user else load.fit(position, "rater", 150, rater or load.source),
                date=day,
                reason=load.column("reason")[position] or "",
                source=load.source,
                known_from=load.known_from(day, None),
            )
        )
    opinions.sort(key=lambda opinion: opinion.date or now)
    recorded = record_opinions(opinions)
    counts = load.report.counts("ratings")
    counts.created += recorded.created
    counts.updated += recorded.updated
    counts.unchanged += recorded.unchanged
    load.report.totals["ratings"] = len(opinions)


def _by_name(pairs) -> dict[str, int]:
    return {_folded(name): pk for name, pk in pairs if name}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().replace("ё", "е")


def register() -> None:
    register_loader("ratings", load_ratings)
    register_kept(RatingRequest, _("Requests for a rating"))
    register_kept(Rating, _("Ratings"))
    register_derived(Seat, WantedRating)
    register_name(DecisionItem, _("Decisions"))
    register_name(ListOverride, _("Exceptions from the rules of the list"))
