"""Initiatives: beta tests, new products and unique offers, and the clients invited to them."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact
from .ledger import money
from .needs import Theme
from .products import ProductFamily


class Initiative(Scoped):
    """What we prepare for several clients at once.  Everybody on the staff reads it; whom it
    reaches is in :class:`Invitation`, which is seen by client."""

    SCOPE = ("staff", "")

    class Kind(models.TextChoices):
        BETA = "beta", _("Beta test")
        PRODUCT = "product", _("New product")
        OFFER = "offer", _("Unique offer")

    class Stage(models.TextChoices):
        IDEA = "idea", pgettext_lazy("initiative", "Idea")
        PREPARED = "prepared", pgettext_lazy("initiative", "Prepared")
        INVITING = "inviting", pgettext_lazy("initiative", "Inviting")
        RUNNING = "running", pgettext_lazy("initiative", "Running")
        FINISHED = "finished", pgettext_lazy("initiative", "Finished")
        STOPPED = "stopped", pgettext_lazy("initiative", "Stopped")

    ENDED = (Stage.FINISHED, Stage.STOPPED)

    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.BETA)
    name = models.CharField(_("name"), max_length=200)
    goal = models.TextField(_("what it is to reach"), max_length=2000)
    audience = models.CharField(
        _("for whom: the clients' own customers"), max_length=500, blank=True, default=""
    )
    theme = models.ForeignKey(
        Theme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("theme of needs it answers"),
    )
    family = models.ForeignKey(
        ProductFamily,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product family"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="initiatives",
        verbose_name=_("who answers for it"),
    )
    starts = models.DateField(_("is to run from"), null=True, blank=True)
    ends = models.DateField(_("is to run until"), null=True, blank=True)
    expected = money(
        _("expected to bring a year"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.IDEA)
    # When it began to run and ended in fact: what is measured hangs on them.
    began = models.DateField(null=True, editable=False)
    ended = models.DateField(null=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="initiative_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["running", "finished"]) | Q(began__isnull=False),
                name="initiative_ran_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["finished", "stopped"], ended__isnull=False)
                | (~Q(stage__in=["finished", "stopped"]) & Q(ended__isnull=True)),
                name="initiative_ended_on_a_day",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self) -> bool:
        return self.stage not in self.ENDED


class InitiativeStep(Scoped):
    """An initiative that came to another stage, and what was said of it."""

    SCOPE = ("staff", "")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="steps")
    before = models.CharField(max_length=8, choices=Initiative.Stage)
    after = models.CharField(max_length=8, choices=Initiative.Stage)
    on = models.DateField()
    note = models.CharField(max_length=500, blank=True, default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]


class Invitation(Scoped):
    """A client invited to an initiative, and its answer.

    ``points`` and ``reasons``: how it fitted when it was invited, [[key, points, value]].
    ``despite``: why it was asked although it had been asked shortly before.
    """

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("invitation", "Invited")
        AGREED = "agreed", pgettext_lazy("invitation", "Agreed")
        DECLINED = "declined", pgettext_lazy("invitation", "Declined")
        TOOK_PART = "took_part", pgettext_lazy("invitation", "Took part")

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="invitations")
    client = models.ForeignKey(Client, models.CASCADE, related_name="invitations", db_index=False)
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("who is asked"),
    )
    state = models.CharField(_("answer"), max_length=9, choices=State, default=State.INVITED)
    words = models.CharField(_("in their words"), max_length=1000, blank=True, default="")
    invited_on = models.DateField(_("invited on"))
    answered_on = models.DateField(_("answered on"), null=True, editable=False)
    points = models.PositiveSmallIntegerField(default=0, editable=False)
    reasons = models.JSONField(default=list, editable=False)
    despite = models.CharField(_("why asked again so soon"), max_length=500, blank=True, default="")
    expected = money(
        _("expected to bring a year"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    realised = money(_("brought in fact"), null=True, blank=True, validators=[MinValueValidator(0)])
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-invited_on", "-pk"]
        indexes = [
            models.Index(fields=["client", "-invited_on"], name="invitation_client_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["initiative", "client"], name="invitation_once"),
            models.CheckConstraint(
                condition=Q(state="invited", answered_on__isnull=True)
                | (~Q(state="invited") & Q(answered_on__isnull=False)),
                name="invitation_answered_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(words=""), name="invitation_declined_in_words"
            ),
        ]

    def __str__(self):
        return f"{self.initiative}: {self.client}"
