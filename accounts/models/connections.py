"""Systems that we ask for what has changed, instead of waiting for their files."""

import json

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.jobs.models import Job
from kam.lib import secret_box
from kam.lib.scoping import Scoped

PURPOSE = "connection"


class Connection(Scoped):
    """A system to pull from, how often, and how far that has come.

    ``address``: where it is, without anything secret.  ``secret``: credentials as sealed JSON,
    which leave this row only for a connector.  ``pulls``: which of its elements are wanted.
    ``won``, ``pipelines``: of amoCRM, the stages that make a deal an order, and the pipelines that
    count (empty = the usual stage; all).  ``cursors``: element -> how far it has been read, written
    in the transaction that loads.  ``found``: what the last test found; ``error``: why the last run
    ended early ({"code", "params"}); ``report``: what it read.
    """

    SCOPE = ("staff", "")

    class System(models.TextChoices):
        BITRIX24 = "bitrix24", _("Bitrix24")
        AMOCRM = "amocrm", "amoCRM (Kommo)"

    class Every(models.IntegerChoices):
        BY_HAND = 0, _("only when asked")
        HOUR = 1, _("every hour")
        THREE_HOURS = 3, _("every three hours")
        SIX_HOURS = 6, _("every six hours")
        NIGHT = 24, _("every night")

    PULLS = {
        System.BITRIX24: ("companies", "requisites", "invoices"),
        System.AMOCRM: ("companies", "leads"),
    }

    system = models.CharField(_("system"), max_length=10, choices=System)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=255)
    source = models.CharField(_("source"), max_length=60)
    secret = models.TextField(default="", editable=False)
    pulls = ArrayField(models.CharField(max_length=20), default=list)
    won = ArrayField(models.PositiveBigIntegerField(), default=list, blank=True)
    pipelines = ArrayField(models.PositiveBigIntegerField(), default=list, blank=True)
    vat = models.CharField(max_length=20, blank=True, default="")
    every = models.PositiveSmallIntegerField(
        _("how often"), choices=Every, default=Every.THREE_HOURS
    )
    whole_at_night = models.BooleanField(_("read everything again every night"), default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    cursors = models.JSONField(default=dict, editable=False)
    found = models.JSONField(null=True, editable=False)
    report = models.JSONField(null=True, editable=False)
    error = models.JSONField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    whole_at = models.DateTimeField(null=True, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", editable=False)
    trial = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    @property
    def is_busy(self) -> bool:
        """Whether a run waits or is at work."""
        return self.job is not None and self.job.is_open

    @property
    def is_being_tried(self) -> bool:
        return self.trial is not None and self.trial.is_open

    @property
    def has_secret(self) -> bool:
        return bool(self.secret)

    def credentials(self) -> dict[str, str]:
        """Raises :class:`kam.lib.secret_box.Lost`."""
        if not self.secret:
            return {}
        return json.loads(secret_box.unseal(self.secret, PURPOSE))

    def seal(self, credentials: dict[str, str]) -> None:
        self.secret = secret_box.seal(json.dumps(credentials), PURPOSE)

    def seal_anew(self) -> None:
        """With the present key.  Raises :class:`kam.lib.secret_box.Lost`."""
        self.secret = secret_box.sealed_anew(self.secret, PURPOSE)
