"""For how long personal data is kept, by kind, and what went when its time was over."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

# Nobody plans further than twenty years ahead; a mistyped number should not pass for a plan.
MOST_MONTHS = 240


def months(label, least: int):
    """Months of keeping; none = kept for good, or as the settings of the installation say."""
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(least), MaxValueValidator(MOST_MONTHS)],
    )


class RetentionRules(Scoped):
    """For how many months each kind is kept, in one row; without it nothing personal goes.

    The least of each kind keeps a slip of the finger from emptying what people work with.
    """

    SCOPE = ("administration", "")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    left_contacts = months(_("contacts who have left their company"), 1)
    gone_clients = months(_("contacts of clients who are gone"), 6)
    notes = months(_("texts of notes and letters"), 6)
    import_files = months(_("original files of imports"), 1)
    bulk_loads = months(_("rows sent by programs"), 1)
    # The database lets none of it go before a year.
    access_log = months(_("access log"), 12)
    history = months(_("history of changes"), 12)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="one_set_of_retention_rules")
        ]


class RetentionRun(Scoped):
    """What went in one night.  ``result``: kind -> {"due", "done", "failed"}; the acts name it."""

    SCOPE = ("administration", "")

    day = models.DateField(unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    rules = models.JSONField(default=dict, editable=False)
    result = models.JSONField(default=dict, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-day"]

    def __str__(self):
        return self.day.isoformat()

    @property
    def done(self) -> int:
        return sum(each.get("done", 0) for each in self.result.values())

    @property
    def failed(self) -> int:
        return sum(each.get("failed", 0) for each in self.result.values())
