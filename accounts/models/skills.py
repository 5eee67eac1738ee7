"""KAMs as people whose work is looked at: their skills, and what they can carry."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .users import User


class Kam(Scoped, User):
    """A person of the directory as seen on their work: by themselves, by the manager of their
    team, and by those who administer or audit."""

    SCOPE = ("member", "")

    class Meta(Scoped.Meta):
        proxy = True
        ordering = ["name", "pk"]


class OwnSkill(Scoped):
    """A skill that the company adds to those of the method.  It is put away, never removed: ratings
    go on to mean what they meant."""

    SCOPE = ("staff", "")

    name = models.CharField(_("skill"), max_length=120, unique=True)
    at_three = models.CharField(_("what 3 means"), max_length=250, blank=True, default="")
    at_six = models.CharField(_("what 6 means"), max_length=250, blank=True, default="")
    at_nine = models.CharField(_("what 9 means"), max_length=250, blank=True, default="")
    archived = models.BooleanField(_("not rated any more"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["archived", "name", "pk"]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        """How ratings name it, beside the keys of :mod:`accounts.selectors.skill_library`."""
        return f"own_{self.pk}"


class SkillRating(Scoped):
    """How well a person masters a skill on a day, said by themselves or by who leads them.

    Never overwritten: the latest of each side counts, the others are the history.
    """

    SCOPE = ("member", "person")

    class Said(models.TextChoices):
        SELF = "self", _("Self")
        MANAGER = "manager", pgettext_lazy("rating", "Manager")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="skill_ratings", db_index=False
    )
    skill = models.CharField(_("skill"), max_length=40)
    said_by = models.CharField(_("who says it"), max_length=10, choices=Said)
    value = models.PositiveSmallIntegerField(
        _("rating"), validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    day = models.DateField(_("on what day"))
    note = models.CharField(_("what shows it"), max_length=500, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["person", "skill", "day"], name="skill_rating_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=1, value__lte=10), name="skill_rating_range"
            )
        ]
