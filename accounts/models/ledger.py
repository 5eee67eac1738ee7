"""The ledger: documents with lines, payments, and which payment settled which document.

Facts are dated twice and never overwritten: ``date`` is when it happened, ``known_from`` to
``known_to`` when we believed it.  A changed document is a new row with the next ``version``; the
old one gets ``known_to``.  Everything as of T uses rows with ``date <= T`` and
``known_from < end of T`` and (``known_to`` empty or ``>= end of T``).

Amounts are in the company's currency at the document's date, net of VAT in ``net`` and ``cost``.
Headers carry totals, so that measures never read lines unless products matter.  Lines and
allocations repeat client and date, so that they can be partitioned or distributed; their foreign
keys have no constraint in the database, because one check per row and key would make a bulk load
several times slower — the loader writes them only from rows it has just joined.
"""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client
from .imports import ImportBatch
from .products import Organisation, Product


def money(label="", **options):
    return models.DecimalField(label, max_digits=18, decimal_places=2, **options)


def exact(label="", **options):
    """Quantities, prices and line amounts, which may have more than two decimals."""
    return models.DecimalField(label, max_digits=20, decimal_places=6, **options)


class Document(Scoped):
    """One version of an invoice, credit note, order or payment request.

    Only invoices and credit notes make revenue; a credit note's amounts are negative.
    """

    class Type(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        ORDER = "order", _("Order")
        PAYMENT_REQUEST = "payment_request", _("Payment request")

    # Every index on a client and a date serves look-ups by the client alone, too.
    client = models.ForeignKey(Client, models.PROTECT, related_name="documents", db_index=False)
    source = models.CharField(_("source"), max_length=60, default="default")
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.INVOICE)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("our organisation"),
    )
    number = models.CharField(_("number"), max_length=60)
    year = models.PositiveSmallIntegerField(editable=False)
    date = models.DateField(_("date"))
    due = models.DateField(_("due"), null=True, blank=True)
    promised = models.DateField(_("promised by"), null=True, blank=True)
    shipped = models.DateField(_("shipped on"), null=True, blank=True)
    manager = models.CharField(_("manager"), max_length=150, blank=True, default="")
    agreement = models.CharField(_("agreement"), max_length=150, blank=True, default="")

    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    net = money(_("net"))
    vat = money(_("VAT"), default=0)
    gross = money(_("gross"))
    discount = money(_("discount"), default=0)
    # Cost of the lines whose cost is known, and the net of those lines: profit is theirs only.
    cost = money(_("cost"), default=0)
    costed_net = money(_("net with known cost"), default=0)

    # Kept by the allocation of payments: how much is paid, when it was paid in full, and since
    # when we know that it was.
    paid = money(_("paid"), default=0)
    settled_on = models.DateField(_("paid in full on"), null=True, editable=False)
    settled_known = models.DateTimeField(null=True, editable=False)

    version = models.PositiveIntegerField(default=1, editable=False)
    known_from = models.DateTimeField(default=timezone.now, editable=False)
    known_to = models.DateTimeField(null=True, editable=False)
    fingerprint = models.CharField(max_length=32, editable=False, default="")
    batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, editable=False, db_constraint=False, db_index=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["client", "date"], name="document_client_date"),
            # The first page of everybody's documents, latest first.
            models.Index(fields=["-date", "-id"], name="document_latest"),
            BrinIndex(fields=["date"], name="document_date_brin"),
            BrinIndex(fields=["batch"], name="document_batch_brin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "type", "organisation", "number", "year"],
                condition=Q(known_to__isnull=True),
                nulls_distinct=False,
                name="document_current_once",
            )
        ]

    def __str__(self):
        return f"{self.get_type_display()} {self.number}"


class Line(Scoped):
    """One line of one document version."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="lines", db_constraint=False
    )
    client = models.ForeignKey(
        Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    date = models.DateField()
    position = models.PositiveIntegerField()
    product = models.ForeignKey(
        Product, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    quantity = exact(null=True)
    shipped_quantity = exact(null=True)
    unit_price = exact(null=True)
    discount = models.DecimalField(max_digits=9, decimal_places=6, default=0)
    net = exact()
    vat = exact(default=0)
    gross = exact()
    cost = exact(null=True)

    class Meta(Scoped.Meta):
        ordering = ["document", "position"]
        indexes = [
            models.Index(fields=["client", "date"], name="line_client_date"),
            BrinIndex(fields=["date"], name="line_date_brin"),
        ]


class Payment(Scoped):
    """Money received (negative: returned) from a client; versioned as documents are."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="payments", db_index=False)
    source = models.CharField(max_length=60, default="default")
    key = models.CharField(max_length=64, editable=False)
    number = models.CharField(_("number"), max_length=60, blank=True, default="")
    date = models.DateField(_("date"))
    amount = money(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1)
    # The number of the document that the payer named, if any.
    document_number = models.CharField(max_length=60, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)
    known_from = models.DateTimeField(default=timezone.now, editable=False)
    known_to = models.DateTimeField(null=True, editable=False)
    fingerprint = models.CharField(max_length=32, editable=False, default="")
    batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, null=True, editable=False, db_constraint=False, db_index=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        indexes = [
            models.Index(fields=["client", "date"], name="payment_client_date"),
            BrinIndex(fields=["batch"], name="payment_batch_brin"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "key"],
                condition=Q(known_to__isnull=True),
                name="payment_current_once",
            )
        ]


class Allocation(Scoped):
    """Which payment, or which credit note, settled how much of which document.

    The rule is explicit: first the document that the payer named, then the oldest open one.
    """

    class Rule(models.TextChoices):
        EXACT = "exact", _("named by the payer")
        OLDEST = "oldest", _("oldest first")

    client = models.ForeignKey(
        Client, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    document = models.ForeignKey(
        Document, models.CASCADE, related_name="allocations", db_constraint=False
    )
    payment = models.ForeignKey(
        Payment, models.CASCADE, null=True, related_name="allocations", db_constraint=False
    )
    credit_note = models.ForeignKey(
        Document, models.CASCADE, null=True, related_name="credits", db_constraint=False
    )
    date = models.DateField()
    amount = money()
    rule = models.CharField(max_length=10, choices=Rule)
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["date", "pk"]
        indexes = [models.Index(fields=["client", "date"], name="allocation_client_date")]
