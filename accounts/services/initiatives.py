"""Initiatives: made, changed, and brought from stage to stage; clients invited and their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Client, Initiative, InitiativeStep, Invitation, User
from accounts.selectors.initiatives import Asked
from kam.audit import looking
from kam.audit.services import record
from kam.lib.formatting import day as day_in_words
from kam.lib.periods import today

from .clients import Conflict
from .fitting import candidate

Stage, State = Initiative.Stage, Invitation.State
FIELDS = (
    "kind", "name", "goal", "audience", "theme", "family", "owner", "starts", "ends", "expected",
)  # fmt: skip
NEXT: dict[str, tuple[str, ...]] = {
    Stage.IDEA: (Stage.PREPARED, Stage.STOPPED),
    Stage.PREPARED: (Stage.INVITING, Stage.IDEA, Stage.STOPPED),
    Stage.INVITING: (Stage.RUNNING, Stage.PREPARED, Stage.STOPPED),
    Stage.RUNNING: (Stage.FINISHED, Stage.STOPPED),
    Stage.FINISHED: (Stage.RUNNING,),
    Stage.STOPPED: (Stage.IDEA,),
}
# When clients may be invited.
OPEN_TO_CLIENTS = (Stage.INVITING, Stage.RUNNING)
_ORDER = (Stage.IDEA, Stage.PREPARED, Stage.INVITING, Stage.RUNNING, Stage.FINISHED)


@transaction.atomic
def make(values: Mapping[str, Any], author: User | None) -> Initiative:
    kept = {name: values[name] for name in FIELDS if name in values}
    kept["owner"] = kept.get("owner") or author
    initiative = Initiative.objects.create(author=author, **kept)
    record("initiative.make", object=initiative, details={"kind": initiative.kind})
    return initiative


@transaction.atomic
def change(initiative: Initiative, values: Mapping[str, Any], version: int) -> list[str]:
    """Raises Conflict where somebody was faster."""
    present = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    if present.version != version:
        raise Conflict(present)
    changed = [n for n in FIELDS if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    for name in changed:
        setattr(present, name, values[name])
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    initiative.refresh_from_db()
    record(
        "initiative.change",
        object=initiative,
        details={"fields": changed, "version": initiative.version},
    )
    return changed


@transaction.atomic
def step(
    initiative: Initiative,
    stage: str,
    note: str,
    person: User | None,
    on: dt.date | None = None,
) -> Initiative:
    """Bring an initiative to another stage on a day, today where none is given.

    The first day of running is what its effect is measured from.  Raises ValidationError where the
    stage does not follow, the day lies ahead or before it began, or a note is missing: for what is
    stopped or goes back.
    """
    present = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    before, day = present.stage, on or today()
    if stage not in NEXT[before]:
        said = _("From “%(before)s” an initiative does not go there.")
        raise ValidationError({"stage": said % {"before": present.get_stage_display()}})
    if day > today():
        raise ValidationError({"on": _("This day has not come yet.")})
    back = before in Initiative.ENDED or (
        stage in _ORDER and _ORDER.index(Stage(stage)) < _ORDER.index(Stage(before))
    )
    if (back or stage == Stage.STOPPED) and not note.strip():
        raise ValidationError({"note": _("Say why.")})
    if stage == Stage.RUNNING and present.began is None:
        present.began = day
    present.ended = day if stage in Initiative.ENDED else None
    if present.began and day < present.began:
        raise ValidationError({"on": _("It began to run after that day.")})
    InitiativeStep.objects.create(
        initiative=present, before=before, after=stage, on=day, note=note.strip()[:500],
        person=person,
    )  # fmt: skip
    present.stage = Stage(stage)
    present.version += 1
    present.save(update_fields=["stage", "began", "ended", "version"])
    initiative.refresh_from_db()
    record("initiative.step", object=initiative, details={"before": before, "after": stage})
    return initiative


def rest_in_words(asked: Asked) -> str:
    """That a client was asked lately, in words."""
    told = {
        "day": day_in_words(asked.on, language=get_language() or "en"),
        "what": asked.what or _("a survey"),
        "who": asked.contact,
    }
    if asked.contact:
        looking.met_names(asked.client)
    if asked.survey:
        text = _("Surveyed on %(day)s: %(what)s")
    else:
        text = _("Invited on %(day)s to “%(what)s”")
    return (text + (", %(who)s" if asked.contact else "")) % told


@transaction.atomic
def invite(
    initiative: Initiative, client: Client, values: Mapping[str, Any], person: User | None
) -> Invitation:
    """Invite a client; its fit is kept as it is now.

    Raises ValidationError where the initiative invites nobody now, the client is invited already,
    or was asked for something lately and ``despite`` does not say why it is asked again.
    """
    present = Initiative.objects.select_for_update(of=("self",)).get(pk=initiative.pk)
    if present.stage not in OPEN_TO_CLIENTS:
        raise ValidationError({"initiative": _("It does not invite clients at this stage.")})
    if Invitation.objects.filter(initiative=present, client=client).exists():
        raise ValidationError({"client": _("This client is invited already.")})
    seen = candidate(present, client, today())
    despite = (values.get("despite") or "").strip()[:500]
    if seen.asked is not None and not despite:
        said = _("%(asked)s. Give them rest, or say why they are asked again.")
        raise ValidationError({"despite": said % {"asked": rest_in_words(seen.asked)}})
    invitation = Invitation.objects.create(
        initiative=present, client=client, person=person, invited_on=today(),
        contact=values.get("contact"), expected=values.get("expected"),
        points=seen.fit.points, reasons=seen.kept,
        despite=despite if seen.asked is not None else "",
    )  # fmt: skip
    record(
        "invitation.make", object=invitation, client_id=client.pk,
        details={"initiative": present.pk, "despite": bool(invitation.despite)},
    )  # fmt: skip
    return invitation


@transaction.atomic
def answer(
    invitation: Invitation, values: Mapping[str, Any], version: int, person: User | None
) -> list[str]:
    """Note what a client answered: ``state``, ``words``, ``contact``, ``expected``, ``realised``.

    Raises Conflict where somebody was faster; ValidationError where a refusal has no words, nobody
    can have taken part yet, or something is said to be realised by one who did not.
    """
    present = (
        Invitation.objects.select_related("initiative")
        .select_for_update(of=("self",))
        .get(pk=invitation.pk)
    )
    if present.version != version:
        raise Conflict(present)
    names = ("state", "words", "contact", "expected", "realised")
    changed = [n for n in names if n in values and getattr(present, n) != values[n]]
    if not changed:
        return []
    before = present.state
    for name in changed:
        setattr(present, name, values[name])
    if present.state == State.DECLINED and not present.words.strip():
        raise ValidationError({"words": _("Say in their words why they declined.")})
    if present.state == State.TOOK_PART and present.initiative.began is None:
        raise ValidationError({"state": _("The initiative has not begun to run.")})
    if present.realised is not None and present.state != State.TOOK_PART:
        raise ValidationError({"realised": _("Only of a client that took part.")})
    if before != present.state:
        if present.state == State.INVITED:
            present.answered_on = None
        else:
            present.answered_on = present.answered_on or today()
        changed.append("answered_on")
    present.version += 1
    present.save(update_fields=[*changed, "version"])
    invitation.refresh_from_db()
    record(
        "invitation.change", object=invitation, client_id=invitation.client_id,
        details={"before": before, "after": invitation.state, "version": invitation.version},
    )  # fmt: skip
    return changed
