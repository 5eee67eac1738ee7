"""What the columns of each kind of file mean, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.importing import FIELDS

_CLIENT = {
    "client": _("Client's id in the other system"),
    "client_name": _("Client's name"),
    "inn": _("INN"),
    "kpp": _("KPP"),
}
_RECORDED = {"recorded": _("Recorded on")}
_DELETED = {"deleted": _("Marked as deleted: leaves the row out")}

LABELS: dict[str, dict[str, object]] = {
    "clients": {
        "external_id": _("Id in the other system"),
        "name": _("Name"),
        "legal_name": _("Full legal name"),
        "inn": _("INN"),
        "kpp": _("KPP"),
        "group": _("Group of companies"),
        "segment": _("Segment"),
        "country": _("Country"),
        "region": _("Region"),
        "city": _("City"),
        "owner": _("KAM, by name or e-mail"),
        "employees": _("Employees"),
        "turnover": _("The client's own turnover"),
        **_DELETED,
    },
    "contacts": {
        **_CLIENT,
        "name": _("Person's name"),
        "last_name": _("Last name"),
        "first_name": _("First name"),
        "middle_name": _("Middle name"),
        "position": _("Position"),
        "email": _("E-mail"),
        "phone": _("Telephone"),
        "role": _("Role in the decision"),
        **_DELETED,
    },
    "products": {
        "code": _("Code"),
        "name": _("Name"),
        "family": _("Product family"),
        "cost": _("Cost of one"),
        **_DELETED,
    },
    "documents": {
        "number": _("Document number"),
        "document": _("Document: its type, number and date in one cell"),
        "date": _("Document date"),
        **_CLIENT,
        "client_country": _("Client's country"),
        "type": _("Type: invoice, credit note, order, payment request"),
        "product": _("Product code"),
        "product_name": _("Product name"),
        "family": _("Product family"),
        "quantity": _("Quantity"),
        "unit_price": _("Price of one"),
        "amount": _("Amount (VAT as told above)"),
        "amount_net": _("Amount without VAT"),
        "total": _("Total, as the other columns show"),
        "gross": _("Amount with VAT"),
        "discount": _("Discount, %"),
        "vat": _("VAT amount"),
        "vat_rate": _("VAT rate"),
        "cost": _("Cost of the line"),
        "unit_cost": _("Cost of one"),
        "currency": _("Currency"),
        "due": _("Due on"),
        "settled": _("Paid on"),
        "promised": _("Delivery promised for"),
        "shipped": _("Shipped on"),
        "manager": _("Manager"),
        "agreement": _("Agreement"),
        "organisation": _("Own organisation"),
        **_RECORDED,
        "status": _("Status: a cancelled one leaves the row out"),
        "deal_stage": _("Stage of a deal: only those won count, as orders"),
        "posted": _("Posted: “no” leaves the row out"),
        **_DELETED,
    },
    "payments": {
        "number": _("Payment number"),
        "date": _("Payment date"),
        **_CLIENT,
        "amount": _("Amount"),
        "currency": _("Currency"),
        "document": _("Number of the document it pays"),
        "purpose": _("Purpose of the payment"),
        **_RECORDED,
        "status": _("Status: a cancelled one leaves the row out"),
        **_DELETED,
    },
    "interactions": {
        **_CLIENT,
        "date": _("Date"),
        "kind": _("Kind: call, meeting, e-mail, …"),
        "subject": _("Subject"),
        "text": _("Text"),
        "satisfaction": _("Satisfaction, 1–10"),
        **_RECORDED,
    },
    "ratings": {
        **_CLIENT,
        "criterion": _("Criterion"),
        "rating": _("Rating, 1–10"),
        "rater": _("Who rates, by name or e-mail"),
        "date": _("Date"),
        "reason": _("Reason"),
    },
}


def choices(kind: str) -> list[tuple[str, object]]:
    """Fields of a kind of file with their labels, in the order of the field table."""
    labels = LABELS[kind]
    return [(name, labels[name]) for name in FIELDS[kind].fields]
