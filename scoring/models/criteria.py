"""Criteria: the properties by which clients are selected."""

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _


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

    class Axis(models.TextChoices):
        ATTRACTIVENESS = "attractiveness", _("How attractive the client is")
        STRENGTH = "strength", _("How strong we are with the client")

    # On which side of the portfolio matrix it counts; empty where on neither.  It changes no
    # ranking, so it belongs to no version.
    axis = models.CharField(_("axis"), max_length=20, choices=Axis, blank=True, default="")
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
