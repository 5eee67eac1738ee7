"""What people decide about the list of key clients: overrides, decisions, items, votes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Standing
from kam.lib.scoping import Scoped

from .matrices import Matrix
from .runs import RankingRun


class ListOverride(Scoped):
    """A client that is on the list, or off it, whatever its points; with a reason and an end.

    Backtests leave overrides out: they judge the matrix alone.
    """

    class Kind(models.TextChoices):
        MUST = "must", _("Always on the list")
        NEVER = "never", _("Never on the list")

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="overrides")
    client = models.ForeignKey(Client, models.CASCADE, related_name="list_overrides")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    reason = models.TextField(_("reason"))
    until = models.DateField(_("until"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matrix", "client"],
                condition=Q(ended_at__isnull=True),
                name="override_in_force_once",
            )
        ]


class Decision(Scoped):
    """One sitting over the list: a run's proposal, settled line by line.

    ``basis`` keeps what it rests on: weights, checksum, data as of, seed of the confidence where
    there is one.  Once it is closed, the database lets nobody change it.
    """

    SCOPE = ("staff", "")

    class Status(models.TextChoices):
        OPEN = "open", _("Being prepared")
        CLOSED = "closed", _("Confirmed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    matrix = models.ForeignKey(Matrix, models.PROTECT, related_name="decisions")
    run = models.ForeignKey(RankingRun, models.PROTECT, related_name="decisions")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    basis = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["matrix"], condition=Q(status="open"), name="one_open_decision"
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class DecisionItem(Scoped):
    """One client in a decision: where it stood, what the run proposed, what was chosen and why.

    Standings are those of :class:`accounts.models.Standing`, "" for none.  ``outcome`` is the
    engine's word (enter, stay, watch, leave, out).
    """

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="items")
    client = models.ForeignKey(Client, models.CASCADE, related_name="decision_items")
    place = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    # The chance of its seat when the decision was prepared; none where nobody had worked it out.
    p_key = models.FloatField(null=True)
    outcome = models.CharField(max_length=5)
    ground = models.CharField(max_length=20, blank=True, default="")
    before = models.CharField(max_length=10, choices=Standing.Value.choices, blank=True, default="")
    proposed = models.CharField(
        max_length=10, choices=Standing.Value.choices, blank=True, default=""
    )
    chosen = models.CharField(max_length=10, choices=Standing.Value.choices, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["decision", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "client"], name="client_decided_once")
        ]

    @property
    def overridden(self) -> bool:
        return self.chosen != self.proposed

    @property
    def changes(self) -> bool:
        return self.chosen != self.before


class DecisionVote(Scoped):
    """What one person thinks of a decision; dissent stays with its record."""

    SCOPE = ("staff", "")

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    agrees = models.BooleanField(_("agrees"))
    comment = models.TextField(_("comment"), blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "person"], name="one_vote_a_person")
        ]
