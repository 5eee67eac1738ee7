"""People on the client's side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client


class Contact(Scoped):
    class Role(models.TextChoices):
        UNKNOWN = "", _("Not known")
        DECIDES = "decides", _("Decides")
        INFLUENCES = "influences", _("Influences")
        USES = "uses", _("Uses the product")
        BUYS = "buys", _("Buys")
        PAYS = "pays", _("Pays")

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts", db_index=False)
    name = models.CharField(_("name"), max_length=200)
    position = models.CharField(_("position"), max_length=200, blank=True, default="")
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=120, blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True, default="")
    left_on = models.DateField(_("left the company on"), null=True, blank=True)
    source = models.CharField(max_length=60, blank=True, default="", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["client", "name"], name="contact_client")]

    def __str__(self):
        return self.name
