"""Judgement: criteria, matrices and their versions, ratings, ranking runs and their rows."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.lib.scoping import Scoped


class Criterion(models.Model):
    """One property by which clients are selected.  Not scoped: it names no client.

    It may have a computed part (``measure``, turned into a rating by the rule), a people's part
    (``rated_by_people``), or both, joined by ``people_share`` (0..1, the people's weight).
    """

    key = models.SlugField(_("key"), max_length=60, unique=True)
    label_ru = models.CharField(_("name in Russian"), max_length=150)
    label_en = models.CharField(_("name in English"), max_length=150)
    description_ru = models.TextField(blank=True, default="")
    description_en = models.TextField(blank=True, default="")
    # What ratings 1, 5 and 10 mean, in words: {"ru": {"1": …}, "en": {…}}.
    anchors = models.JSONField(default=dict)
    measure = models.CharField(_("measure"), max_length=60, blank=True, default="")
    rule = models.JSONField(_("rating rule"), default=dict)
    rated_by_people = models.BooleanField(default=False)
    people_share = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    in_library = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.label

    @property
    def label(self) -> str:
        return self.label_ru if translation.get_language() == "ru" else self.label_en

    @property
    def description(self) -> str:
        return self.description_ru if translation.get_language() == "ru" else self.description_en


class Matrix(models.Model):
    """A scoring matrix; what it means is in its versions.  Not scoped: it names no client."""

    name = models.CharField(_("name"), max_length=150, unique=True)
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
            )
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

    matrix = models.ForeignKey(Matrix, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    selection = models.CharField(max_length=10, choices=Selection, default=Selection.TOP_N)
    # How many clients, at least which score, or which share of profit (0..1).
    selection_value = models.FloatField(default=30)
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


class RankingRun(models.Model):
    """One ranking: a matrix version applied to the facts known at a date.  Immutable.

    It appears together with all its rows, in one transaction; what is under way or has failed is
    told by its job.  Not scoped: it holds no client's facts; its rows are scoped.
    """

    version = models.ForeignKey(MatrixVersion, models.PROTECT, related_name="runs")
    as_of = models.DateField()
    # The latest ranking of the matrix as of an earlier day: what changes of rank refer to.
    previous = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(default=timezone.now)
    clients = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    selected = models.PositiveIntegerField(default=0)
    # Points at the key line; none where the selection is not cut by points, or is empty.
    line = models.FloatField(null=True)
    tie_at_line = models.BooleanField(default=False)
    # Per criterion, in the version's order: {"fitted": the reference population that a relative
    # rule was frozen with, "warnings": [codes], "rated": how many clients}.
    fitted = models.JSONField(default=list)
    checksum = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-started_at"]

    def __str__(self):
        return f"{self.version.matrix} {self.as_of}"


class RankingRow(Scoped):
    """One client's row of a run.  Lives in schema ``runs``, one partition a run, written by
    binary COPY; ``r1…r10`` are ratings × 100 (0 not rated, −1 not applicable), ``x1…x10`` the
    raw values behind them (NaN none), in the version's order of criteria."""

    run = models.ForeignKey(RankingRun, models.DO_NOTHING, related_name="+", db_constraint=False)
    client = models.OneToOneField(
        Client, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )
    # 1-based position in the run's order, rated ones first; unique in a run, used for paging.
    place = models.IntegerField()
    rank = models.IntegerField()  # competition rank; 0 = not enough ratings
    previous_rank = models.IntegerField()  # 0 = none
    selected = models.SmallIntegerField()
    score = models.FloatField()  # NaN where coverage is too low
    coverage = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta(Scoped.Meta):
        managed = False
        db_table = '"runs"."ranking_row"'
        ordering = ["place"]


for _number in range(1, 11):
    RankingRow.add_to_class(f"r{_number}", models.SmallIntegerField())
    RankingRow.add_to_class(f"x{_number}", models.FloatField())
