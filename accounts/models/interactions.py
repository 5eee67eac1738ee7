"""What was said and done with a client."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact
from .imports import ImportBatch


class Interaction(Scoped):
    """A call, meeting, letter or visit.  A changed one is a new version (``known_to`` closes
    the old one); ``key`` tells which rows are versions of one interaction."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        EMAIL = "email", _("E-mail")
        VISIT = "visit", _("Visit")
        COMPLAINT = "complaint", _("Complaint")
        SURVEY = "survey", _("Survey")
        NOTE = "note", _("Note")

    client = models.ForeignKey(Client, models.CASCADE, related_name="interactions", db_index=False)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="interactions"
    )
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.NOTE)
    subject = models.CharField(_("subject"), max_length=255, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    source = models.CharField(max_length=60, blank=True, default="", editable=False)
    key = models.CharField(max_length=64, blank=True, default="", editable=False)
    known_from = models.DateTimeField(default=timezone.now, editable=False)
    known_to = models.DateTimeField(null=True, editable=False)
    batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, editable=False, db_index=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["client", "-date"], name="interaction_client_date"),
            BrinIndex(fields=["batch"], name="interaction_batch_brin"),
            GinIndex(SearchVector("subject", "text", config="russian"), name="interaction_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "key"],
                condition=Q(known_to__isnull=True) & ~Q(key=""),
                name="interaction_current_once",
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True)
                | Q(satisfaction__gte=1, satisfaction__lte=10),
                name="interaction_satisfaction",
            ),
        ]
