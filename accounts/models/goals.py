"""What we want to reach with a client: why, what for and how, with a measured end."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client


class ProgrammeGoal(Scoped):
    """What the programme of key clients is to reach in a year, by the same three questions.

    Goals with clients attach to it, and their progress is its progress.
    """

    SCOPE = ("staff", "")

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    why = models.TextField(_("Why?"))
    what_for = models.TextField(_("What for?"))
    how = models.TextField(_("How?"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who answers for it"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-year"]

    def __str__(self):
        return str(self.year)


class Goal(Scoped):
    """One goal with a client.  It may be written piece by piece; what it still lacks is
    :attr:`missing`, and only a complete one opens the way to trial and key.

    What is measured is either a measure of the catalogue (``measure``) or counted by people and
    described in words (``own_measure``).
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        REACHED = "reached", _("Reached")
        MISSED = "missed", _("Not reached")
        DROPPED = "dropped", _("Given up")

    class Side(models.TextChoices):
        OURS = "ours", pgettext_lazy("goal", "Ours")
        THEIRS = "theirs", pgettext_lazy("goal", "The client’s")

    # What a complete goal has, in the order people are asked for it.
    NEEDED = ("why", "what_for", "how", "measured", "start", "target", "unit", "due", "owner")

    client = models.ForeignKey(Client, models.CASCADE, related_name="goals")
    side = models.CharField(_("whose goal"), max_length=6, choices=Side, default=Side.OURS)
    programme = models.ForeignKey(
        ProgrammeGoal,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="goals",
        verbose_name=_("goal of the programme"),
    )
    why = models.TextField(_("Why?"), blank=True, default="")
    what_for = models.TextField(_("What for?"), blank=True, default="")
    how = models.TextField(_("How?"), blank=True, default="")
    measure = models.CharField(_("measure"), max_length=60, blank=True, default="")
    own_measure = models.CharField(_("own measure"), max_length=200, blank=True, default="")
    unit = models.CharField(_("unit"), max_length=40, blank=True, default="")
    start = models.DecimalField(_("start"), max_digits=18, decimal_places=2, null=True, blank=True)
    target = models.DecimalField(
        _("target"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    due = models.DateField(_("by when"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who answers for it"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["status", "due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(target__isnull=True) | ~Q(start=F("target")),
                name="goal_goes_somewhere",
            ),
        ]

    def __str__(self):
        return self.what_for or self.why or f"#{self.pk}"

    @property
    def measured(self) -> str:
        return self.measure or self.own_measure.strip()

    @property
    def missing(self) -> list[str]:
        """Names from NEEDED that have no answer yet."""
        return [name for name in self.NEEDED if not self._answered(name)]

    def _answered(self, name: str) -> bool:
        if name == "owner":
            return self.owner_id is not None
        value = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value is not None

    @property
    def is_complete(self) -> bool:
        return not self.missing


class GoalReading(Scoped):
    """What a goal's measure was on a day: computed by the product, or said by a person who looked
    (a check-in, with a note)."""

    SCOPE = ("client", "goal__client")

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="readings", db_index=False)
    day = models.DateField(_("on what day"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=2)
    note = models.CharField(_("what is behind it"), max_length=1000, blank=True, default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    computed = models.BooleanField(default=False, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["goal", "day"], name="goal_reading_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "day"], condition=Q(computed=True), name="goal_computed_once_a_day"
            )
        ]
