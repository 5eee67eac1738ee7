"""Business reviews of a client by quarter: one edition for ourselves, one for the client, each as
it was made; what we say of them among ourselves, and whether one may go to the client."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Client, Contact
from kam.lib.scoping import Scoped


def _author():
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )


class BusinessReview(Scoped):
    """A quarter with a client, as it was told; the database refuses to change what it says.

    The two editions of one making have the same ``number``; ``previous`` is the last one of the
    same edition for an earlier quarter.  ``content``: :mod:`reports.services.shapes` tells its
    shape.
    """

    SCOPE = ("client", "client")
    kind = "qbr"

    class Edition(models.TextChoices):
        INTERNAL = "internal", pgettext_lazy("edition", "For ourselves")
        CLIENT = "client", pgettext_lazy("edition", "For the client")

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="business_reviews", db_index=False, editable=False
    )
    edition = models.CharField(max_length=8, choices=Edition)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    number = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(_("language"), max_length=5)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    previous = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    author = _author()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-ends", "-number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "edition", "ends", "number"], name="business_review_once"
            ),
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")), name="business_review_dates"
            ),
        ]

    def __str__(self):
        return f"{self.get_edition_display()} {self.starts}–{self.ends}"

    @property
    def is_internal(self) -> bool:
        return self.edition == self.Edition.INTERNAL


class ReviewComment(Scoped):
    """What one of us said of a review; it never goes to the client."""

    SCOPE = ("client", "review__client")

    review = models.ForeignKey(BusinessReview, models.CASCADE, related_name="comments")
    text = models.TextField(pgettext_lazy("review", "comment"), max_length=2000)
    author = _author()
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["at", "pk"]


class ReviewDecision(Scoped):
    """Whether an edition for the client may go to the client; the last one counts.

    ``digest``: of what was decided on.
    """

    SCOPE = ("client", "review__client")

    class Kind(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("review", "Approved")
        RETURNED = "returned", pgettext_lazy("review", "Returned")

    review = models.ForeignKey(BusinessReview, models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=8, choices=Kind)
    words = models.CharField(
        pgettext_lazy("review", "what is to be changed"), max_length=1000, blank=True, default=""
    )
    digest = models.CharField(max_length=64)
    author = _author()
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="returned") | ~Q(words=""), name="review_returned_with_words"
            ),
        ]


class ReviewMail(Scoped):
    """An approved review on its way to somebody of the client, once to each; what was broken off
    may have arrived."""

    SCOPE = ("client", "review__client")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("mail", "Waits")
        SENDING = "sending", pgettext_lazy("mail", "On its way")
        SENT = "sent", pgettext_lazy("mail", "Sent")
        REFUSED = "refused", pgettext_lazy("mail", "Refused by the mail server")
        UNSURE = "unsure", pgettext_lazy("mail", "Broken off: it may have arrived")
        HELD = "held", pgettext_lazy("mail", "Not sent: it may not go out, or not to this person")

    review = models.ForeignKey(BusinessReview, models.CASCADE, related_name="mails")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    sent_at = models.DateTimeField(null=True)
    author = _author()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "contact"], name="review_mail_once")
        ]
