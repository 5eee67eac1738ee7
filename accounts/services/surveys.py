"""Surveys: the questionnaire, and asking people of clients by a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.measures.nps import FEWEST as FEWEST_FOR_NPS
from accounts.measures.nps import Nps, nps
from accounts.models import Contact, Survey, SurveyAnswer, SurveyInvitation, SurveyRefusal, User
from accounts.selectors import surveys as found
from kam.audit.services import record
from kam.lib.locks import lock
from kam.lib.periods import today
from kam.lib.scoping import acting_system

from . import survey_consent, survey_mail
from .clients import Conflict

FIELDS = ("name", "scale", "questions", "closes_on")
# What may not change once somebody has answered.
_FAST = ("scale", "questions")
# Fewer answers have no mean, fewer invitations no rate in per cent.
FEWEST = 5
REASONS = {
    "left": gettext_lazy("left the company"),
    "blocked": gettext_lazy("their data is blocked"),
    "declined": gettext_lazy("does not want to be asked"),
    "asked": gettext_lazy("asked in this survey already"),
    "recent": gettext_lazy("was asked lately"),
    "consent": gettext_lazy("has not agreed to surveys"),
    "unused": gettext_lazy("surveys are no purpose in use"),
}


@transaction.atomic
def save(
    survey: Survey | None, values: Mapping[str, Any], author: User | None, version: int = 0
) -> Survey:
    """Write a questionnaire.

    Raises Conflict where somebody else was faster, ValidationError where its questions would
    change under answers, or a new one would be closed from the start.
    """
    if survey is None:
        if values["closes_on"] < today():
            raise ValidationError({"closes_on": _("This day is over.")})
        survey = Survey.objects.create(author=author, **values)
        record("survey.create", object=survey)
        return survey
    present = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    if any(name in _FAST for name in changed) and has_answers(present):
        raise ValidationError(
            _("Somebody has answered already: the questions stand fast. Make a new survey.")
        )
    if not changed:
        return present
    for name in changed:
        setattr(present, name, values[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    record("survey.change", object=present, details={"fields": changed})
    return present


def has_answers(survey: Survey) -> bool:
    """Whether anybody answered, also people of clients whom the actor may not see."""
    with acting_system("survey questions"):
        return SurveyAnswer.objects.filter(invitation__survey=survey).exists()


@dataclass
class Asked:
    """``left_out``: who was not asked, with a key of REASONS."""

    invitations: list[SurveyInvitation] = field(default_factory=list)
    left_out: list[tuple[Contact, str]] = field(default_factory=list)


def reasons_against(survey: Survey | None, people: Sequence[Contact]) -> dict[int, str]:
    """Contact -> why they may not be asked now, a key of REASONS."""
    ids = [person.pk for person in people]
    asked = found.asked_in(survey, ids) if survey else set()
    declined, recent = found.refused(ids), found.asked_since(ids, found.rest_begins())
    forbidden = survey_consent.against(people)
    reasons = {}
    for person in people:
        if person.left_on or person.anonymised_at:
            reasons[person.pk] = "left"
        elif person.is_blocked:
            reasons[person.pk] = "blocked"
        elif person.pk in declined:
            reasons[person.pk] = "declined"
        elif person.pk in forbidden:
            reasons[person.pk] = forbidden[person.pk]
        elif person.pk in asked:
            reasons[person.pk] = "asked"
        elif person.pk in recent:
            reasons[person.pk] = "recent"
    return reasons


@transaction.atomic
def invite(
    survey: Survey, people: Iterable[Contact], language: str, author: User | None, *, mail: bool
) -> Asked:
    """Make a link for each of these people who may be asked, and mail it where that is wanted and
    they have an address.  Raises ValidationError where the survey is closed."""
    # Two who ask the same person at once take turns: the second is told.
    lock("survey invitations")
    if survey.closes_on < today():
        raise ValidationError(_("This survey is closed. Choose one that takes answers."))
    people = list(people)
    against = reasons_against(survey, people)
    asked = Asked()
    for person in people:
        if person.pk in against:
            asked.left_out.append((person, against[person.pk]))
            continue
        row = SurveyInvitation(
            survey=survey, client_id=person.client_id, contact=person, language=language,
            author=author,
        )  # fmt: skip
        row.digest = row.hash(row.sign(row.nonce))
        row.save(force_insert=True)
        record("survey.invite", object=row, client_id=row.client_id, details={"survey": survey.pk})
        asked.invitations.append(row)
        if mail and person.email:
            survey_mail.post(row, author)
    return asked


def link_of(invitation: SurveyInvitation) -> str:
    """The whole address that the client opens; empty where the link is lost or no longer works."""
    if not is_open(invitation):
        return ""
    token = invitation.token()
    return settings.SITE_URL.rstrip("/") + reverse("survey_answer", args=[token]) if token else ""


def is_open(invitation: SurveyInvitation) -> bool:
    """Whether its link takes an answer."""
    contact = invitation.contact
    return (
        invitation.withdrawn_at is None
        and invitation.survey.closes_on >= today()
        and contact is not None
        and contact.anonymised_at is None
        and not contact.is_blocked
    )


@transaction.atomic
def withdraw(invitation: SurveyInvitation) -> None:
    """Let the link lead nowhere any more; an answer given by it stays.  Raises ValidationError."""
    present = SurveyInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if present.withdrawn_at is not None:
        raise ValidationError(_("This link is withdrawn already."))
    present.withdrawn_at = timezone.now()
    present.save(update_fields=["withdrawn_at"])
    record("survey.withdraw", object=present, client_id=present.client_id)


@transaction.atomic
def allow_again(contact: Contact, person: User | None = None) -> None:
    """The person says that they may be asked again.  Raises ValidationError."""
    gone, _each = SurveyRefusal.objects.filter(contact=contact).delete()
    if not survey_consent.allow(contact, person) and not gone:
        raise ValidationError(_("This person may be asked."))
    record("survey.allow", object=contact, client_id=contact.client_id)


@dataclass(frozen=True)
class Result:
    """What a survey came to.  ``rate``: share of those asked who answered; ``mean`` of the scores;
    each None where there is too little to tell."""

    counts: found.Counts
    nps: Nps | None
    mean: float | None
    rate: float | None

    @property
    def lacking(self) -> int:
        """How many answers are missing until there is an NPS."""
        return max(FEWEST_FOR_NPS - self.counts.answered, 0)


def result_of(survey: Survey, counts: found.Counts) -> Result:
    of_recommending = survey.scale == Survey.Scale.RECOMMEND
    score = nps(counts.promoters, counts.detractors, counts.answered) if of_recommending else None
    return Result(
        counts,
        score,
        counts.total / counts.answered if counts.answered >= FEWEST else None,
        counts.answered / counts.invited if counts.invited >= FEWEST else None,
    )
