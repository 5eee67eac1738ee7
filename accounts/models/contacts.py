"""People on the client's side."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from kam.audit import looking
from kam.lib.periods import today
from kam.lib.scoping import Scoped

from .clients import Client

# What of a contact is personal: a row read with any of it is a look (kam.audit.looking).
PERSONAL = frozenset({"name", "position", "email", "phone"})


class Contact(Scoped):
    class Role(models.TextChoices):
        UNKNOWN = "", _("Not known")
        DECIDES = "decides", _("Decides")
        INFLUENCES = "influences", _("Influences")
        USES = "uses", _("Uses the product")
        BUYS = "buys", _("Buys")
        PAYS = "pays", _("Pays")

    class Influence(models.TextChoices):
        UNKNOWN = "", _("Not known")
        HIGH = "high", _("Strong")
        MEDIUM = "medium", _("Medium")
        LOW = "low", _("Weak")

    class Attitude(models.TextChoices):
        UNKNOWN = "", _("Not known")
        SPONSOR = "sponsor", _("Stands up for us")
        SUPPORTS = "supports", _("Well disposed")
        NEUTRAL = "neutral", _("Neutral")
        AGAINST = "against", _("Against us")

    class Told(models.TextChoices):
        """How somebody learnt that we have their data."""

        EMAIL = "email", _("by e-mail")
        LETTER = "letter", _("by letter")
        PHONE = "phone", _("on the phone")
        MEETING = "meeting", _("at a meeting")
        KNEW = "knew", _("knew it before")

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts", db_index=False)
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("position"), max_length=200, blank=True, default="")
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=120, blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True, default="")
    # Defaults of the database: whole files of contacts come by COPY and name their own columns.
    influence = models.CharField(
        _("influence"), max_length=10, choices=Influence, blank=True, default="", db_default=""
    )
    attitude = models.CharField(
        _("attitude to us"), max_length=10, choices=Attitude, blank=True, default="", db_default=""
    )
    reports_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
        verbose_name=_("reports to"),
    )
    counterpart = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("our counterpart"),
    )
    left_on = models.DateField(_("left the company on"), null=True, blank=True)
    left_to = models.CharField(_("where to"), max_length=200, blank=True, default="", db_default="")
    # Where people have put the card on the map of people, in units of the drawing.
    map_x = models.SmallIntegerField(null=True, editable=False)
    map_y = models.SmallIntegerField(null=True, editable=False)
    source = models.CharField(max_length=60, blank=True, default="", editable=False)
    # Since when we keep the card: what was taken in lately is not old, however long its client
    # has been silent.
    added_at = models.DateTimeField(db_default=Now(), editable=False)
    # Restricted processing: kept and shown as such, not written to and not handed out.
    blocked_since = models.DateField(_("blocked since"), null=True, editable=False)
    blocked_until = models.DateField(_("blocked until"), null=True, editable=False)
    blocked_reason = models.CharField(
        _("why blocked"), max_length=300, blank=True, default="", db_default="", editable=False
    )
    # Data that did not come from the person: since when we have them, and whether the person was
    # told (Art. 14).  Empty where somebody here wrote the card.
    came_on = models.DateField(_("came on"), null=True, editable=False)
    told_on = models.DateField(_("told on"), null=True, editable=False)
    told_how = models.CharField(
        _("how told"),
        max_length=8,
        choices=Told,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    # When the person was made unrecognisable; the row and its id stay for the history.
    anonymised_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["client", "name"], name="contact_client"),
            models.Index(
                fields=["came_on"],
                name="contact_not_told",
                condition=Q(came_on__isnull=False, told_on__isnull=True),
            ),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="contact_name_trigrams"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reports_to__isnull=True) | ~Q(reports_to=F("id")),
                name="contact_not_own_chief",
            ),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def from_db(cls, db, field_names, values):
        row = super().from_db(db, field_names, values)
        kept = row.__dict__
        if not PERSONAL.isdisjoint(kept) and kept.get("anonymised_at") is None:
            looking.met(kept.get("client_id") or 0, row.pk)
        return row

    @property
    def is_blocked(self) -> bool:
        """Whether the person's data may be kept only; see :mod:`accounts.selectors.blocks`."""
        return self.blocked_since is not None and (
            self.blocked_until is None or self.blocked_until > today()
        )

    @property
    def weighs_much(self) -> bool:
        """Whether the client's decision hangs on this person."""
        return self.role == self.Role.DECIDES or self.influence == self.Influence.HIGH
