"""What people's data are used for, what they said to it, and data that may be kept only."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .contacts import Contact


class Purpose(models.Model):
    """What data of people are used for, and on which basis of the law.  Not scoped: it names
    nobody.  ``text_version``: the text of the consent in use now, as the paper itself calls it.
    """

    class Basis(models.TextChoices):
        CONTRACT = "contract", pgettext_lazy("law", "contract")
        INTEREST = "interest", pgettext_lazy("law", "legitimate interest")
        CONSENT = "consent", pgettext_lazy("law", "consent")
        DUTY = "duty", pgettext_lazy("law", "duty by law")

    # GDPR Art. 6(1) and 152-ФЗ ст. 6 ч. 1.
    LAW = {
        Basis.CONTRACT: "Art. 6(1)(b); ст. 6 ч. 1 п. 5",
        Basis.INTEREST: "Art. 6(1)(f); ст. 6 ч. 1 п. 7",
        Basis.CONSENT: "Art. 6(1)(a); ст. 6 ч. 1 п. 1",
        Basis.DUTY: "Art. 6(1)(c); ст. 6 ч. 1 п. 2",
    }

    key = models.SlugField(_("key"), max_length=60, unique=True, editable=False)
    label_ru = models.CharField(_("name in Russian"), max_length=150, blank=True, default="")
    label_en = models.CharField(_("name in English"), max_length=150, blank=True, default="")
    basis = models.CharField(pgettext_lazy("law", "basis"), max_length=10, choices=Basis)
    text_version = models.CharField(
        _("text of the consent in use"), max_length=120, blank=True, default=""
    )
    is_active = models.BooleanField(pgettext_lazy("purpose", "in use"), default=True)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(label_ru="") | ~Q(label_en=""), name="purpose_named"
            )
        ]

    def __str__(self):
        return self.label

    @property
    def label(self) -> str:
        first, second = self.label_ru, self.label_en
        if translation.get_language() != "ru":
            first, second = second, first
        return first or second

    @property
    def law(self) -> str:
        return self.LAW[self.Basis(self.basis)]

    @property
    def may_be_refused(self) -> bool:
        """Whether the person's no ends it: what contract or law ask for goes on."""
        return self.basis in (self.Basis.CONSENT, self.Basis.INTEREST)


class Consent(Scoped):
    """What a person said to a purpose, and when that ended.  Nothing is written over: an answer
    that is taken back, or followed by another, gets its last day and stays.

    ``given_on`` up to ``until`` (empty: without a term), or to ``withdrawn_on`` if that came first.
    """

    SCOPE = ("client", "contact__client")

    class Answer(models.TextChoices):
        AGREES = "agrees", pgettext_lazy("consent", "agrees")
        REFUSES = "refuses", pgettext_lazy("consent", "refuses")

    class Channel(models.TextChoices):
        PAPER = "paper", _("on paper")
        EMAIL = "email", _("by e-mail")
        WEB = "web", _("on a web page")
        PHONE = "phone", _("on the phone")
        MEETING = "meeting", _("at a meeting")
        FILE = "file", _("in a file or another system")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="consents", db_index=False)
    purpose = models.ForeignKey(
        Purpose,
        models.PROTECT,
        related_name="consents",
        verbose_name=pgettext_lazy("consent", "what for"),
    )
    answer = models.CharField(
        _("what the person says"), max_length=8, choices=Answer, default=Answer.AGREES
    )
    given_on = models.DateField(pgettext_lazy("consent", "said on"))
    until = models.DateField(pgettext_lazy("consent", "holds until"), null=True, blank=True)
    channel = models.CharField(pgettext_lazy("consent", "how"), max_length=8, choices=Channel)
    text_version = models.CharField(
        _("which text was shown"), max_length=120, blank=True, default=""
    )
    source = models.CharField(_("where it is kept"), max_length=300, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_on = models.DateField(_("taken back on"), null=True, editable=False)
    withdrawn_how = models.CharField(
        _("how taken back"), max_length=8, choices=Channel, blank=True, default="", editable=False
    )
    withdrawal = models.CharField(
        _("about taking it back"), max_length=300, blank=True, default="", editable=False
    )
    withdrawal_author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    withdrawal_at = models.DateTimeField(null=True, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose"],
                condition=Q(withdrawn_on__isnull=True),
                name="consent_one_answer",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gte=F("given_on")),
                name="consent_withdrawn_later",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("given_on")),
                name="consent_term",
            ),
        ]
        indexes = [models.Index(fields=["contact", "purpose"], name="consent_contact")]

    def __str__(self):
        return f"{self.get_answer_display()}: {self.purpose_id}"

    @property
    def agrees(self) -> bool:
        return self.answer == self.Answer.AGREES


class ContactBlock(Scoped):
    """A time in which data of a person may be kept only: Art. 18 and 21, ст. 21 ч. 1.

    From ``since`` up to the day before ``until`` or ``ended_on``.  What holds now stands in the
    contact itself, too, where lists read it.
    """

    SCOPE = ("client", "contact__client")

    class Ground(models.TextChoices):
        INACCURATE = "inaccurate", _("the person says that the data are wrong")
        UNLAWFUL = "unlawful", _("there is no basis, and the person wants them kept")
        CLAIM = "claim", _("the person needs them for a claim")
        OBJECTION = "objection", _("the person objects, and it is being looked into")
        UNDESTROYED = "undestroyed", _("they are to be destroyed, which is not possible yet")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="blocks")
    ground = models.CharField(_("on what ground"), max_length=12, choices=Ground)
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateField(editable=False)
    until = models.DateField(_("at the latest until"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    end_reason = models.CharField(_("why ended"), max_length=300, blank=True, default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(ended_on__isnull=True), name="block_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("since")),
                name="block_ended_later",
            ),
        ]

    def __str__(self):
        return self.get_ground_display()
