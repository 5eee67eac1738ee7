"""Surveys as pages and the API show them: who was asked, what they said, who waits for a talk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.utils import timezone

from accounts.models import (
    Client,
    Contact,
    Standing,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyRefusal,
)
from kam.lib.scoping import current

from .clients import named_like

ANSWERED = Q(answer__isnull=False)
WAITING = Q(answer__score__lte=SurveyAnswer.LOW, answer__followed_up_at__isnull=True)
PROMOTERS, DETRACTORS = Q(answer__score__gte=9), Q(answer__score__lte=6)


@dataclass(frozen=True)
class Counts:
    """Of the invitations that the actor may see; those withdrawn and not answered count nowhere."""

    invited: int = 0
    answered: int = 0
    promoters: int = 0
    detractors: int = 0
    total: int = 0  # of the scores
    waiting: int = 0  # low answers that nobody has followed up

    @property
    def passives(self) -> int:
        return self.answered - self.promoters - self.detractors


_COUNTS = {
    "invited": Count("pk"),
    "answered": Count("pk", ANSWERED),
    "promoters": Count("pk", PROMOTERS),
    "detractors": Count("pk", DETRACTORS),
    "total": Sum("answer__score", default=0),
    "waiting": Count("pk", WAITING),
}


def _counted() -> QuerySet[SurveyInvitation]:
    return SurveyInvitation.objects.filter(Q(withdrawn_at__isnull=True) | ANSWERED).order_by()


def counts_of(surveys: Collection[int]) -> dict[int, Counts]:
    """Survey -> its counts."""
    rows = _counted().filter(survey__in=surveys).values("survey").annotate(**_COUNTS)
    return {row.pop("survey"): Counts(**row) for row in rows}


def scores_of(survey: Survey) -> dict[int, int]:
    """Score -> how many said so."""
    rows = SurveyAnswer.objects.filter(invitation__survey=survey).order_by().values("score")
    found = {row["score"]: row["many"] for row in rows.annotate(many=Count("pk"))}
    return {score: found.get(score, 0) for score in range(survey.lowest, 11)}


def surveys() -> QuerySet[Survey]:
    return Survey.objects.select_related("author")


def open_surveys(day: dt.date) -> QuerySet[Survey]:
    return Survey.objects.filter(closes_on__gte=day).order_by("closes_on", "pk")


def invitations() -> QuerySet[SurveyInvitation]:
    return SurveyInvitation.objects.select_related(
        "survey", "client", "contact", "author", "answer", "answer__followed_up_by"
    )


@dataclass(frozen=True)
class Filters:
    """``state``: answered, waiting (a low answer that nobody followed up), silent, withdrawn."""

    state: str = ""


STATES = {
    "answered": ANSWERED,
    "waiting": WAITING,
    "silent": Q(answer__isnull=True, withdrawn_at__isnull=True),
    "withdrawn": Q(answer__isnull=True, withdrawn_at__isnull=False),
}


def filtered(survey: Survey, filters: Filters) -> QuerySet[SurveyInvitation]:
    """Those asked, who waits for a talk first."""
    found = invitations().filter(survey=survey)
    if filters.state in STATES:
        found = found.filter(STATES[filters.state])
    return found.annotate(waits=Case(When(WAITING, then=0), default=1)).order_by(
        "waits", F("answer__answered_at").desc(nulls_last=True), "-created_at", "-pk"
    )


def of_clients(entities: Collection[int]) -> QuerySet[SurveyInvitation]:
    """Of a client with its members, the latest first."""
    return invitations().filter(client__in=entities).order_by("-created_at", "-pk")


def waiting_of(entities: Collection[int] | None = None) -> QuerySet[SurveyInvitation]:
    """Low answers that nobody has followed up, the lowest first."""
    found = invitations().filter(WAITING)
    if entities is not None:
        found = found.filter(client__in=entities)
    return found.order_by("answer__score", "answer__answered_at", "pk")


def candidates(client: Client | None, q: str, only_key: bool) -> QuerySet[Contact]:
    """People who may be asked: of clients that the actor may change, still there."""
    people = Contact.objects.filter(left_on__isnull=True, anonymised_at__isnull=True)
    people = people.editable_by(current()).select_related("client")
    if client is not None:
        people = people.filter(Q(client=client) | Q(client__group=client))
    elif q.strip():
        people = people.filter(client__in=Client.objects.filter(named_like(q[:120])))
    elif only_key:
        standing = Standing.objects.filter(
            value__in=[*Standing.IS_KEY, Standing.Value.TRIAL],
            until__isnull=True,
            known_to__isnull=True,
        )
        people = people.filter(client__in=standing.order_by().values("client_id"))
    return people.order_by("client__sort_name", "client_id", "name", "pk")


def rest_begins() -> dt.datetime:
    """Whoever was asked since this moment is left in peace."""
    return timezone.now() - dt.timedelta(days=settings.SURVEY_REST_DAYS)


def refused(contacts: Iterable[int]) -> set[int]:
    rows = SurveyRefusal.objects.filter(contact__in=list(contacts)).order_by()
    return set(rows.values_list("contact_id", flat=True))


def asked_since(contacts: Iterable[int], since: dt.datetime) -> set[int]:
    """Who was asked in any survey since then; withdrawn links do not count."""
    rows = SurveyInvitation.objects.filter(
        contact__in=list(contacts), created_at__gte=since, withdrawn_at__isnull=True
    )
    return set(rows.order_by().values_list("contact_id", flat=True))


def asked_in(survey: Survey, contacts: Iterable[int]) -> set[int]:
    rows = SurveyInvitation.objects.filter(survey=survey, contact__in=list(contacts)).order_by()
    return set(rows.values_list("contact_id", flat=True))
