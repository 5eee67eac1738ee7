"""Products and their families, our own organisations, and rates of currencies.

None of them is scoped: they say nothing about any client.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductFamily(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Product(models.Model):
    source = models.CharField(max_length=60, default="default", editable=False)
    code = models.CharField(_("code"), max_length=120)
    name = models.CharField(_("name"), max_length=500, blank=True, default="")
    family = models.ForeignKey(
        ProductFamily, models.SET_NULL, null=True, blank=True, related_name="products"
    )
    cost = models.DecimalField(
        _("cost per unit"), max_digits=20, decimal_places=6, null=True, blank=True
    )

    class Meta:
        ordering = ["name", "code"]
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="product_once")]

    def __str__(self):
        return self.name or self.code


class Organisation(models.Model):
    """One of our own legal entities, in whose name a document is issued."""

    name = models.CharField(_("name"), max_length=255, unique=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True, default="")

    def __str__(self):
        return self.name


class Rate(models.Model):
    """What one unit of a currency cost in the company's currency from this date on."""

    currency = models.CharField(_("currency"), max_length=3)
    date = models.DateField(_("date"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "date"], name="rate_once")]
