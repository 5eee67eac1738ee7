"""A job: the outbox row, the lease, the progress and the result in one place."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped


class Job(Scoped):
    """Work to be done outside the request.

    waiting → sent (the dispatcher gave it to Celery) → running (a worker holds the lease)
    → done | failed | cancelled; a lost lease or an error leads back to waiting until
    ``max_attempts`` are used up.  The row is the truth, the broker only a doorbell.
    """

    SCOPE = ("person", "actor")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (Status.WAITING, Status.SENT, Status.RUNNING)

    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(default=dict)
    queue = models.CharField(max_length=10, default="light")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("asked by"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    unique_key = models.CharField(max_length=150, blank=True, default="")
    schedule = models.CharField(max_length=60, blank=True, default="")
    period = models.DateTimeField(null=True)

    created_at = models.DateTimeField(_("created"), default=timezone.now)
    run_after = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)

    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True, default="")
    result = models.JSONField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["run_after"],
                name="job_due",
                condition=Q(status__in=["waiting", "sent", "running"]),
            ),
            models.Index(fields=["actor", "-created_at"], name="job_actor"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "period"], condition=~Q(schedule=""), name="job_once_a_period"
            ),
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(status="waiting") & ~Q(unique_key=""),
                name="job_waits_once",
            ),
        ]

    def __str__(self):
        return f"{self.kind} #{self.pk}"

    @property
    def title(self):
        from .registry import title_of

        return title_of(self.kind)

    @property
    def told(self) -> list[tuple[str, object]]:
        """What people are told of the result: (label, value), in the order the kind names it."""
        from .registry import kinds

        kind = kinds().get(self.kind)
        if kind is None or not isinstance(self.result, dict):
            return []
        return [(text, self.result[key]) for key, text in kind.tells.items() if key in self.result]

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def fraction(self) -> float | None:
        """Share of the work done, 0..1; None while the total is not known."""
        return min(self.done / self.total, 1.0) if self.total else None

    @property
    def seconds_left(self) -> int | None:
        """Estimated from the pace so far; None before a twentieth is done."""
        if not self.fraction or self.fraction < 0.05 or not self.started_at:
            return None
        spent = (timezone.now() - self.started_at).total_seconds()
        return round(spent * (1 - self.fraction) / self.fraction)


class Hold(Scoped):
    """There while jobs that go out are held back; at most one row."""

    SCOPE = ("administration", "")

    only = models.BooleanField(default=True, unique=True, editable=False)
    since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300)

    def __str__(self):
        return self.reason
