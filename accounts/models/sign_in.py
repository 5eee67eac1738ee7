"""Who is waited for at the door: people who are invited, and guesses that have to wait."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .users import Team, User


class SignInWait(models.Model):
    """How often in a row signing in has failed for one account, browser or address, and until when
    the next try has to wait.  Not scoped: its key is a digest and names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="sign_in_wait_at")]


class PersonInvitation(Scoped):
    """Somebody who may become a person here by a link that works once.

    ``serial`` counts up where the link is to be another one; a link holds it, signed.  There is no
    person before the link has been used.
    """

    SCOPE = ("administration", "")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("invited person", "Waits for an answer")
        EXPIRED = "expired", pgettext_lazy("invited person", "The link has run out")
        ACCEPTED = "accepted", pgettext_lazy("invited person", "Has come")
        WITHDRAWN = "withdrawn", pgettext_lazy("invited person", "Withdrawn")

    class Mail(models.TextChoices):
        NONE = "", pgettext_lazy("mail", "not by mail")
        WAITING = "waiting", pgettext_lazy("mail", "about to be sent")
        SENDING = "sending", pgettext_lazy("mail", "being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        REFUSED = "refused", pgettext_lazy("mail", "refused by the mail server")
        UNSURE = "unsure", pgettext_lazy("mail", "broken off: perhaps sent")

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=User.Role, default=User.Role.KAM)
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="ru"
    )
    serial = models.PositiveIntegerField(default=1, editable=False)
    expires_at = models.DateTimeField(editable=False)
    mail = models.CharField(
        max_length=10, choices=Mail, blank=True, default=Mail.NONE, editable=False
    )
    mailed_at = models.DateTimeField(null=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="person_invited_once",
            )
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def state(self) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        waits = self.expires_at > timezone.now()
        return self.State.WAITING if waits else self.State.EXPIRED

    @property
    def is_open(self) -> bool:
        """Whether it can still be sent again or withdrawn."""
        return self.accepted_at is None and self.withdrawn_at is None
