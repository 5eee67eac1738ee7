"""What clients answer by their link: kept, changed until the survey closes, followed up.

An answer is also a note of what was said (an interaction of kind survey), so loyalty, the timeline
and the days since the last talk know of it by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import (
    Interaction,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyRefusal,
    User,
)
from accounts.selectors import surveys as found
from kam.audit.services import record
from kam.lib.periods import today

from . import survey_consent
from .clients import change_interaction
from .notices import tell
from .surveys import is_open

SOURCE = "survey"  # of the interactions
LONGEST = 4_000  # characters of a comment
LONGEST_REPLY = 1_000


class Closed(Exception):
    """The link takes no answer any more."""


def invitation_of(token: str) -> SurveyInvitation | None:
    """Whose link it is; None where nobody's.  Runs for the system: nobody is signed in."""
    digest = SurveyInvitation.hash(token)
    return found.invitations().select_related("client__owner").filter(digest=digest).first()


@transaction.atomic
def answer(invitation: SurveyInvitation, values: Mapping[str, Any], language: str) -> SurveyAnswer:
    """Keep what was answered: ``score``, ``comment``, ``replies``.  Runs for the system.

    Raises Closed, and ValidationError where the score is none of the scale.
    """
    present = _locked(invitation)
    if not is_open(present):
        raise Closed
    score = values["score"]
    if not present.survey.lowest <= score <= 10:
        raise ValidationError({"score": _("Choose a figure of the scale.")})
    told = {"score": score, "comment": values["comment"], "replies": dict(values["replies"])}
    row = SurveyAnswer.objects.filter(invitation=present).first()
    if row is None:
        row = SurveyAnswer.objects.create(invitation=present, language=language, **told)
        record("survey.answer", object=row, client_id=present.client_id)
    elif any(getattr(row, name) != value for name, value in told.items()):
        for name, value in told.items():
            setattr(row, name, value)
        row.language, row.changed_at = language, timezone.now()
        row.save()
        record("survey.answer_change", object=row, client_id=present.client_id)
    else:
        return row
    _note(present, row)
    if row.waits:
        _warn(present, row)
    return row


def _locked(invitation: SurveyInvitation) -> SurveyInvitation:
    # With the survey: its questions do not change under the first answer.
    rows = SurveyInvitation.objects.select_for_update(of=("self", "survey"), no_key=True)
    return rows.select_related("survey", "client", "contact").get(pk=invitation.pk)


def _note(invitation: SurveyInvitation, row: SurveyAnswer) -> None:
    """Loyalty counts on 1–10: who says 0 of 10 says the least there is."""
    said = {"satisfaction": max(row.score, 1), "text": row.comment}
    known = Interaction.objects.filter(
        source=SOURCE, key=str(invitation.pk), known_to__isnull=True
    ).first()
    if known is not None:
        change_interaction(known, said)
        return
    Interaction.objects.create(
        client=invitation.client, contact=invitation.contact, date=today(),
        kind=Interaction.Kind.SURVEY, subject=invitation.survey.name[:255], source=SOURCE,
        key=str(invitation.pk), **said,
    )  # fmt: skip


def _warn(invitation: SurveyInvitation, row: SurveyAnswer) -> None:
    """Tell who answers for the client; where nobody does, those who lead the team."""
    client = invitation.client
    people = [client.owner] if client.owner and client.owner.is_active else []
    if not people and client.team_id:
        people = list(
            User.objects.filter(is_active=True, role=User.Role.MANAGER, team_id=client.team_id)
        )
    facts = {"score": row.score, "invitation": invitation.pk}
    tell(people, "survey_low", f"survey_low:{row.pk}", client=client, facts=facts)


@transaction.atomic
def follow_up(row: SurveyAnswer, what: str, person: User | None) -> SurveyAnswer:
    """Say what was done about an answer.  Raises ValidationError."""
    present = SurveyAnswer.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not what.strip():
        raise ValidationError({"follow_up": _("Say what was done.")})
    present.follow_up = what.strip()[:1000]
    present.followed_up_at, present.followed_up_by = timezone.now(), person
    present.save(update_fields=["follow_up", "followed_up_at", "followed_up_by"])
    record("survey.follow_up", object=present, client_id=row.invitation.client_id)
    return present


@transaction.atomic
def decline(invitation: SurveyInvitation) -> None:
    """The person wants no surveys any more.  Runs for the system; asked twice it is the same."""
    if invitation.contact is None:
        return
    _row, new = SurveyRefusal.objects.get_or_create(
        contact=invitation.contact, defaults={"invitation": invitation}
    )
    if new:
        survey_consent.refuse(invitation.contact)
        record("survey.decline", object=invitation, client_id=invitation.client_id)


def asked_questions(survey: Survey, language: str) -> list[dict[str, str]]:
    """Own questions in one language, or in the other where there are no words in it."""
    other = "en" if language == "ru" else "ru"
    return [
        {"key": str(number), "kind": each["kind"], "words": each.get(language) or each[other]}
        for number, each in enumerate(survey.questions)
    ]
