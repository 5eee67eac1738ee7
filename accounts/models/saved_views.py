"""Lists as somebody wants to see them again: filters and order under a name."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped


class SavedView(Scoped):
    """Filters of one list, as its address has them behind the question mark.

    Whoever opens it sees what their own rights show: a view holds no rows.
    """

    SCOPE = ("shared", "person", "shared")

    class Shared(models.TextChoices):
        NOBODY = "nobody", pgettext_lazy("shared view", "Only me")
        TEAM = "team", pgettext_lazy("shared view", "My team")
        COMPANY = "company", pgettext_lazy("shared view", "Everybody")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", editable=False
    )
    page = models.CharField(max_length=60, editable=False)
    query = models.CharField(max_length=1000, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    shared = models.CharField(
        _("who sees it"), max_length=10, choices=Shared, default=Shared.NOBODY
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["page", "shared"], name="saved_view_page")]
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="saved_view_once")
        ]

    def __str__(self):
        return self.name
