"""What belongs to a talk: who was there, files, what came of it; and letters handed on by mail."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .contacts import Contact
from .interactions import Interaction
from .needs import Need
from .problems import Problem
from .promises import Promise
from .tasks import Task


class Attendance(Scoped):
    """Somebody who took part in a talk beside the contact and the author: theirs or ours."""

    SCOPE = ("client", "interaction__client")

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="attendances")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=False
    )

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=True, person__isnull=False)
                | Q(contact__isnull=False, person__isnull=True),
                name="attendance_of_one",
            ),
            models.UniqueConstraint(
                fields=["interaction", "contact", "person"],
                name="attendance_once",
                nulls_distinct=False,
            ),
        ]


def kept_as(_file, _name: str) -> str:
    """Where a file is kept: never under a name that came with it."""
    return f"talks/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class TalkFile(Scoped):
    """A file of a talk as it came.  It is only ever sent as a download."""

    SCOPE = ("client", "interaction__client")

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="files")
    name = models.CharField(pgettext_lazy("file", "name"), max_length=255)
    file = models.FileField(upload_to=kept_as, max_length=120)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    brought_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-brought_at", "-pk"]


class Piece(Scoped):
    """What came of a talk: a task, promise, need or problem, and the words of the note it was
    made from, none where it is the next step."""

    SCOPE = ("client", "interaction__client")

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="pieces")
    quote = models.CharField(max_length=500, blank=True, default="")
    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="pieces")
    promise = models.ForeignKey(Promise, models.CASCADE, null=True, related_name="pieces")
    need = models.ForeignKey(Need, models.CASCADE, null=True, related_name="pieces")
    problem = models.ForeignKey(Problem, models.CASCADE, null=True, related_name="pieces")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    task__isnull=False, promise__isnull=True, need__isnull=True,
                    problem__isnull=True,
                )
                | Q(
                    task__isnull=True, promise__isnull=False, need__isnull=True,
                    problem__isnull=True,
                )
                | Q(
                    task__isnull=True, promise__isnull=True, need__isnull=False,
                    problem__isnull=True,
                )
                | Q(
                    task__isnull=True, promise__isnull=True, need__isnull=True,
                    problem__isnull=False,
                ),
                name="piece_became_one_thing",
            )
        ]  # fmt: skip


class Letter(Scoped):
    """A mail that a person has handed on.  It waits until it has a client; then it is a talk, and
    nothing but its Message-ID stays here, so that the same mail is not taken twice."""

    SCOPE = ("person", "person")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("letter", "Waits for a client")
        PLACED = "placed", pgettext_lazy("letter", "At a client")
        DISMISSED = "dismissed", pgettext_lazy("letter", "Was put aside")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="letters")
    digest = models.CharField(max_length=64)  # of the Message-ID
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    sender_name = models.CharField(
        pgettext_lazy("letter", "from"), max_length=255, blank=True, default=""
    )
    sender_email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=255, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    date = models.DateField(_("date"))
    dropped = models.PositiveSmallIntegerField(default=0)  # attachments beyond the limits
    interaction = models.ForeignKey(Interaction, models.SET_NULL, null=True, related_name="letters")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "digest"], name="letter_once"),
        ]

    def __str__(self):
        return self.subject or self.sender_email


class LetterFile(Scoped):
    """An attachment of a letter that waits."""

    SCOPE = ("person", "letter__person")

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="files")
    name = models.CharField(pgettext_lazy("file", "name"), max_length=255)
    file = models.FileField(upload_to=kept_as, max_length=120)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")

    class Meta(Scoped.Meta):
        ordering = ["pk"]
