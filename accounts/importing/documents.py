"""Lines of documents: which type they are of, and their net amount, VAT and gross."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from accounts.importing.numbers import decimals_of, has_gaps, to_cents
from accounts.importing.numbers_column import Column, column, new_column

_ZERO = Decimal(0)
_ONE = Decimal(1)
_CENT = Decimal("0.01")
# So many lines that tell how amounts are meant settle the file.
_ENOUGH_LINES = 5_000

_RETURN = re.compile(
    r"возврат(?!\w*\s+(?:товаров\s+)?поставщик)|кредит-?\s?нот|сторно|\bcredit|return|refund|\brma\b",
    re.IGNORECASE,
)
_BY_SIGN = re.compile(r"корректир|исправлен|correction|adjust", re.IGNORECASE)
# The word that comes first names the document: «Отгрузка по заказу» is no order.
_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "invoice",
        re.compile(
            r"реализац|отгрузк|отпуск\s+товар|продаж|накладн|\bакт\b|\bупд\b|торг-?12|\bчек|"
            r"сч[её]т-?\s?фактур|оказани\w*\s+услуг|выполнен\w*\s+работ|заказ-наряд|"
            r"invoice|\bsales?\b(?!\s+order)|shipment|delivery|\bbill\b|receipt",
            re.IGNORECASE,
        ),
    ),
    (
        "payment_request",
        re.compile(r"\bсч[её]т\b|pro-?\s?forma|payment[\s_]+request|request\s+for\s+payment", re.I),
    ),
    ("order", re.compile(r"заказ(?!\w*\s+поставщик)|\border|\bsales\s+order", re.IGNORECASE)),
)


def type_of(words: str) -> str | None:
    """Type of a document by its name in Russian or English.

    "by_sign" for corrections, which go either way; None where the words say nothing.
    """
    words = words.replace("_", " ")
    if _RETURN.search(words):
        return "credit_note"
    if _BY_SIGN.search(words):
        return "by_sign"
    found = [
        (match.start(), index, name)
        for index, (name, pattern) in enumerate(_WORDS)
        if (match := pattern.search(words))
    ]
    return min(found)[2] if found else None


_PARTS = re.compile(
    r"(?P<type>[^\W\d_].*?)\s+(?:№\s*|N\s+|#)?(?P<number>\S*\d\S*)\s+(?:от|of|from|dated)\s+"
    r"(?P<date>\d{1,2}\.\d{1,2}\.\d{4}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?|\d{4}-\d{2}-\d{2})\s*(?:г\.?)?",
    re.IGNORECASE,
)


def parts_of(text: str) -> tuple[str, str, str] | None:
    """Type, number and date of «Реализация 00УТ-000123 от 09.01.2024 12:00:00»; None if it is
    not written so."""
    match = _PARTS.fullmatch(text.strip(" \t\r\n\u00a0")) if len(text) < 500 else None
    return (match["type"], match["number"], match["date"]) if match else None


Vat = Literal["none", "excluded", "included"]


@dataclass(frozen=True, slots=True)
class Money:
    """Columns of a documents file that speak of money, all of one length; None = no column."""

    amount: Column | None = None
    net: Column | None = None
    gross: Column | None = None
    vat: Column | None = None
    rate: Column | None = None
    quantity: Column | None = None
    unit_price: Column | None = None
    discount: Column | None = None


@dataclass(frozen=True, slots=True)
class VatChoice:
    """How `amount` is meant: and the rate to use where a row has none."""

    meaning: Vat
    rate: Decimal | None = None


def parse_choice(text: str) -> VatChoice | None:
    """ "included", "excluded:20" -> choice; None where it is neither."""
    meaning, _, rate = text.strip().lower().partition(":")
    if meaning not in ("none", "excluded", "included"):
        return None
    if not rate:
        return VatChoice(meaning)  # type: ignore[arg-type]
    if not re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]+)?%?", rate):
        return None
    return VatChoice(meaning, Decimal(rate.rstrip("%")) / 100)  # type: ignore[arg-type]


def line_amount(
    quantity: Decimal | None, unit_price: Decimal | None, discount: Decimal | None
) -> Decimal | None:
    """quantity × unit_price × (1 − discount): to cents, half-up; exact where the price has more
    than two decimals, because then the document is rounded, not the line."""
    if quantity is None or unit_price is None:
        return None
    exact = quantity * unit_price * (_ONE - discount) if discount else quantity * unit_price
    # Most prices are written with two decimals, and asking for these first is quick.
    if unit_price.same_quantum(_CENT) or decimals_of(unit_price) <= 2:
        return to_cents(exact)
    return exact


def amounts(money: Money) -> Column | None:
    """The amount of each line as the file has it, worked out where it is absent."""
    given = money.amount
    if money.quantity is None or money.unit_price is None:
        return given
    if given is not None and not has_gaps(given):
        return given
    discounts: Sequence[Decimal | None] = money.discount or [None] * len(money.quantity)
    size = len(money.quantity)
    worked_out = (
        line_amount(*line) for line in zip(money.quantity, money.unit_price, discounts, strict=True)
    )
    if given is None:
        return column(worked_out, size)
    filled = (
        computed if value is None else value
        for value, computed in zip(given, worked_out, strict=True)
    )
    return column(filled, size)


def meaning_of_amount(amount: Column, money: Money) -> Vat | None:
    """Whether amounts hold VAT, by arithmetic with the other columns; None = unclear.

    Most lines must agree, within a cent, with amount + VAT = total, amount = total, or VAT =
    amount × rate (or × rate ÷ (1 + rate)).
    """
    if all(not value for told in (money.vat, money.rate) if told for value in told):
        return "none"
    excluded = included = 0
    blank: Column = [None] * len(amount)
    lines = zip(amount, money.vat or blank, money.rate or blank, money.gross or blank, strict=True)
    for value, vat, rate, gross in lines:
        if not value:
            continue
        if excluded + included >= _ENOUGH_LINES:
            break
        if gross is not None:
            if vat is None and rate is not None:
                vat = to_cents(value * rate)
            excluded += vat is not None and bool(vat) and abs(value + vat - gross) <= _CENT
            included += bool(vat) and abs(value - gross) <= _CENT
        elif vat and rate:
            excluded += abs(to_cents(value * rate) - vat) <= _CENT
            included += abs(to_cents(value * rate / (_ONE + rate)) - vat) <= _CENT
    if excluded > 9 * included:
        return "excluded"
    if included > 9 * excluded:
        return "included"
    return None


def split(
    base: Column, meaning: Vat, money: Money, rate: Decimal | None
) -> tuple[Column, Column, Column, bool]:
    """(net, vat, gross, guessed) of each line from amounts of a known meaning.

    The VAT of a line is its own, else from its rate, else from `rate`. guessed: some line has
    none of them, so its amount was taken as it stands.
    """
    size = len(base)
    if meaning == "none":
        return base, [_ZERO] * size, base, False
    net, taxes, gross = new_column(size), new_column(size), new_column(size)
    guessed = False
    blank: Column = [None] * size
    for value, tax, line_rate in zip(base, money.vat or blank, money.rate or blank, strict=True):
        if value is None:
            net.append(None)
            taxes.append(None)
            gross.append(None)
            continue
        if tax is None:
            used = rate if line_rate is None else line_rate
            if used is None:
                guessed, tax = True, _ZERO
            elif meaning == "excluded":
                tax = to_cents(value * used)
            else:
                tax = to_cents(value * used / (_ONE + used))
        elif value < 0 < tax:
            tax = -tax
        taxes.append(tax)
        net.append(value if meaning == "excluded" else value - tax)
        gross.append(value + tax if meaning == "excluded" else value)
    return net, taxes, gross, guessed


def types_by_sign(types: list[str | None], keys: Sequence[object], amount: Column) -> list[str]:
    """Types filled in where absent: a document whose lines sum below zero is a credit note."""
    open_keys: dict[object, Decimal] = {}
    for kind, key, value in zip(types, keys, amount, strict=True):
        if kind is None:
            open_keys[key] = open_keys.get(key, _ZERO) + (value or _ZERO)
    below = {key for key, total in open_keys.items() if total < 0}
    return [
        kind or ("credit_note" if key in below else "invoice")
        for kind, key in zip(types, keys, strict=True)
    ]


def negative(values: Column, returned: Sequence[bool]) -> Column:
    """The column with the values of returned lines below zero, whatever sign the file gives."""
    signed = (
        -abs(value) if back and value is not None else value
        for value, back in zip(values, returned, strict=True)
    )
    return column(signed, len(values))


_REFERENCE = re.compile(
    r"(?:№|\bN[o°º]?\.?\s|#|\binvoice\s+|\bсч[её]т\w*\s+(?=\S*\d))\s*([\w/.\-]*\d[\w/\-]*)",
    re.IGNORECASE,
)


def document_in(purpose: str) -> str | None:
    """Number of the document that a payment's purpose names: the first after №, No or #."""
    match = _REFERENCE.search(purpose)
    return match[1][:60] if match else None
