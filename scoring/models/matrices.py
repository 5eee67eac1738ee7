"""Matrices and their versions, with criteria, weights and rules frozen in each."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .criteria import Criterion


class Matrix(models.Model):
    """A scoring matrix; what it means is in its versions.  Not scoped: it names no client."""

    class Population(models.TextChoices):
        EVERYBODY = "everybody", _("All clients we serve")
        BUYERS = "buyers", _("Those who have bought")
        PROSPECTS = "prospects", _("Potential clients")

    name = models.CharField(_("name"), max_length=150, unique=True)
    # Whom it ranks.  Told at each date by the invoices known then.
    population = models.CharField(
        _("whom it ranks"), max_length=10, choices=Population, default=Population.EVERYBODY
    )
    is_main = models.BooleanField(default=False)
    current_run = models.ForeignKey(
        "RankingRun", models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name_plural = "matrices"
        ordering = ["-is_main", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_main"], condition=Q(is_main=True), name="one_main_matrix"
            ),
            models.UniqueConstraint(
                fields=["population"],
                condition=Q(population="prospects"),
                name="one_matrix_of_prospects",
            ),
        ]

    def __str__(self):
        return self.name


class MatrixVersion(models.Model):
    """Criteria, weights and rules of a matrix.  A draft may change; any other never does."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        RETIRED = "retired", _("Retired")

    class Selection(models.TextChoices):
        TOP_N = "top_n", _("Top N")
        THRESHOLD = "threshold", _("At least so many points")
        SHARE = "share", _("Share of profit")
        CAPACITY = "capacity", _("As many as the KAMs have places")

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    selection = models.CharField(max_length=10, choices=Selection, default=Selection.TOP_N)
    # How many clients, at least which score, or which share of profit (0..1); of no meaning where
    # the KAMs' places decide.
    selection_value = models.FloatField(default=30)
    # Entry and exit apart, so that the list does not flicker: how far inside the line a client
    # has to come to enter, and how far outside to leave; in places, or in points of a threshold.
    gap = models.FloatField(_("gap between entry and exit"), default=0)
    # For how many days after a change of standing no other one is proposed.
    dwell_days = models.PositiveSmallIntegerField(_("days between changes"), default=0)
    min_coverage = models.FloatField(
        default=0.6, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["matrix", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["matrix", "number"], name="matrix_version_once"),
            models.UniqueConstraint(
                fields=["matrix"], condition=Q(status="active"), name="one_active_version"
            ),
            models.UniqueConstraint(
                fields=["matrix"], condition=Q(status="draft"), name="one_draft_version"
            ),
        ]


class VersionCriterion(models.Model):
    """A criterion in a matrix version, frozen with its weight and rule."""

    version = models.ForeignKey(MatrixVersion, models.CASCADE, related_name="criteria")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    weight = models.DecimalField(max_digits=9, decimal_places=4)
    measure = models.CharField(max_length=60, blank=True, default="")
    rule = models.JSONField(default=dict)
    rated_by_people = models.BooleanField(default=False)
    people_share = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    mandatory = models.BooleanField(default=False)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "criterion"], name="criterion_once"),
            models.UniqueConstraint(fields=["version", "position"], name="position_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="weight_positive"),
        ]
