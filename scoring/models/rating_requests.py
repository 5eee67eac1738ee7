"""Asking people what they think of a client."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.lib.scoping import Scoped

from .criteria import Criterion


class RatingRequest(Scoped):
    """A person is asked to rate a client on a criterion.

    Until it is answered (or withdrawn) that person sees nobody else's rating of the two.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="rating_requests")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="rating_requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    due = models.DateField(_("due"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["person", "client"], name="rating_request_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "criterion", "person"],
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
                name="rating_asked_once",
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None
