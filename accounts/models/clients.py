"""Clients, the groups they belong to, and the ids that other systems know them by."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Func, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .users import Team


class Client(Scoped):
    """The company we serve: an organisation, sole trader or person, or a group of them."""

    SCOPE = ("client", "")

    class Kind(models.TextChoices):
        ORGANISATION = "organisation", _("Organisation")
        SOLE_TRADER = "sole_trader", _("Sole trader")
        PERSON = "person", _("Person")
        GROUP = "group", _("Group")

    class Lifecycle(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        LOST = "lost", _("Lost")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.ORGANISATION)
    name = models.CharField(_("name"), max_length=255)
    legal_name = models.CharField(_("legal name"), max_length=500, blank=True, default="")
    inn = models.CharField(_("INN"), max_length=12, blank=True, default="")
    kpp = models.CharField(_("KPP"), max_length=9, blank=True, default="")
    segment = models.CharField(_("segment"), max_length=120, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=120, blank=True, default="")
    city = models.CharField(_("city"), max_length=120, blank=True, default="")
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    turnover = models.DecimalField(
        _("turnover per year"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    lifecycle = models.CharField(
        _("lifecycle"), max_length=20, choices=Lifecycle, default=Lifecycle.PROSPECT
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="clients",
        verbose_name=_("KAM"),
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="clients", verbose_name=_("team")
    )
    # Who sells to the client day by day: somebody else than the KAM, unless the company is small.
    sales_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sold_clients",
        verbose_name=_("sales manager"),
    )
    group = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("group"),
        limit_choices_to={"kind": Kind.GROUP},
    )
    tags = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("tags"),
        default=list,
        db_default=[],
        blank=True,
    )
    # Answers to the company's own questions: id of the field -> its value as JSON has it.
    own = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Without ICU the database sorts by code point; this column sorts as a person would.
    sort_name = models.GeneratedField(
        expression=Lower(Func(F("name"), Value("ёЁ"), Value("еЕ"), function="translate")),
        output_field=models.CharField(max_length=255),
        db_persist=True,
    )

    class Meta(Scoped.Meta):
        ordering = ["sort_name", "pk"]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="client_sort"),
            models.Index(fields=["owner", "sort_name"], name="client_owner_sort"),
            models.Index(fields=["team", "sort_name"], name="client_team_sort"),
            models.Index(fields=["inn", "kpp"], name="client_inn", condition=~Q(inn="")),
            models.Index(fields=["name"], name="client_name"),
            GinIndex(fields=["sort_name"], opclasses=["gin_trgm_ops"], name="client_name_trigrams"),
        ]

    def __str__(self):
        return self.name


class ClientIdentifier(Scoped):
    """What another system calls the client."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="identifiers")
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("external id"), max_length=120)

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="client_identifier_once")
        ]

    def __str__(self):
        return f"{self.source}: {self.external_id}"


class Membership(Scoped):
    """From when until when a legal entity belonged to a group, and since when we know it."""

    SCOPE = ("client", "member")

    member = models.ForeignKey(Client, models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Client, models.CASCADE, related_name="membership_of")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True, blank=True)

    class Meta(Scoped.Meta):
        indexes = [models.Index(fields=["member", "since"], name="membership_member")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="membership_dates"
            ),
            models.CheckConstraint(condition=~Q(member=F("group")), name="membership_not_self"),
        ]


class Place(Scoped):
    """Where the published main ranking puts a client: a view over one run's rows.

    Publishing replaces the view, so a new ranking appears everywhere at once.
    """

    client = models.OneToOneField(
        Client, models.DO_NOTHING, primary_key=True, related_name="place", db_constraint=False
    )
    run_id = models.BigIntegerField()
    rank = models.IntegerField(null=True)
    previous_rank = models.IntegerField(null=True)
    score = models.FloatField(null=True)
    coverage = models.FloatField()
    selected = models.BooleanField()

    class Meta(Scoped.Meta):
        managed = False
        db_table = '"runs"."client_place"'
