"""Clients that pass from one KAM to another, and who stands in for whom for a time."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client


def _person(label="", **options):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        **{"related_name": "+", "db_index": False, "verbose_name": label, **options},
    )


class Handover(Scoped):
    """A client passes to another KAM on a day.

    ``giver`` looks after the client until ``on`` and works beside ``taker`` until ``overlap_until``
    (that day included).  ``moved``: how many rows of open work went along, by noun.
    """

    SCOPE = ("client", "client")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("handover", "Planned")
        DONE = "done", pgettext_lazy("handover", "Handed over")
        CANCELLED = "cancelled", pgettext_lazy("handover", "Cancelled")

    client = models.ForeignKey(Client, models.CASCADE, related_name="handovers", editable=False)
    giver = _person(_("who hands over"), editable=False)
    taker = _person(_("who takes over"))
    on = models.DateField(_("from which day"))
    overlap_until = models.DateField(_("both work with the client until"))
    note = models.TextField(_("what to know"), max_length=4000, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PLANNED, editable=False
    )
    moved = models.JSONField(default=dict, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    author = _person(null=True, editable=False, db_index=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(fields=["taker", "overlap_until"], name="handover_taker"),
            models.Index(fields=["giver", "overlap_until"], name="handover_giver"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handover_to_another"),
            models.CheckConstraint(
                condition=Q(overlap_until__gte=F("on")), name="handover_overlap_after"
            ),
            models.UniqueConstraint(
                fields=["client"], name="handover_planned_once", condition=Q(state="planned")
            ),
        ]

    def __str__(self):
        return str(self.on)


class HandoverStep(Scoped):
    """A line of the checklist, ticked by whoever of the two has done it."""

    SCOPE = ("client", "handover__client")

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(_("what is done"), max_length=300)
    done_at = models.DateTimeField(null=True)
    done_by = _person(null=True)

    class Meta(Scoped.Meta):
        ordering = ["position", "pk"]

    def __str__(self):
        return self.what


class Substitution(Scoped):
    """``substitute`` has the rights of ``person`` over clients and work from ``since`` until
    ``until``, both days included, and no longer.  Nothing changes hands."""

    SCOPE = ("absence", "person", "substitute")

    person = _person(_("who is away"))
    substitute = _person(_("who stands in"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    note = models.TextField(_("what to look after"), max_length=2000, blank=True, default="")
    author = _person(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["since", "pk"]
        indexes = [
            models.Index(fields=["substitute", "until"], name="substitution_substitute"),
            models.Index(fields=["person", "until"], name="substitution_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("substitute")), name="substitution_by_another"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="substitution_days"),
        ]

    def __str__(self):
        return f"{self.since} – {self.until}"
