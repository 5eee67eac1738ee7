"""People's ratings: a new opinion closes the old one, nothing is overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Client, User
from kam.lib.periods import today
from scoring.models import Criterion, Rating, RatingRequest

AT_ONCE = 5_000


@dataclass(frozen=True)
class Opinion:
    """What one rater says of one client on one criterion.

    value 1..10, or None: then either the criterion does not apply to the client, or the rater
    takes the earlier rating back.  known_from: since when we know it (default now).
    """

    client_id: int
    criterion_id: int
    value: Decimal | None
    not_applicable: bool = False
    rater_id: int | None = None
    rater_name: str = ""
    date: dt.date | None = None
    reason: str = ""
    source: str = ""
    known_from: dt.datetime | None = None

    @property
    def place(self) -> tuple[int, int, int | None, str]:
        """Of two opinions at one place the later one holds."""
        return self.client_id, self.criterion_id, self.rater_id, self.rater_name


@dataclass
class Recorded:
    created: int = 0
    updated: int = 0  # new opinions in place of earlier ones
    unchanged: int = 0


def rate(
    client: Client,
    criterion: Criterion,
    value: Decimal | int | None,
    *,
    rater: User | None,
    not_applicable: bool = False,
    reason: str = "",
    date: dt.date | None = None,
) -> Rating | None:
    """Record one person's rating; value None without ``not_applicable`` takes it back.

    Returns the rating in force, or None where there is none any more.  Whether the rater may
    change the client is the caller's question.  Raises ValidationError outside 1..10 and for a
    day to come.
    """
    opinion = Opinion(
        client_id=client.pk,
        criterion_id=criterion.pk,
        value=None if value is None else Decimal(value),
        not_applicable=not_applicable,
        rater_id=rater.pk if rater else None,
        date=date,
        reason=reason,
    )
    record_opinions([opinion])
    return (
        Rating.objects.filter(
            client=client, criterion=criterion, rater=rater, rater_name="", known_to__isnull=True
        )
        .exclude(value__isnull=True, not_applicable=False)
        .first()
    )


@transaction.atomic
def record_opinions(opinions: Iterable[Opinion]) -> Recorded:
    """Record opinions in the order given, one transaction.

    An opinion older than the one in force goes to the history and changes nothing.  One that says
    the same on the same day is counted as unchanged.
    """
    recorded = Recorded()
    batch: dict[tuple, Opinion] = {}
    for opinion in opinions:
        check(opinion)
        if opinion.place in batch or len(batch) >= AT_ONCE:
            _write(batch, recorded)
            batch = {}
        batch[opinion.place] = opinion
    _write(batch, recorded)
    return recorded


def check(opinion: Opinion) -> None:
    """Raise ValidationError where the opinion cannot be."""
    if opinion.value is not None and not 1 <= opinion.value <= 10:
        raise ValidationError(_("A rating is a number from 1 to 10."), code="rating.range")
    if opinion.value is not None and opinion.not_applicable:
        raise ValidationError(
            _("Where a criterion does not apply there is no rating."), code="rating.not_applicable"
        )
    if opinion.date is not None and opinion.date > today():
        raise ValidationError(_("The day of a rating cannot lie ahead."), code="rating.future")


def _write(batch: dict[tuple, Opinion], recorded: Recorded) -> None:
    if not batch:
        return
    now = timezone.now()
    # Every rater's opinion has to be seen here, whoever types: the places are the raters' own.
    in_force = {
        (row.client_id, row.criterion_id, row.rater_id, row.rater_name): row
        for row in Rating.objects.select_for_update().filter(
            known_to__isnull=True,
            client_id__in={opinion.client_id for opinion in batch.values()},
            criterion_id__in={opinion.criterion_id for opinion in batch.values()},
        )
    }
    closed, fresh = [], []
    for place, opinion in batch.items():
        earlier = in_force.get(place)
        day = opinion.date or today()
        known = opinion.known_from or now
        if _says_nothing_new(earlier, opinion, day):
            recorded.unchanged += 1
            continue
        if earlier is not None and day < earlier.date and _is_in_history(opinion, day):
            recorded.unchanged += 1
            continue
        row = Rating(
            client_id=opinion.client_id,
            criterion_id=opinion.criterion_id,
            value=opinion.value,
            not_applicable=opinion.not_applicable,
            rater_id=opinion.rater_id,
            rater_name=opinion.rater_name,
            source=opinion.source,
            date=day,
            reason=opinion.reason,
            known_from=known,
        )
        fresh.append(row)
        if earlier is None:
            recorded.created += 1
        elif day < earlier.date:
            row.known_to = max(known, earlier.known_from)
            recorded.created += 1
        else:
            earlier.known_to = row.known_from = max(known, earlier.known_from)
            closed.append(earlier)
            recorded.updated += 1
    Rating.objects.bulk_update(closed, ["known_to"])
    Rating.objects.bulk_create(fresh)
    _close_requests(batch, now)


def _close_requests(batch: dict[tuple, Opinion], now: dt.datetime) -> None:
    """Whoever says something has answered what they were asked."""
    said = {
        (opinion.client_id, opinion.criterion_id, opinion.rater_id)
        for opinion in batch.values()
        if opinion.rater_id is not None and (opinion.value is not None or opinion.not_applicable)
    }
    if not said:
        return
    clients, criteria, raters = (set(each) for each in zip(*said, strict=True))
    waiting = RatingRequest.objects.filter(
        answered_at__isnull=True,
        withdrawn_at__isnull=True,
        client_id__in=clients,
        criterion_id__in=criteria,
        person_id__in=raters,
    )
    answered = [
        row.pk for row in waiting if (row.client_id, row.criterion_id, row.person_id) in said
    ]
    if answered:
        RatingRequest.objects.filter(pk__in=answered).update(answered_at=now)


def _says_nothing_new(earlier: Rating | None, opinion: Opinion, day: dt.date) -> bool:
    takes_back = opinion.value is None and not opinion.not_applicable
    if earlier is None or (earlier.value is None and not earlier.not_applicable):
        return takes_back
    return (
        earlier.value == opinion.value
        and earlier.not_applicable == opinion.not_applicable
        and earlier.date == day
        and earlier.reason == opinion.reason
    )


def _is_in_history(opinion: Opinion, day: dt.date) -> bool:
    return Rating.objects.filter(
        client_id=opinion.client_id,
        criterion_id=opinion.criterion_id,
        rater_id=opinion.rater_id,
        rater_name=opinion.rater_name,
        date=day,
        value=opinion.value,
        not_applicable=opinion.not_applicable,
        reason=opinion.reason,
    ).exists()
