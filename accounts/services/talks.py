"""A talk with all that belongs to it: who was there, files, the next step, what came of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import (
    Attendance,
    Client,
    Contact,
    Interaction,
    Need,
    Piece,
    Problem,
    Promise,
    TalkFile,
    Task,
    User,
)
from kam.audit.services import record

from . import tasks
from .clients import change_interaction, create_interaction

MAX_FILE = 25 * 2**20
MOST_FILES = 20
# Of the form: what the row itself does not hold.
PARTS = ("others", "people", "files", "next_what", "next_due")


def split(values: Mapping[str, Any]) -> tuple[dict, dict]:
    """The fields of the row, and what belongs to it."""
    own = {name: value for name, value in values.items() if name not in PARTS}
    return own, {name: values[name] for name in PARTS if name in values}


@transaction.atomic
def note(client: Client, values: Mapping[str, Any], author: User) -> Interaction:
    """Write a talk down, with who was there, files, and the next step as a task.

    Raises ValidationError where a file is empty or too large.
    """
    own, parts = split(values)
    talk = create_interaction(client, own, author)
    _attend(talk, parts.get("others", ()), parts.get("people", ()))
    for upload in parts.get("files") or ():
        keep_file(talk, upload, author)
    next_step(talk, parts, author)
    return talk


@transaction.atomic
def change(talk: Interaction, values: Mapping[str, Any], person: User) -> Interaction:
    """Correct a talk: another version of it, to which files and what came of it move on.

    Raises Conflict where it has been changed since it was read, ValidationError as :func:`note`.
    """
    own, parts = split(values)
    present = change_interaction(talk, own)
    if present.pk != talk.pk:
        TalkFile.objects.filter(interaction=talk.pk).update(interaction=present.pk)
        Piece.objects.filter(interaction=talk.pk).update(interaction=present.pk)
    if "others" in parts:
        if present.pk == talk.pk:
            Attendance.objects.filter(interaction=talk.pk).delete()
        _attend(present, parts["others"], parts.get("people", ()))
    else:
        there = Attendance.objects.filter(interaction=talk.pk) if present.pk != talk.pk else ()
        Attendance.objects.bulk_create(
            Attendance(interaction=present, contact_id=row.contact_id, person_id=row.person_id)
            for row in there
        )
    for upload in parts.get("files") or ():
        keep_file(present, upload, person)
    next_step(present, parts, person)
    return present


def next_step(talk: Interaction, parts: Mapping[str, Any], person: User) -> Task | None:
    """What is to be done next becomes a task of whoever writes the note."""
    if not parts.get("next_what"):
        return None
    due: dt.date = parts["next_due"]
    task = tasks.give({"what": parts["next_what"], "due": due, "client": talk.client}, person)
    link(talk, task, "", person)
    return task


def link(talk: Interaction, made: Task | Promise | Need | Problem, quote: str, person) -> Piece:
    """Say that something came of these words of the talk."""
    piece = Piece.objects.create(
        interaction=talk, quote=quote[:500], person=person, **{type(made).__name__.lower(): made}
    )
    record(
        "interaction.piece", object=made, client_id=talk.client_id,
        details={"interaction": talk.pk},
    )  # fmt: skip
    return piece


def _attend(talk: Interaction, contacts: Iterable[Contact], people: Iterable[User]) -> None:
    rows = [
        Attendance(interaction=talk, contact=contact)
        for contact in contacts
        if contact.pk != talk.contact_id
    ]
    rows += [
        Attendance(interaction=talk, person=person)
        for person in people
        if person.pk != talk.author_id
    ]
    Attendance.objects.bulk_create(rows)


def safe_name(name: str) -> str:
    """The last part of a name that came from outside, without what is no character."""
    last = os.path.basename((name or "").replace("\\", "/"))
    return "".join(c for c in last if c.isprintable())[-255:] or "file"


def keep_file(talk: Interaction, upload: UploadedFile, person: User | None) -> TalkFile:
    """Keep a file as it came, under a name of ours.  Raises ValidationError where it is empty or
    too large."""
    if not upload.size:
        raise ValidationError(_("This file is empty."))
    if upload.size > MAX_FILE:
        raise ValidationError(
            _("The file is larger than %(limit)s MB. Split it, or pack it.")
            % {"limit": MAX_FILE >> 20}
        )
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    row = TalkFile(
        interaction=talk,
        name=safe_name(upload.name or ""),
        size=upload.size,
        sha256=digest.hexdigest(),
        brought_by=person,
    )
    row.file.save("", upload, save=False)
    try:
        with transaction.atomic():
            row.save()
            record(
                "interaction.file", object=row, client_id=talk.client_id,
                details={"sha256": row.sha256, "size": row.size},
            )  # fmt: skip
    except BaseException:
        row.file.delete(save=False)
        raise
    return row


def remove_file(row: TalkFile) -> None:
    """Take a file away for good."""
    name, storage = row.file.name, row.file.storage
    record(
        "interaction.file_remove", object=row, client_id=row.interaction.client_id,
        details={"sha256": row.sha256},
    )  # fmt: skip
    row.delete()
    transaction.on_commit(lambda: storage.delete(name))
