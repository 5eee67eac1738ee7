"""What clients cost us: hours, service, and what the programme of key clients takes."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client

MOST_HOURS = 100  # a week, for one client


def _hours(label, default):
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        default=Decimal(default),
        validators=[MinValueValidator(0), MaxValueValidator(MOST_HOURS)],
    )


def _percent(label, default):
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        default=Decimal(default),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )


def _rate(label, **options):
    return models.DecimalField(
        label, max_digits=12, decimal_places=2, validators=[MinValueValidator(0)], **options
    )


class EffortRules(Scoped):
    """How many hours each kind of work takes as a rule, and what hours and money cost.  One row."""

    SCOPE = ("staff", "")

    call = _hours(_("A call, hours"), "0.5")
    meeting = _hours(_("A meeting, hours"), "2")
    email = _hours(_("A letter, hours"), "0.25")
    visit = _hours(_("A visit, hours"), "4")
    complaint = _hours(_("A complaint, hours"), "2")
    survey = _hours(_("A survey, hours"), "0.5")
    note = _hours(_("A note, hours"), "0.25")
    promise = _hours(_("A promise kept, hours"), "1.5")
    step = _hours(_("A step of a plan or a process, hours"), "1")
    rate = _rate(_("An hour costs, as a rule"), default=Decimal("1500"))
    capital = _percent(_("Money costs a year, %"), "18")
    discount = _percent(_("Next year counts less by, %"), "15")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="effort_rules_once")]


class HourRate(Scoped):
    """What an hour of one person costs, where it differs from the rule."""

    SCOPE = ("member", "person")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="hour_rate", editable=False
    )
    rate = _rate(_("an hour costs"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["person"]


class EffortWeek(Scoped):
    """Hours of one person for one client in a week that begins on ``week``, a Monday.

    ``estimated`` is what the work noted in that week came to by the rules when the person
    confirmed or corrected it; ``rate`` what an hour cost then.
    """

    SCOPE = ("work", "client", "person")

    client = models.ForeignKey(Client, models.CASCADE, related_name="effort_weeks", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="effort_weeks", db_index=False
    )
    week = models.DateField(_("week"))
    hours = _hours(_("hours"), "0")
    estimated = models.DecimalField(max_digits=7, decimal_places=2, default=0, editable=False)
    rate = _rate("", editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-week", "client", "person"]
        indexes = [models.Index(fields=["person", "week"], name="effort_person_week")]
        constraints = [
            models.UniqueConstraint(fields=["client", "person", "week"], name="effort_once"),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=MOST_HOURS), name="effort_hours"
            ),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="effort_from_monday"),
        ]


class ServiceCost(Scoped):
    """Money spent on one client that no document tells of."""

    class Kind(models.TextChoices):
        SERVICE = "service", pgettext_lazy("cost", "Service")
        PROCESS = "process", pgettext_lazy("cost", "Special process")
        FREIGHT = "freight", pgettext_lazy("cost", "Delivery")
        CLAIM = "claim", pgettext_lazy("cost", "Claims")
        START = "start", pgettext_lazy("cost", "Starting work with the client")
        OTHER = "other", pgettext_lazy("cost", "Other")

    client = models.ForeignKey(Client, models.CASCADE, related_name="service_costs", db_index=False)
    kind = models.CharField(_("kind of cost"), max_length=10, choices=Kind, default=Kind.SERVICE)
    what = models.CharField(pgettext_lazy("cost", "what for"), max_length=300)
    date = models.DateField(_("date"))
    amount = models.DecimalField(
        pgettext_lazy("cost", "sum"),
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["client", "date"], name="service_cost_client_date")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="service_cost_amount")
        ]

    def __str__(self):
        return self.what


class ProgrammeCost(Scoped):
    """What the programme of key clients takes as a whole, and no single client does."""

    SCOPE = ("staff", "")

    class Kind(models.TextChoices):
        HIRING = "hiring", pgettext_lazy("cost", "Hiring")
        TRAINING = "training", pgettext_lazy("cost", "Training")
        INVESTMENT = "investment", pgettext_lazy("cost", "Investment made once")
        RUNNING = "running", pgettext_lazy("cost", "Running cost")

    kind = models.CharField(_("kind of cost"), max_length=10, choices=Kind)
    what = models.CharField(pgettext_lazy("cost", "what for"), max_length=300)
    date = models.DateField(_("date"))
    amount = models.DecimalField(
        pgettext_lazy("cost", "sum"),
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="programme_cost_amount")
        ]

    def __str__(self):
        return self.what
