"""Reports that people build for themselves: which figures, by what, over which time."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped


class BuiltReport(Scoped):
    """What was chosen in the report builder, under a name.

    ``definition``: as :class:`reports.figures.built_choices.Definition` tells itself.  It holds no rows:
    whoever opens it sees what their own rights show.
    """

    SCOPE = ("shared", "owner", "shared")

    class Shared(models.TextChoices):
        NOBODY = "nobody", pgettext_lazy("shared view", "Only me")
        TEAM = "team", pgettext_lazy("shared view", "My team")
        COMPANY = "company", pgettext_lazy("shared view", "Everybody")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="built_reports", editable=False
    )
    name = models.CharField(_("name"), max_length=80)
    shared = models.CharField(
        _("who sees it"), max_length=10, choices=Shared, default=Shared.NOBODY
    )
    definition = models.JSONField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="built_report_once")]

    def __str__(self):
        return self.name
