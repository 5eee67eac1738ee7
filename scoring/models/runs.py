"""Ranking runs and their rows."""

from django.db import models
from django.utils import timezone

from accounts.models import Client
from kam.lib.scoping import Scoped

from .matrices import MatrixVersion


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
    profit = models.FloatField()  # of twelve months: breaks ties, is shared out; NaN = unknown

    class Meta(Scoped.Meta):
        managed = False
        db_table = '"runs"."ranking_row"'
        ordering = ["place"]


for _number in range(1, 11):
    RankingRow.add_to_class(f"r{_number}", models.SmallIntegerField())
    RankingRow.add_to_class(f"x{_number}", models.FloatField())
