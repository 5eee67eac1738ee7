"""A year that is closed: its results as they were at that moment, and what it opened."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client
from .goals import Goal
from .ledger import money
from .products import ProductFamily
from .sales_plans import PlannedSale


class YearClose(Scoped):
    """One closing of a year, of the clients its author answers for.  An undone one stays as a mark
    that it was; its frozen rows go."""

    SCOPE = ("staff", "")

    year = models.PositiveSmallIntegerField(_("year"))
    growth = models.DecimalField(
        _("growth of the plan, %"), max_digits=5, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(500)],
    )  # fmt: skip
    clients = models.PositiveIntegerField(default=0)
    planned_cells = models.PositiveIntegerField(default=0)
    carried_goals = models.PositiveIntegerField(default=0)
    review_asked = models.BooleanField(default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    closed_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-year", "-closed_at", "-pk"]

    def __str__(self):
        return str(self.year)

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class FrozenSale(Scoped):
    """Planned and sold of one client, family and month, net of VAT, at the moment of closing.

    ``planned`` is empty where nothing was planned.  Corrections that come later show beside it.
    """

    close = models.ForeignKey(YearClose, models.CASCADE, related_name="sales")
    client = models.ForeignKey(Client, models.CASCADE, related_name="frozen_sales", db_index=False)
    family = models.ForeignKey(
        ProductFamily, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    month = models.DateField()  # its first day
    planned = money(_("planned"), null=True)
    sold = money(_("sold"))

    class Meta(Scoped.Meta):
        ordering = ["client", "month", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="frozen_whole_month"),
            models.UniqueConstraint(
                fields=["client", "month", "family"], nulls_distinct=False, name="frozen_once"
            ),
        ]


class OpenedSale(Scoped):
    """A month of the next year's plan that a closing has written."""

    close = models.ForeignKey(YearClose, models.CASCADE, related_name="opened")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    planned = models.OneToOneField(PlannedSale, models.CASCADE, related_name="opened")

    class Meta(Scoped.Meta):
        ordering = ["pk"]


class CarriedGoal(Scoped):
    """A goal that was not reached, and its copy with the new date."""

    SCOPE = ("client", "goal__client")

    close = models.ForeignKey(YearClose, models.CASCADE, related_name="carried")
    origin = models.OneToOneField(Goal, models.CASCADE, related_name="carried_to")
    goal = models.OneToOneField(Goal, models.CASCADE, related_name="carried_from")

    class Meta(Scoped.Meta):
        ordering = ["pk"]
