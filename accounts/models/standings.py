"""Where a client stands around the key list, from when until when, and since when we know it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client


class Standing(Scoped):
    """One stretch of a client's way: candidate, trial, key, watch, former; no row is "none".

    Apart from ``lifecycle``: that says whether the client buys, this what we decided.  Written
    only by :mod:`accounts.services.standings`; the database lets nobody enter trial or key
    without a complete goal, except those taken over from the company's earlier list.
    """

    class Value(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        TRIAL = "trial", _("Trial")
        KEY = "key", _("Key client")
        WATCH = "watch", _("Key client under watch")
        FORMER = "former", _("Former key client")

    IS_KEY = (Value.KEY, Value.WATCH)
    ON_LIST = (Value.TRIAL, Value.KEY, Value.WATCH)

    client = models.ForeignKey(Client, models.CASCADE, related_name="standings", db_index=False)
    value = models.CharField(_("standing"), max_length=10, choices=Value)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True)
    reason = models.TextField(_("reason"), blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    taken_over = models.BooleanField(default=False)
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["client", "-since", "-pk"]
        indexes = [
            models.Index(fields=["client", "-since"], name="standing_client_since"),
            models.Index(
                fields=["value", "client"],
                name="standing_present",
                condition=Q(until__isnull=True, known_to__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(until__isnull=True, known_to__isnull=True),
                name="standing_present_once",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="standing_dates"
            ),
            models.CheckConstraint(
                condition=Q(taken_over=False) | Q(value="trial"), name="taken_over_as_trial"
            ),
        ]

    def __str__(self):
        return f"{self.get_value_display()} ({self.since})"

    @property
    def tone(self) -> str:
        """The tone of its badge; gold is for key clients alone."""
        return {"key": "key", "watch": "watch", "trial": "ours"}.get(self.value, "")

    @property
    def is_key(self) -> bool:
        return self.value in self.IS_KEY
