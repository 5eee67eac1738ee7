"""Backtests: matrices applied at past dates, compared with what followed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.jobs.models import Job
from kam.lib.scoping import Scoped

from .matrices import Matrix


class Backtest(Scoped):
    """One backtest as it was asked for, and its result once the job is done; then immutable.

    It names clients of all teams: the policy table lets only those read it who read all clients.
    ``parameters``: what was asked, with the versions spelled out as they were then.  ``result``:
    as :mod:`scoring.services.backtests` writes it.
    """

    SCOPE = ("staff", "")

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="backtests")
    parameters = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    # The few words of it that lists show.
    summary = models.JSONField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.matrix} #{self.pk}"
