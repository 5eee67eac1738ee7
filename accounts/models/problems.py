"""Signals found in the data, problems that people have taken up, and how clients fare by week."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client


class Severity(models.IntegerChoices):
    LOW = 1, pgettext_lazy("severity", "Minor")
    MEDIUM = 2, pgettext_lazy("severity", "Serious")
    HIGH = 3, pgettext_lazy("severity", "Grave")


class Problem(Scoped):
    """A difficulty with a client that somebody answers for; a client may have any number.

    ``previous`` is the closed one that this repeats.  It ends with an outcome and what came of it.
    """

    SCOPE = ("work", "client", "owner")

    class Kind(models.TextChoices):
        LATE_ORDER = "late_order", _("Late order")
        REVENUE = "revenue", _("Falling revenue")
        ASSORTMENT = "assortment", _("Narrower assortment")
        PAYMENTS = "payments", _("Slower payment")
        SILENCE = "silence", _("Silence")
        CONTACT = "contact", _("Lost contact person")
        PROMISES = "promises", _("Promises not kept")
        VOLUME = "volume", _("Committed volume missed")
        QUALITY = "quality", _("Quality or delivery")
        PRICE = "price", _("Price or terms")
        COMPETITOR = "competitor", _("A competitor")
        OTHER = "other", pgettext_lazy("problem", "Something else")

    # Those that the data can tell of.
    FOUND = (
        Kind.LATE_ORDER, Kind.REVENUE, Kind.ASSORTMENT, Kind.PAYMENTS, Kind.SILENCE, Kind.CONTACT,
        Kind.PROMISES, Kind.VOLUME,
    )  # fmt: skip

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("problem", "Open")
        WORKING = "working", pgettext_lazy("problem", "Being solved")
        CLOSED = "closed", pgettext_lazy("problem", "Closed")

    PENDING = (State.OPEN, State.WORKING)

    class Outcome(models.TextChoices):
        NONE = "", pgettext_lazy("problem", "None yet")
        SOLVED = "solved", pgettext_lazy("problem", "Solved")
        EASED = "eased", pgettext_lazy("problem", "Eased, not gone")
        LASTING = "lasting", pgettext_lazy("problem", "Not solved")
        MISTAKEN = "mistaken", pgettext_lazy("problem", "There was no problem")

    client = models.ForeignKey(Client, models.CASCADE, related_name="problems", db_index=False)
    kind = models.CharField(
        pgettext_lazy("problem", "kind"), max_length=12, choices=Kind, default=Kind.OTHER
    )
    what = models.CharField(_("what is wrong"), max_length=300)
    details = models.TextField(_("what we know of it"), max_length=4000, blank=True, default="")
    severity = models.PositiveSmallIntegerField(
        _("how grave it is"), choices=Severity, default=Severity.MEDIUM
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="problems",
        db_index=False,
        verbose_name=_("who answers for it"),
    )
    solution = models.TextField(_("how we solve it"), max_length=4000, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.OPEN, editable=False
    )
    outcome = models.CharField(
        _("how it ended"), max_length=8, choices=Outcome, blank=True, default="", editable=False
    )
    came_of_it = models.CharField(
        _("what came of it"), max_length=1000, blank=True, default="", editable=False
    )
    raised_on = models.DateField(_("raised on"), editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="repeats", editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-severity", "raised_on", "pk"]
        indexes = [
            models.Index(fields=["client", "state"], name="problem_client_state"),
            models.Index(
                fields=["owner", "-severity"],
                name="problem_owner_pending",
                condition=Q(closed_on__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="") & ~Q(state="closed")
                | Q(state="closed", closed_on__isnull=False) & ~Q(outcome="") & ~Q(came_of_it=""),
                name="problem_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=3), name="problem_severity"
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")),
                name="problem_repeats_another",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_open(self) -> bool:
        return self.state != self.State.CLOSED


SIGNAL_KINDS = [(kind.value, kind.label) for kind in Problem.FOUND]


class ProblemStep(Scoped):
    """One step of a solution: who does what by when."""

    SCOPE = ("work", "problem__client", "person")

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="steps")
    what = models.CharField(_("step"), max_length=300)
    due = models.DateField(_("by when"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="problem_steps",
        verbose_name=_("who does it"),
    )
    done_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["due", "pk"]

    def __str__(self):
        return self.what


class Signal(Scoped):
    """A deviation that a detector has found in the data of one client, with its evidence.

    One that is not ``cleared_on`` still has its cause; there is one such per client and kind, so
    what was dismissed is not raised anew until it has gone and come again.  ``shown_on`` is empty
    while it is held back: by the budget of the KAM's week, or because chance may explain it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("signal", "Open")
        TAKEN = "taken", pgettext_lazy("signal", "Became a problem")
        DISMISSED = "dismissed", pgettext_lazy("signal", "Dismissed")
        GONE = "gone", pgettext_lazy("signal", "Gone by itself")

    class Level(models.IntegerChoices):
        WATCH = 1, pgettext_lazy("signal", "Watch")
        ALARM = 2, pgettext_lazy("signal", "Act now")

    client = models.ForeignKey(Client, models.CASCADE, related_name="signals", db_index=False)
    kind = models.CharField(
        pgettext_lazy("problem", "kind"),
        max_length=12,
        choices=SIGNAL_KINDS,
    )
    level = models.PositiveSmallIntegerField(_("how urgent"), choices=Level, default=Level.WATCH)
    # How likely chance alone brings this, where the detector can tell.
    chance = models.FloatField(null=True, editable=False)
    revenue = models.DecimalField(  # of twelve months: what the client weighs
        max_digits=18, decimal_places=2, default=0, editable=False
    )
    # Numbers and days by the names of the detector; nothing of people but their ids.
    evidence = models.JSONField(default=dict, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    since = models.DateField(_("found on"))
    seen_on = models.DateField(_("last seen on"))
    shown_on = models.DateField(null=True, editable=False)
    by_chance = models.BooleanField(default=False, editable=False)
    snoozed_until = models.DateField(_("silent until"), null=True, editable=False)
    reason = models.CharField(_("why"), max_length=500, blank=True, default="", editable=False)
    problem = models.ForeignKey(
        Problem, models.SET_NULL, null=True, related_name="signals", editable=False
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    settled_on = models.DateField(null=True, editable=False)
    cleared_on = models.DateField(_("gone on"), null=True, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-level", "-revenue", "pk"]
        indexes = [models.Index(fields=["client", "state"], name="signal_client_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"],
                condition=Q(cleared_on__isnull=True),
                name="signal_current_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(reason=""), name="signal_dismissed_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(snoozed_until__isnull=True) | ~Q(reason=""),
                name="signal_snoozed_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="gone") | Q(cleared_on__isnull=False), name="signal_gone_on"
            ),
            models.CheckConstraint(
                condition=Q(chance__isnull=True) | Q(chance__gte=0, chance__lte=1),
                name="signal_chance",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class HealthWeek(Scoped):
    """How a relationship fared in a week, as it was computed then.  ``parts``: key -> 0–100 or
    null; ``score`` is empty where too little was known."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="health", db_index=False)
    week = models.DateField()  # its Monday
    score = models.PositiveSmallIntegerField(null=True)
    coverage = models.PositiveSmallIntegerField()  # per cent of the weights that were known
    parts = models.JSONField(default=dict)
    quality = models.PositiveSmallIntegerField(null=True)  # of the data, 0–100
    computed_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["week", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "week"], name="health_week_once"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__lte=100), name="health_score"
            ),
            models.CheckConstraint(condition=Q(coverage__lte=100), name="health_coverage"),
        ]


def usual_weights() -> dict[str, int]:
    return {
        "rhythm": 20, "revenue": 20, "payments": 10, "promises": 15, "satisfaction": 15,
        "contacts": 10, "problems": 10,
    }  # fmt: skip


class RadarSettings(Scoped):
    """What the leaders have settled: how many signals a KAM sees a week, and what health is made
    of.  There is one row."""

    SCOPE = ("staff", "")

    budget = models.PositiveSmallIntegerField(
        _("signals for a KAM in a week"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    weights = models.JSONField(default=usual_weights)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="radar_settings_one_row"),
            models.CheckConstraint(
                condition=Q(budget__gte=1, budget__lte=100), name="radar_budget"
            ),
        ]
