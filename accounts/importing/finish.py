"""What a kind works out once its columns are typed: amounts, types, whole documents."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import cast

from accounts.importing.columns import Columns
from accounts.importing.documents import (
    Money,
    Vat,
    VatChoice,
    amounts,
    document_in,
    meaning_of_amount,
    negative,
    parse_choice,
    split,
    types_by_sign,
)
from accounts.importing.fields import INNER_FIELDS
from accounts.importing.numbers import has_gaps, to_cents
from accounts.importing.numbers_column import Column, column
from accounts.importing.table import Issue, Refused, Value

_LOWEST_RATING, _HIGHEST_RATING = 1, 10


def finish(columns: Columns) -> list[int]:
    """Add what the kind works out; gives the indexes of sound lines of broken documents."""
    held_back: list[int] = []
    if columns.kind == "documents":
        _documents(columns)
        held_back = _hold_back(columns)
    elif columns.kind == "payments":
        _payments(columns)
    elif columns.kind == "contacts":
        _contacts(columns)
    elif columns.kind == "ratings":
        _ratings(columns)
    for name in INNER_FIELDS & columns.values.keys():
        del columns.values[name]
    return held_back


def _column(columns: Columns, name: str) -> Column | None:
    return cast("Column | None", columns.values.get(name))


def _documents(columns: Columns) -> None:
    values = columns.values
    money = Money(
        amount=_column(columns, "amount"),
        net=_column(columns, "amount_net"),
        gross=_column(columns, "gross"),
        vat=_column(columns, "vat"),
        rate=_column(columns, "vat_rate"),
        quantity=_column(columns, "quantity"),
        unit_price=_column(columns, "unit_price"),
        discount=_column(columns, "discount"),
    )
    net, vat, gross = _net_vat_gross(columns, money)
    if has_gaps(net):
        for index, value in enumerate(net):
            if value is None and index not in columns.bad:
                columns.error(index, "amount", "cell.missing")
    values["amount"] = net
    values["vat"] = vat
    values["gross"] = gross
    _cost(columns)
    _types_and_signs(columns)


def _net_vat_gross(columns: Columns, money: Money) -> tuple[Column, Column, Column]:
    choice = _choice(columns)
    rate = choice.rate if choice else None
    base: Column
    meaning: Vat
    if choice is None and money.net is not None and money.gross is not None:
        columns.meta.vat = "excluded"
        taxes = (
            None if net is None or gross is None else gross - net
            for net, gross in zip(money.net, money.gross, strict=True)
        )
        return money.net, column(taxes, len(money.net)), money.gross
    if money.net is not None:
        base, meaning = money.net, "excluded"
    else:
        worked_out = amounts(money)
        if worked_out is not None:
            said = choice or _said(columns, worked_out, money)
            base, meaning, rate = worked_out, said.meaning, said.rate
        else:
            # `column.missing` has made sure that one of the columns is there.
            assert money.gross is not None
            base, meaning = money.gross, "included"
    if choice is not None and choice.meaning == "none":
        meaning = "none"
    net, vat, gross, guessed = split(base, meaning, money, rate)
    columns.meta.vat = meaning
    if guessed:
        columns.warn(None, _money_column(columns), "vat.amount_unknown")
    return net, vat, gross


def _money_column(columns: Columns) -> str:
    return next(name for name in ("amount", "amount_net", "gross", "unit_price")
                if name in columns.values)  # fmt: skip


def _choice(columns: Columns) -> VatChoice | None:
    return _parsed(columns.options.vat)


def _parsed(text: str | None) -> VatChoice | None:
    if text is None:
        return None
    choice = parse_choice(text)
    if choice is None:
        raise Refused(Issue(None, None, "vat.unknown_choice", {"value": text[:40]}))
    return choice


def _said(columns: Columns, amount: Column, money: Money) -> VatChoice:
    """How amounts are meant by what the file shows; where it shows nothing, as the company says."""
    shown = meaning_of_amount(amount, money)
    silent = shown is None or (shown == "none" and money.vat is None and money.rate is None)
    if silent and (unsaid := _parsed(columns.options.vat_unsaid)) is not None:
        return unsaid
    if shown is None:
        raise Refused(Issue(None, columns.title("amount"), "vat.unclear"))
    return VatChoice(shown)


def _cost(columns: Columns) -> None:
    """Cost of the line; from the cost of a unit only where there is no column for the line."""
    values = columns.values
    units, quantities = _column(columns, "unit_cost"), _column(columns, "quantity")
    if "cost" in values or units is None or quantities is None:
        return
    costs = (
        None if unit is None or quantity is None else to_cents(unit * quantity)
        for unit, quantity in zip(units, quantities, strict=True)
    )
    values["cost"] = column(costs, len(units))


def _types_and_signs(columns: Columns) -> None:
    values = columns.values
    size = len(columns.raw.rows)
    given = cast("list[str | None]", values.get("type") or [None] * size)
    amount = cast("Column", values["amount"])
    if "deal_stage" in columns.raw.columns:
        # Deals won are orders: what was delivered and when, they do not say.
        types = [name or "order" for name in given]
    elif has_gaps(given):
        if any(value is not None and value < 0 for value in amount):
            types = types_by_sign(given, _keys(columns), amount)
        else:
            types = [name or "invoice" for name in given]
    else:
        types = cast("list[str]", given)
    values["type"] = types
    # Where the type is given, a return may be written with positive sums.
    returned = [name == "credit_note" for name in given]
    if any(returned):
        for name in ("amount", "vat", "gross", "cost", "quantity"):
            said = _column(columns, name)
            if said is not None:
                values[name] = negative(said, returned)


def _keys(columns: Columns) -> list[tuple[Value, int | None, Value]]:
    """Own organisation, year and number of each line; with the type, its document."""
    values, size = columns.values, len(columns.raw.rows)
    organisations = values.get("organisation") or [None] * size
    return [
        (number, date.year if isinstance(date, datetime.date) else None, organisation)
        for number, date, organisation in zip(
            values["number"], values["date"], organisations, strict=True
        )
    ]


def _hold_back(columns: Columns) -> list[int]:
    """Sound lines of documents with a bad line: one bad line refuses its whole document.

    A part of the key that could not be read on the bad line matches any.
    """
    if not columns.bad:
        return []
    keys, types = _keys(columns), columns.values["type"]
    broken: dict[Value, list[tuple[int | None, Value]]] = {}
    for index in columns.bad:
        number, year, organisation = keys[index]
        if number is not None:
            broken.setdefault(number, []).append((year, organisation))
    held_back = []
    for index, (number, year, organisation) in enumerate(keys):
        if index in columns.bad or number not in broken:
            continue
        for bad_year, bad_organisation in broken[number]:
            if bad_year in (None, year) and bad_organisation in (None, organisation):
                held_back.append(index)
                break
    assert len(types) == len(keys)
    return held_back


def _payments(columns: Columns) -> None:
    """The document that a payment names in its purpose, where no column names it."""
    purposes = columns.values.get("purpose")
    if purposes is None:
        return
    given = columns.values.get("document") or [None] * len(purposes)
    columns.values["document"] = [
        document if document is not None or not isinstance(purpose, str) else document_in(purpose)
        for document, purpose in zip(given, purposes, strict=True)
    ]


def _contacts(columns: Columns) -> None:
    """The name of a person, put together where it stands in parts: «Фамилия Имя Отчество»."""
    names = ("last_name", "first_name", "middle_name")
    if not columns.raw.header.russian:
        names = ("first_name", "middle_name", "last_name")
    parts = [columns.values[name] for name in names if name in columns.values]
    if not parts:
        return
    together = [" ".join(str(part) for part in row if part) for row in zip(*parts, strict=True)]
    given = columns.values.get("name") or [None] * len(together)
    columns.values["name"] = [
        name or put_together or None for name, put_together in zip(given, together, strict=True)
    ]


def _ratings(columns: Columns) -> None:
    for index, value in enumerate(columns.values["rating"]):
        if isinstance(value, Decimal) and not _LOWEST_RATING <= value <= _HIGHEST_RATING:
            columns.error(index, "rating", "rating.out_of_range", value=str(value))
