"""Fields of clients that the company has added for itself, without code."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped


class OwnField(Scoped):
    """One question that every client's form asks.

    The answers stand in ``Client.own`` under the field's id, so a field that is renamed keeps
    them.  A retired field is not asked any more; what was answered stays.
    """

    SCOPE = ("staff", "")

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("own field", "Text")
        NUMBER = "number", pgettext_lazy("own field", "Number")
        DAY = "day", pgettext_lazy("own field", "Day")
        CHOICE = "choice", pgettext_lazy("own field", "One of a list")
        YES = "yes", pgettext_lazy("own field", "Yes or no")

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    options = ArrayField(
        models.CharField(max_length=120), verbose_name=_("answers"), default=list, blank=True
    )
    help = models.CharField(_("help"), max_length=200, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("place in the form"), default=1)
    is_retired = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """Under which ``Client.own`` has the answer."""
        return str(self.pk)
