"""What people think of clients, criterion by criterion."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.lib.scoping import Scoped

from .criteria import Criterion


class Rating(Scoped):
    """What one person (or a file) gave one client on one criterion, with date and reason.

    Never overwritten: a new opinion closes the old one with ``known_to``.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="ratings")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="ratings")
    value = models.DecimalField(
        _("rating"),
        max_digits=4,
        decimal_places=2,
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    not_applicable = models.BooleanField(default=False)
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    rater_name = models.CharField(max_length=150, blank=True, default="")
    source = models.CharField(max_length=60, blank=True, default="")
    date = models.DateField(_("date"))
    reason = models.TextField(_("reason"), blank=True, default="")
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["client", "criterion"], name="rating_client_criterion")]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(value__gte=1, value__lte=10),
                name="rating_1_to_10",
            ),
            models.UniqueConstraint(
                fields=["client", "criterion", "rater", "rater_name"],
                condition=Q(known_to__isnull=True),
                nulls_distinct=False,
                name="rating_current_once",
            ),
        ]
