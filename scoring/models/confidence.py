"""How sure the seats of a ranking are, and which ratings would settle them."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Client
from kam.jobs.models import Job
from kam.lib.scoping import Scoped

from .criteria import Criterion
from .runs import RankingRun


class Confidence(Scoped):
    """What other weights would do to the list of a run; immutable once it is worked out.

    ``concentration``: how closely people are taken to agree on the weights (Dirichlet); none = all
    weightings alike.  ``intervals``: per criterion, in the version's order, [least, greatest] share
    of weight that leaves the list as it is.  ``reversals``: [{"removed", "entered", "left"}] in ids
    of clients; none where nothing is rated by comparison.  ``removals``: how many clients were
    left out in turn to find them.
    """

    SCOPE = ("staff", "")

    run = models.ForeignKey(RankingRun, models.CASCADE, related_name="confidences")
    concentration = models.FloatField(null=True)
    draws = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    # Uncertainty of the list in bits; seats with a chance between 5 and 95 %.
    entropy = models.FloatField(null=True)
    contested = models.PositiveIntegerField(null=True)
    intervals = models.JSONField(default=list)
    reversals = models.JSONField(null=True)
    removals = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]

    def __str__(self):
        return f"{self.run} #{self.pk}"


class Seat(Scoped):
    """How sure one client's seat is: the chance of being on the list, the places between which it
    stands in 95 % of the weightings, and the mean weights of those in which it is on the list.

    Kept for clients near the list and for all with a chance; whoever has a rank and no row is on
    the list in none of the draws.
    """

    confidence = models.ForeignKey(Confidence, models.CASCADE, related_name="seats")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    p_key = models.FloatField()
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    central_weights = models.JSONField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["confidence", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["confidence", "client"], name="client_seat_once")
        ]


class WantedRating(Scoped):
    """A rating that is missing, or a year old, and may change the client's seat.

    ``value``: the chance that it does.  ``needed``: the rating from which on the client is on the
    list.
    """

    confidence = models.ForeignKey(Confidence, models.CASCADE, related_name="wanted")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="+")
    value = models.FloatField()
    needed = models.FloatField()
    old = models.BooleanField(default=False)

    class Meta(Scoped.Meta):
        ordering = ["confidence", "-value", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["confidence", "client", "criterion"], name="rating_wanted_once"
            )
        ]
