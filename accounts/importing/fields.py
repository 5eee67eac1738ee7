"""Kinds of file and their fields: one table that reader, loader and help text share.

A documents frame always holds `type`, `amount`, `vat` and `gross`, whatever columns the file
had: `amount` is the line net of VAT, `gross` = `amount` + `vat`, all signed (a credit note is
negative, so are its `quantity` and `cost`). Amounts are rounded half-up to cents per line,
except where they come from a price of more than two decimals: those are exact, and the
document is to be rounded. `cost` is of the whole line; it comes from `unit_cost` only where
the file has no cost column. `discount` is a fraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Cell(Enum):
    """How the cells of a field are read; the value type is in the comment."""

    TEXT = "text"  # str
    CODE = "code"  # str; 17850.0 of a spreadsheet is 17850
    NUMBER = "number"  # Decimal
    COUNT = "count"  # int; a range such as 50-250 is left empty with a warning
    DATE = "date"  # datetime.date
    RATE = "rate"  # Decimal, a fraction: 20 % is 0.20
    CURRENCY = "currency"  # str, ISO 4217
    TYPE = "type"  # str, one of DOCUMENT_TYPES
    INN = "inn"  # str of 10 or 12 digits
    KPP = "kpp"  # str of 9 characters
    PHONE = "phone"  # str as written
    EMAIL = "email"  # str, lower case
    SKIP = "skip"  # never in the frame: a yes or a cancelled status leaves the row out


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind: how cells are read, whether each row needs it, longest text."""

    cell: Cell = Cell.TEXT
    required: bool = False
    longest: int = 255


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. `needs`: of each group at least one column must be in the file.

    A group lists alternatives; an alternative of several fields is written "a+b".
    `row_needs`: of each group every row must fill at least one field.
    """

    fields: dict[str, Field]
    needs: tuple[tuple[str, ...], ...]
    row_needs: tuple[tuple[str, ...], ...] = ()


DOCUMENT_TYPES = ("invoice", "credit_note", "order", "payment_request")

_LONG = 32_767
_TEXT = Field()
_CODE = Field(Cell.CODE, longest=120)
_NUMBER = Field(Cell.NUMBER)
_DATE = Field(Cell.DATE)
_SKIP = Field(Cell.SKIP)

# Who the row is about: external id first, then ИНН+КПП, then the name.
_CLIENT = {
    "client": _CODE,
    "client_name": _TEXT,
    "inn": Field(Cell.INN),
    "kpp": Field(Cell.KPP),
}
_ANY_NAME = ("name", "last_name", "first_name")
_ANY_CLIENT = ("client", "client_name", "inn")

FIELDS: dict[str, Kind] = {
    "clients": Kind(
        {
            "external_id": _CODE,
            "name": _TEXT,
            "legal_name": Field(longest=1000),
            "inn": Field(Cell.INN),
            "kpp": Field(Cell.KPP),
            "group": _CODE,
            "segment": _TEXT,
            "country": _TEXT,
            "region": _TEXT,
            "city": _TEXT,
            "owner": _CODE,
            "employees": Field(Cell.COUNT),
            "turnover": _NUMBER,
            "deleted": _SKIP,
        },
        needs=(("name", "legal_name"),),
        row_needs=(("name", "legal_name"),),
    ),
    "contacts": Kind(
        {
            **_CLIENT,
            "name": _TEXT,
            "last_name": _TEXT,
            "first_name": _TEXT,
            "middle_name": _TEXT,
            "position": _TEXT,
            "email": Field(Cell.EMAIL, longest=1000),
            "phone": Field(Cell.PHONE),
            "role": _TEXT,
            "deleted": _SKIP,
        },
        needs=(_ANY_NAME, _ANY_CLIENT),
        row_needs=(_ANY_NAME, _ANY_CLIENT),
    ),
    "products": Kind(
        {
            "code": _CODE,
            "name": Field(longest=1000),
            "family": _TEXT,
            "cost": _NUMBER,
            "deleted": _SKIP,
        },
        needs=(("code", "name"),),
        row_needs=(("code", "name"),),
    ),
    "documents": Kind(
        {
            "number": Field(Cell.CODE, required=True, longest=60),
            "document": Field(longest=500),
            "date": Field(Cell.DATE, required=True),
            **_CLIENT,
            "client_country": _TEXT,
            "type": Field(Cell.TYPE),
            "product": _CODE,
            "product_name": Field(longest=1000),
            "family": _TEXT,
            "quantity": _NUMBER,
            "unit_price": _NUMBER,
            "amount": _NUMBER,
            "amount_net": _NUMBER,
            "total": _NUMBER,
            "gross": _NUMBER,
            "discount": Field(Cell.RATE),
            "vat": _NUMBER,
            "vat_rate": Field(Cell.RATE),
            "cost": _NUMBER,
            "unit_cost": _NUMBER,
            "currency": Field(Cell.CURRENCY),
            "due": _DATE,
            "settled": _DATE,
            "promised": _DATE,
            "shipped": _DATE,
            "manager": _CODE,
            "agreement": Field(longest=150),
            "organisation": _TEXT,
            "recorded": _DATE,
            "status": _SKIP,
            "deal_stage": _SKIP,
            "posted": _SKIP,
            "deleted": _SKIP,
        },
        needs=(
            ("number", "document"),
            ("date", "document"),
            _ANY_CLIENT,
            ("amount", "amount_net", "gross", "total", "quantity+unit_price"),
        ),
    ),
    "payments": Kind(
        {
            "number": Field(Cell.CODE, longest=60),
            "date": Field(Cell.DATE, required=True),
            **_CLIENT,
            "amount": Field(Cell.NUMBER, required=True),
            "currency": Field(Cell.CURRENCY),
            "document": Field(Cell.CODE, longest=60),
            "purpose": Field(longest=_LONG),
            "recorded": _DATE,
            "status": _SKIP,
            "deleted": _SKIP,
        },
        needs=(("date",), ("amount",), (*_ANY_CLIENT, "document")),
    ),
    "interactions": Kind(
        {
            **_CLIENT,
            "date": Field(Cell.DATE, required=True),
            "kind": _TEXT,
            "subject": Field(longest=1000),
            "text": Field(longest=_LONG),
            "satisfaction": _NUMBER,
            "recorded": _DATE,
        },
        needs=(("date",), _ANY_CLIENT),
        row_needs=(_ANY_CLIENT,),
    ),
    "ratings": Kind(
        {
            **_CLIENT,
            "criterion": Field(required=True),
            "rating": Field(Cell.NUMBER, required=True),
            "rater": _CODE,
            "date": _DATE,
            "reason": Field(longest=_LONG),
        },
        needs=(_ANY_CLIENT, ("criterion",), ("rating",)),
        row_needs=(_ANY_CLIENT,),
    ),
}

KINDS: tuple[str, ...] = tuple(FIELDS)

# Read to work out `amount`, `vat` and `gross`, to name the document of a payment or a person;
# never in the frame. Of documents also `document`: it is parted into number, date and type.
INNER_FIELDS = frozenset(
    {"amount_net", "total", "vat_rate", "purpose", "last_name", "first_name", "middle_name"}
)
