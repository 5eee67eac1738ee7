"""The company's own sections from which plans begin, beside the built-in ones."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .plans import PlanSection


class PlanTemplate(Scoped):
    """Sections, each with the question that it answers."""

    SCOPE = ("staff", "")

    name = models.CharField(_("name"), max_length=120, unique=True)
    archived = models.BooleanField(_("not for new plans"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["archived", "name"]

    def __str__(self):
        return self.name


class PlanTemplateSection(Scoped):
    SCOPE = ("staff", "")

    template = models.ForeignKey(PlanTemplate, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(
        _("kind"), max_length=10, choices=PlanSection.Kind, default=PlanSection.Kind.TEXT
    )
    name = models.CharField(_("section"), max_length=120)
    question = models.CharField(_("guiding question"), max_length=300, blank=True, default="")

    class Meta(Scoped.Meta):
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name
