"""What we have promised a client, and what the client has promised us."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact


class Promise(Scoped):
    """One promise.  The database lets none vanish: it ends by being settled, with evidence.

    ``due`` is when it is due now, ``first_due`` when it was due first; whoever moves it says why
    (:class:`PromiseMove`).  Kept after ``due`` is kept late.
    """

    SCOPE = ("work", "client", "owner")

    class Side(models.TextChoices):
        OURS = "ours", _("Ours")
        THEIRS = "theirs", _("Theirs")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        LATE = "late", pgettext_lazy("promise", "Kept late")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        WITHDRAWN = "withdrawn", pgettext_lazy("promise", "Withdrawn")

    client = models.ForeignKey(Client, models.CASCADE, related_name="promises", db_index=False)
    side = models.CharField(_("whose promise"), max_length=6, choices=Side, default=Side.OURS)
    what = models.CharField(_("what is promised"), max_length=500)
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("to whom, or who promises"),
    )
    about = models.CharField(_("product or service"), max_length=200, blank=True, default="")
    due = models.DateField(_("by when"))
    first_due = models.DateField(editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="promises",
        db_index=False,
        verbose_name=_("who answers for it"),
    )
    assured = models.CharField(_("how we make sure of it"), max_length=500, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    settled_on = models.DateField(_("settled on"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    evidence = models.CharField(_("what shows it"), max_length=1000, blank=True, default="")
    satisfaction = models.PositiveSmallIntegerField(
        _("how content the client is, 1–10"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["due", "pk"]
        indexes = [
            models.Index(fields=["client", "due"], name="promise_client_due"),
            models.Index(
                fields=["owner", "due"], name="promise_owner_open", condition=Q(state="open")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True)
                | (~Q(state="open") & Q(settled_on__isnull=False) & ~Q(evidence="")),
                name="promise_settled_with_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state="kept") | Q(settled_on__lte=F("due")),
                name="promise_kept_in_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="late") | Q(settled_on__gt=F("due")), name="promise_kept_late"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True)
                | Q(satisfaction__gte=1, satisfaction__lte=10, state__in=["kept", "late"]),
                name="promise_satisfaction",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class PromiseMove(Scoped):
    """A promise that was put off, put forward, worded anew, or opened again, and why."""

    SCOPE = ("work", "promise__client", "promise__owner")

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="moves")
    what = models.CharField(max_length=500)  # as it was before
    due = models.DateField()
    state = models.CharField(max_length=10, choices=Promise.State)
    reason = models.CharField(_("why"), max_length=500)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
