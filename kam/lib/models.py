"""The company, and what the REST API remembers between requests: answers to named requests, and
their pace."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .scoping import Scoped


class NamedAnswer(Scoped):
    """The answer to a request that came with an ``Idempotency-Key``: sent again, it is told again.

    Written in the transaction of what the request did, so neither stands without the other.
    """

    SCOPE = ("person", "user")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answer_named_once")]
        indexes = [models.Index(fields=["at"], name="answer_at")]


class Pace(models.Model):
    """How many requests one caller has made in the present minute.  Not scoped: it names nobody;
    not logged by the database: after a crash everybody begins anew."""

    caller = models.CharField(max_length=64, primary_key=True)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField()


class CompanyRecord(models.Model):
    """The company, in one row; read through :func:`kam.lib.company.company`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name of the company"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=60)
    vat = models.CharField(_("VAT"), max_length=20, blank=True, default="")
    small_company = models.BooleanField(
        _("one person may be sales manager and KAM of a client"),
        default=False,
        help_text=_("For a small company: nothing warns of it then."),
    )
    second_step_roles = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("who needs a second step to sign in"),
        blank=True,
        default=list,
    )
    second_step_from = models.DateField(
        _("from this day on"),
        null=True,
        blank=True,
        help_text=_("Empty means from today on."),
    )
    first_hour_over = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_company")]

    def __str__(self):
        return self.name
