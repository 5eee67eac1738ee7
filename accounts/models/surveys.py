"""What clients are asked by a link, and what they answer."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact


def new_nonce() -> str:
    return secrets.token_hex(24)


class Survey(Scoped):
    """A questionnaire: one question with a figure, up to MOST_QUESTIONS own ones, free text.

    ``questions``: mappings with ``kind`` ("scale" 1–10 or "text") and the words in ``ru`` and
    ``en``, one of which may be empty.  They stand fast from the first answer on.
    """

    SCOPE = ("staff", "")
    MOST_QUESTIONS = 5
    QUESTION_KINDS = ("scale", "text")

    class Scale(models.TextChoices):
        RECOMMEND = "recommend", _("Would they recommend us, 0–10 (NPS)")
        CONTENT = "content", _("How content they are, 1–10")

    name = models.CharField(_("name"), max_length=200)
    scale = models.CharField(
        _("main question"), max_length=10, choices=Scale, default=Scale.RECOMMEND
    )
    questions = models.JSONField(default=list, blank=True)
    closes_on = models.DateField(_("answers are taken until"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-closes_on", "-pk"]

    def __str__(self):
        return self.name

    @property
    def lowest(self) -> int:
        return 0 if self.scale == self.Scale.RECOMMEND else 1


class SurveyInvitation(Scoped):
    """One person of a client who is asked once.

    The link holds a token signed with the key of the installation: of the token only a digest is
    kept, and it is made anew from ``nonce`` for whoever may hand it on.
    """

    class Mail(models.TextChoices):
        NONE = "", pgettext_lazy("mail", "not by mail")
        WAITING = "waiting", pgettext_lazy("mail", "about to be sent")
        SENDING = "sending", pgettext_lazy("mail", "being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        REFUSED = "refused", pgettext_lazy("mail", "refused by the mail server")
        UNSURE = "unsure", pgettext_lazy("mail", "broken off: perhaps sent")
        HELD = "held", pgettext_lazy("mail", "not sent")

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations", db_index=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="survey_invitations")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="survey_invitations"
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    nonce = models.CharField(max_length=48, default=new_nonce, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    mail = models.CharField(max_length=10, choices=Mail, blank=True, default=Mail.NONE)
    mailed_at = models.DateTimeField(null=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "contact"], name="survey_asked_once")
        ]

    def __str__(self):
        return f"{self.survey_id}/{self.pk}"

    @staticmethod
    def hash(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @staticmethod
    def sign(nonce: str, key: str = "") -> str:
        signed = hmac.new(
            (key or settings.SECRET_KEY).encode(), f"survey {nonce}".encode(), "sha256"
        )
        return urlsafe_b64encode(signed.digest()).decode().rstrip("=")

    def token(self) -> str:
        """What the link ends in; empty where the key it was signed with is no longer known."""
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            if key and self.hash(found := self.sign(self.nonce, key)) == self.digest:
                return found
        return ""


class SurveyAnswer(Scoped):
    """What one person answered; it can be changed until the survey closes.

    ``replies``: the number of an own question, from 0, as text -> a number or words.
    ``followed_up_at`` is set once somebody has done something about a low answer.
    """

    SCOPE = ("client", "invitation__client")
    LOW = 6  # up to here somebody has to talk with them

    invitation = models.OneToOneField(SurveyInvitation, models.CASCADE, related_name="answer")
    score = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    comment = models.TextField(blank=True, default="")
    replies = models.JSONField(default=dict)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    answered_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True)
    followed_up_at = models.DateTimeField(null=True)
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    follow_up = models.CharField(_("what was done"), max_length=1000, blank=True, default="")

    class Meta(Scoped.Meta):
        ordering = ["-answered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=10), name="survey_answer_score"
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at__isnull=True) | ~Q(follow_up=""),
                name="survey_answer_follow_up",
            ),
        ]

    @property
    def is_low(self) -> bool:
        return self.score <= self.LOW

    @property
    def waits(self) -> bool:
        """Whether somebody still has to talk with them."""
        return self.is_low and self.followed_up_at is None


class SurveyRefusal(Scoped):
    """A person who does not want to be asked any more."""

    SCOPE = ("client", "contact__client")

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="survey_refusal")
    invitation = models.ForeignKey(SurveyInvitation, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
