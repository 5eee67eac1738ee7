"""Bank statements of 1CClientBankExchange: receipts from clients and refunds to them.

Lines are NAME=VALUE, parted at the first "=". Which way money went is told by our own accounts,
which the statement names; its control sums are held against what was read.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from accounts.importing.container import Content, refuse
from accounts.importing.encodings import Encoding
from accounts.importing.records import Made
from accounts.importing.table import Issue

_LONGEST_LINE = 65_536
_CODEPAGES = {"windows": "cp1251", "dos": "cp866", "utf-8": "utf-8", "utf8": "utf-8"}
_CURRENCIES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY",
               "398": "KZT", "933": "BYN"}  # fmt: skip
_WANTED = frozenset(
    [
        "номер",
        "дата",
        "сумма",
        "плательщиксчет",
        "плательщикрасчсчет",
        "плательщик",
        "плательщик1",
        "плательщикинн",
        "плательщиккпп",
        "получательсчет",
        "получательрасчсчет",
        "получатель",
        "получатель1",
        "получательинн",
        "получателькпп",
        "датапоступило",
        "датасписано",
        "назначениеплатежа",
        "назначениеплатежа1",
    ]
)
_LABEL = re.compile(r"^инн\s*\d+(?:\s*[/\\]?\s*кпп\s*\d*)?\s*", re.IGNORECASE)
_INN = re.compile(r"\d{10}|\d{12}")
# What comes back to a client, as against loans, deposits and money handed to employees.
_REFUND = re.compile(r"\bвозврат", re.IGNORECASE)
_NO_REFUND = re.compile(r"за[йе]м|кредит|депозит|подотч|обеспечительн|овердрафт", re.IGNORECASE)

Way = Literal["in", "refund", "out", "inside", "unknown"]
COLUMNS = {
    "Номер": "number",
    "Дата": "date",
    "Контрагент": "client_name",
    "ИНН": "inn",
    "КПП": "kpp",
    "Сумма": "amount",
    "Валюта": "currency",
    "НазначениеПлатежа": "purpose",
}


@dataclass(slots=True)
class _Statement:
    """sections: (line, values) of each document. stated: account -> control sums."""

    accounts: set[str] = field(default_factory=set)
    sections: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    stated: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    ended: bool = False
    errors: list[Issue] = field(default_factory=list)


def encoding_of(content: Content, wanted: str | None) -> Encoding | None:
    """The encoding that the statement declares, unless its bytes say otherwise; None = look."""
    if wanted or content.head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None
    if content.utf8_valid and not content.head.isascii():
        return None
    for codepage in ("cp1251", "cp866"):
        match = re.search(r"Кодировка=\s*([\w-]+)", content.head[:2000].decode(codepage, "replace"))
        if match:
            name = _CODEPAGES.get(match[1].lower())
            return Encoding(name, name) if name else None
    return None


def read_statement(text: io.TextIOWrapper) -> Made:
    """Payments of a statement. Raises Refused statement.no_account where no account is named."""
    statement = _parse(text)
    made = Made(COLUMNS, [], errors=statement.errors)
    if not statement.accounts:
        raise refuse("statement.no_account")
    made.rows = list(_rows(statement, made.notes))
    if not statement.ended:
        made.notes.append(Issue(None, None, "statement.cut"))
    return made


def _parse(text: io.TextIOWrapper) -> _Statement:
    statement = _Statement()
    values: dict[str, str] | None = None
    account: dict[str, str] | None = None
    start = number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) >= _LONGEST_LINE:
            raise refuse("row.too_long", line=number, limit=_LONGEST_LINE)
        name, sign, value = line.strip("\r\n\ufeff").partition("=")
        name, value = name.strip().casefold(), value.strip()
        if name == "секциядокумент":
            if values is not None:
                statement.errors.append(Issue(start, None, "statement.unfinished"))
            values, start = {}, number
        elif name == "конецдокумента":
            if values is not None:
                statement.sections.append((start, values))
            values = None
        elif name == "секциярасчсчет":
            account = {}
        elif name == "конецрасчсчет":
            _add_sums(statement, account or {})
            account = None
        elif name == "конецфайла":
            statement.ended = True
        elif values is not None:
            if name in _WANTED:
                values[name] = value
        elif account is not None:
            account[name] = value
            if name == "расчсчет" and value:
                statement.accounts.add(value)
        elif name == "расчсчет" and sign and value:
            statement.accounts.add(value)
    if values is not None:
        statement.errors.append(Issue(start, None, "statement.unfinished"))
    return statement


def _add_sums(statement: _Statement, account: dict[str, str]) -> None:
    for name in ("всегопоступило", "всегосписано"):
        amount = _money(account.get(name, ""))
        if amount is not None:
            key = (account.get("расчсчет", ""), name)
            statement.stated[key] = statement.stated.get(key, Decimal(0)) + amount


def _money(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", ".").replace(" ", "").replace("\u00a0", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _account(values: dict[str, str], side: str) -> str:
    return values.get(f"{side}счет") or values.get(f"{side}расчсчет") or ""


def _way(values: dict[str, str], accounts: set[str]) -> Way:
    to_us = _account(values, "получатель") in accounts
    from_us = _account(values, "плательщик") in accounts
    if not to_us and not from_us:
        # Some banks leave the accounts out and fill in the day on our side only.
        to_us, from_us = bool(values.get("датапоступило")), bool(values.get("датасписано"))
    if to_us and from_us:
        return "inside"
    if to_us:
        return "in"
    if not from_us:
        return "unknown"
    purpose = values.get("назначениеплатежа", "")
    return "refund" if _REFUND.search(purpose) and not _NO_REFUND.search(purpose) else "out"


def _rows(statement: _Statement, notes: list[Issue]) -> Iterator[tuple[int, list[str]]]:
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    left: dict[Way, int] = defaultdict(int)
    left_amount = Decimal(0)
    for line, values in statement.sections:
        way = _way(values, statement.accounts)
        amount = _money(values.get("сумма", ""))
        moved[_account(values, "получатель"), "всегопоступило"] += amount or 0
        moved[_account(values, "плательщик"), "всегосписано"] += amount or 0
        if way == "in":
            yield line, _cells(values, "плательщик", "датапоступило", values.get("сумма", ""))
        elif way == "refund":
            text = values.get("сумма", "")
            yield line, _cells(values, "получатель", "датасписано", text and f"-{text}")
        elif way == "unknown":
            statement.errors.append(Issue(line, None, "statement.no_direction"))
        else:
            left[way] += 1
            left_amount += amount or 0 if way == "out" else 0
    if left["out"]:
        notes.append(
            Issue(None, None, "statement.outgoing_skipped",
                  {"count": left["out"], "amount": str(left_amount)})
        )  # fmt: skip
    if left["inside"]:
        notes.append(Issue(None, None, "statement.inside_skipped", {"count": left["inside"]}))
    for (account, name), stated in statement.stated.items():
        found = moved.get((account, name), Decimal(0))
        if found != stated:
            notes.append(
                Issue(None, "ВсегоПоступило" if name == "всегопоступило" else "ВсегоСписано",
                      "statement.sums_differ",
                      {"account": f"…{account[-4:]}", "stated": str(stated), "found": str(found)})
            )  # fmt: skip


def _cells(values: dict[str, str], side: str, day: str, amount: str) -> list[str]:
    name = values.get(f"{side}1") or values.get(side, "")
    inn = values.get(f"{side}инн", "")
    ours = _account(values, "получатель" if side == "плательщик" else "плательщик")
    return [
        values.get("номер", ""),
        values.get(day) or values.get("дата", ""),
        _LABEL.sub("", name),
        # Foreign payers have a code of five digits here, private persons nothing or a zero.
        inn if _INN.fullmatch(inn) else "",
        values.get(f"{side}кпп", ""),
        amount,
        _CURRENCIES.get(ours[5:8], ""),
        values.get("назначениеплатежа") or values.get("назначениеплатежа1", ""),
    ]
