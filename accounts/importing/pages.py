"""Pages of the REST interfaces of Bitrix24 and amoCRM (JSON) as tables.

Also for connectors: what one page holds, without asking for the next. Numbers of JSON are read as
Decimal. A page that says "too often" is refused with page.busy: ask again later.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.importing.container import refuse
from accounts.importing.records import Made
from accounts.importing.table import Issue

_BUSY = frozenset({"QUERY_LIMIT_EXCEEDED", "OPERATION_TIME_LIMIT", "429"})
# amoCRM: the two stages that every pipeline has.
WON, LOST = 142, 143

COMPANIES = {
    "ID": "external_id",
    "TITLE": "name",
    "legal_name": "legal_name",
    "INN": "inn",
    "KPP": "kpp",
    "INDUSTRY": "segment",
    "REVENUE": "turnover",
    "deleted": "deleted",
}
INVOICES = {
    "accountNumber": "number",
    "begindate": "date",
    "type": "type",
    "companyId": "client",
    "opportunity": "amount",
    "currencyId": "currency",
    "closedate": "due",
    "status": "status",
}
LEADS = {
    "id": "number",
    "closed_at": "date",
    "type": "type",
    "company": "client",
    "price": "amount",
}
Item = Mapping[str, Any]


def read_page(source: bytes, kind: str) -> Made:
    """The table of one page. Raises Refused json.damaged, page.*, format.other_kind."""
    inside, items = _items(_parsed(source))
    wanted, columns, cells = _SHAPES[inside]
    if kind != wanted:
        raise refuse("format.other_kind", format="JSON", kinds=wanted)
    rows = [(place, cells(item)) for place, item in enumerate(items, 1)]
    made = Made(columns, [(place, row) for place, row in rows if row is not None])
    left = sum(row is None for _, row in rows)
    if left:
        made.notes.append(Issue(None, None, "page.leads_skipped", {"count": left}))
    return made.pruned()


def made_of(shape: str, items: Sequence[Item], key: str) -> Made:
    """The table of elements that a connector gathered, each in the row of its own number.

    shape: one of those that pages have, or "bitrix24.complete" (companies with their requisites
    under "requisite") or "amocrm.deals" (deals of which each is an order). key: the field that
    numbers the elements.
    """
    _kind, columns, cells = _SHAPES[shape]
    numbered = {int(item[key]): item for item in items}
    rows = ((number, cells(numbered[number])) for number in sorted(numbered))
    return Made(columns, [(number, row) for number, row in rows if row is not None]).pruned()


def kind_of_page(source: bytes) -> str:
    """The kind of file that a page is. Raises as `read_page` does."""
    return _SHAPES[_items(_parsed(source))[0]][0]


def _parsed(source: bytes) -> Any:
    try:
        return json.loads(source, parse_float=Decimal, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise refuse("json.damaged", line=getattr(error, "lineno", 0)) from error


def _whole(text: str) -> Decimal | int:
    return int(text) if len(text) < 40 else Decimal(text)


def _items(page: Any) -> tuple[str, list[Item]]:
    """What a page holds: the name of its shape and its items."""
    if isinstance(page, dict):
        error = page.get("error") or (page.get("status") if "detail" in page else None)
        if error:
            code = "page.busy" if str(error) in _BUSY else "page.error"
            raise refuse(code, value=str(error)[:60])
        embedded = page.get("_embedded")
        if isinstance(embedded, dict):
            for name in ("companies", "leads"):
                if isinstance(embedded.get(name), list):
                    return f"amocrm.{name}", _only_items(embedded[name])
        result = page.get("result")
        if isinstance(result, dict):
            result = result.get("items")
        if isinstance(result, list):
            items = _only_items(result)
            for name, sign in (
                ("bitrix24.requisites", "RQ_INN"),
                ("bitrix24.companies", "TITLE"),
                ("bitrix24.invoices", "opportunity"),
            ):
                if any(sign in item for item in items):
                    return name, items
            if not items:
                raise refuse("file.no_rows")
    raise refuse("page.unknown")


def _only_items(found: Sequence[Any]) -> list[Item]:
    return [item for item in found if isinstance(item, dict)]


def _text(value: object) -> str:
    """A scalar of JSON as a cell; anything else is none."""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < 40 else str(value)
    return str(value) if isinstance(value, str | int) else ""


def _company(item: Item) -> list[str]:
    names = ("ID", "TITLE", "", "", "", "INDUSTRY", "REVENUE", "")
    return [_text(item.get(name)) if name else "" for name in names]


def _complete(item: Item) -> list[str]:
    """A company with what its requisites add: the card names it, they give the rest."""
    requisite = item.get("requisite")
    cells = _company(item)
    if isinstance(requisite, dict):
        said = _requisite(requisite)
        short = said[1] if said[1] != cells[1] else ""
        cells[2:5] = [said[2] or short, said[3], said[4]]
    return cells


def _requisite(item: Item) -> list[str]:
    name = _text(item.get("RQ_COMPANY_NAME")) or _text(item.get("NAME"))
    return [
        _text(item.get("ENTITY_ID")),
        name,
        _text(item.get("RQ_COMPANY_FULL_NAME")),
        _text(item.get("RQ_INN")),
        _text(item.get("RQ_KPP")),
        "",
        "",
        "",
    ]


def _invoice(item: Item) -> list[str]:
    company = _text(item.get("companyId"))
    return [
        _text(item.get("accountNumber")) or _text(item.get("id")),
        _text(item.get("begindate")),
        "Счёт на оплату",
        "" if company == "0" else company,
        _text(item.get("opportunity")),
        _text(item.get("currencyId")),
        _text(item.get("closedate")),
        # Stages of invoices end in :N new, :S sent, :P paid, :D declined.
        "cancelled" if _text(item.get("stageId")).endswith(":D") else "",
    ]


def _legal_entity(item: Item) -> Item:
    for given in item.get("custom_fields_values") or ():
        if isinstance(given, dict) and given.get("field_type") == "legal_entity":
            for value in given.get("values") or ():
                entity = value.get("value") if isinstance(value, dict) else None
                if isinstance(entity, dict):
                    return entity
    return {}


def _amo_company(item: Item) -> list[str]:
    entity = _legal_entity(item)
    return [
        _text(item.get("id")),
        _text(item.get("name")),
        _text(entity.get("name")),
        _text(entity.get("vat_id")),
        _text(entity.get("kpp")),
        "",
        "",
        _text(item.get("is_deleted")),
    ]


def _lead(item: Item) -> list[str] | None:
    """A deal won is an order; deals open or lost are none."""
    if item.get("status_id") != WON or item.get("is_deleted"):
        return None
    return _deal(item)


def _deal(item: Item) -> list[str]:
    embedded = item.get("_embedded")
    companies = embedded.get("companies") if isinstance(embedded, dict) else None
    company = companies[0] if isinstance(companies, list) and companies else {}
    return [
        _text(item.get("id")),
        _day(item.get("closed_at") or item.get("created_at")),
        "Заказ",
        _text(company.get("id")) if isinstance(company, dict) else "",
        _text(item.get("price")),
    ]


def _day(seconds: object) -> str:
    if not isinstance(seconds, int):
        return _text(seconds)
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return str(seconds)


_Cells = Callable[[Item], "list[str] | None"]
_SHAPES: dict[str, tuple[str, Mapping[str, str], _Cells]] = {
    "bitrix24.companies": ("clients", COMPANIES, _company),
    "bitrix24.complete": ("clients", COMPANIES, _complete),
    "bitrix24.requisites": ("clients", COMPANIES, _requisite),
    "bitrix24.invoices": ("documents", INVOICES, _invoice),
    "amocrm.companies": ("clients", COMPANIES, _amo_company),
    "amocrm.leads": ("documents", LEADS, _lead),
    "amocrm.deals": ("documents", LEADS, _deal),
}
