"""How a new KAM comes into the work: the company's way, and the plan of one person."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

MOST_WEEKS = 104


def _author():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )


class Learning(Scoped):
    """A step of an onboarding.  ``week``: whole weeks after the first day; ``helper``: who helps,
    in words."""

    position = models.PositiveSmallIntegerField(default=1)
    week = models.PositiveSmallIntegerField(
        pgettext_lazy("onboarding", "week"), default=0, validators=[MaxValueValidator(MOST_WEEKS)]
    )
    name = models.CharField(pgettext_lazy("onboarding", "step"), max_length=200)
    details = models.CharField(_("how"), max_length=500, blank=True, default="")
    helper = models.CharField(_("who helps"), max_length=120, blank=True, default="")

    class Meta(Scoped.Meta):
        abstract = True
        ordering = ["week", "position", "pk"]

    def __str__(self):
        return self.name


class OnboardingTemplate(Scoped):
    """The company's way to bring a new KAM into the work."""

    SCOPE = ("staff", "")

    name = models.CharField(_("name"), max_length=120, unique=True)
    archived = models.BooleanField(_("not for new people"), default=False)
    author = _author()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["archived", "name", "pk"]

    def __str__(self):
        return self.name


class OnboardingTemplateStep(Learning):
    SCOPE = ("staff", "")

    template = models.ForeignKey(OnboardingTemplate, models.CASCADE, related_name="steps")


class Onboarding(Scoped):
    """The plan of one person.  Its steps are a copy: later changes of the template leave it alone."""

    SCOPE = ("member", "person")

    class Outcome(models.TextChoices):
        DONE = "done", pgettext_lazy("onboarding", "Done")
        BROKEN_OFF = "broken_off", pgettext_lazy("onboarding", "Broken off")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="onboardings", verbose_name=_("KAM")
    )
    name = models.CharField(_("name"), max_length=120)
    begun = models.DateField(_("first day"))
    ended_on = models.DateField(null=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome, blank=True, default="", editable=False
    )
    reason = models.CharField(_("why"), max_length=500, blank=True, default="", editable=False)
    author = _author()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-begun", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on__isnull=True), name="onboarding_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, outcome="")
                | (Q(ended_on__isnull=False) & ~Q(outcome="")),
                name="onboarding_ends_somehow",
            ),
        ]

    def __str__(self):
        return self.name


class OnboardingStep(Learning):
    """``done_on``: empty while it is open."""

    SCOPE = ("member", "onboarding__person")

    onboarding = models.ForeignKey(Onboarding, models.CASCADE, related_name="steps")
    helped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("colleague who helps"),
    )  # fmt: skip
    due = models.DateField(pgettext_lazy("onboarding", "by when"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    note = models.CharField(_("what came of it"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Learning.Meta):
        abstract = False
        indexes = [
            models.Index(
                fields=["due"], condition=Q(done_on__isnull=True), name="onboarding_step_open"
            )
        ]
