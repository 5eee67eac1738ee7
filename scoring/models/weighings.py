"""Several people weighing the criteria of a matrix, each apart from the others."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .matrices import Matrix


class WeighingRound(models.Model):
    """A question to several people: how much does each of these criteria matter?

    ``criteria`` are keys, as they were when it was asked.  Not scoped: it names no client.
    """

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="weighing_rounds")
    criteria = models.JSONField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["matrix"], condition=Q(closed_at__isnull=True), name="one_open_round"
            )
        ]


class Weighing(Scoped):
    """One person's answer.  Nobody else sees it before giving their own; once given it stays.

    ``judgements`` as :class:`scoring.services.weighing.Judgement` has them, ``weights`` shares by
    key of the criterion.
    """

    SCOPE = ("person", "person")

    class Method(models.TextChoices):
        PERCENT = "percent", _("Per cent")
        POINTS = "points", _("In points")
        PAIRS = "pairs", _("Pairs")
        BEST_WORST = "best_worst", _("Best and worst")

    round = models.ForeignKey(WeighingRound, models.CASCADE, related_name="weighings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    method = models.CharField(max_length=10, choices=Method, blank=True, default="")
    judgements = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="one_weighing_a_person")
        ]
