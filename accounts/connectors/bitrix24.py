"""Bitrix24 by an incoming webhook: companies with their requisites, and invoices.

Read by number, never by place (``filter[>ID]``, ``start=-1``): what is changed, made or deleted
while it is read moves nothing past us.  What changes after a pull has begun is changed later than
that moment, and is read by the next one.
https://apidocs.bitrix24.com: crm.company.list, crm.requisite.list, crm.item.list, performance.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from accounts.connectors.line import Line
from accounts.connectors.problems import Problem
from accounts.connectors.pulling import Cursor, Found, Item, Page, Shape

INTERVAL = 0.5  # two requests a second are always allowed
PAGE = 50  # what every list of Bitrix24 gives at once
# Clocks of several servers of one portal may differ by so much.
OVERLAP = dt.timedelta(minutes=2)
COMPANY, SMART_INVOICE = 4, 31

_BUSY = frozenset({"QUERY_LIMIT_EXCEEDED", "OPERATION_TIME_LIMIT", "OVERLOAD_LIMIT"})
_SAID = {
    "EXPIRED_TOKEN": "refused.credentials",
    "INVALID_TOKEN": "refused.credentials",
    "INVALID_CREDENTIALS": "refused.credentials",
    "NO_AUTH_FOUND": "refused.credentials",
    "AUTHORIZATION_ERROR": "refused.credentials",
    "INSUFFICIENT_SCOPE": "refused.rights",
    "ACCESS_DENIED": "refused.rights",
    "ERROR_METHOD_NOT_FOUND": "refused.method",
    "PAYMENT_REQUIRED": "refused.payment",
    "PORTAL_DELETED": "refused.payment",
}
_STATUS = {401: "refused.credentials", 402: "refused.payment", 403: "refused.rights",
           404: "refused.method"}  # fmt: skip
_COMPANY = ("ID", "TITLE", "INDUSTRY", "REVENUE", "DATE_MODIFY")
_REQUISITE = ("ID", "ENTITY_ID", "NAME", "RQ_COMPANY_NAME", "RQ_COMPANY_FULL_NAME", "RQ_INN",
              "RQ_KPP", "DATE_MODIFY")  # fmt: skip
_INVOICE = ("id", "accountNumber", "begindate", "closedate", "companyId", "opportunity",
            "currencyId", "stageId", "updatedTime")  # fmt: skip


def overloaded(body: Any) -> bool:
    return isinstance(body, dict) and str(body.get("error", "")).upper() in _BUSY


class Bitrix24:
    """requisites: companies come with their ИНН and КПП, which Bitrix24 keeps apart."""

    SHAPES: Mapping[str, Shape] = {
        "companies": Shape("clients", "bitrix24.complete", "ID"),
        "requisites": Shape("clients", "bitrix24.complete", "ID"),
        "invoices": Shape("documents", "bitrix24.invoices", "id"),
    }

    def __init__(self, line: Line, webhook: str, *, requisites: bool = True) -> None:
        self._line = line
        self._webhook = webhook.rstrip("/")
        self._requisites = requisites
        self._date = 0.0

    def find(self) -> Found:
        """Whom the webhook leads to. Raises Problem."""
        body = self._call("crm.company.list", {"select": ["ID"], "start": 0})
        companies = _items(body)
        total = body.get("total")
        name = urlsplit(self._webhook).hostname or ""
        return Found(name, total if isinstance(total, int) else len(companies))

    def pages(self, entity: str, cursor: Cursor) -> Iterator[Page]:
        """Elements changed since the cursor, oldest number first. Raises Problem."""
        method, key, body = {
            "companies": ("crm.company.list", "ID", _by("DATE_MODIFY", _COMPANY)),
            "requisites": ("crm.requisite.list", "ID", _by("DATE_MODIFY", _REQUISITE)),
            "invoices": ("crm.item.list", "id", _by("updatedTime", _INVOICE)),
        }[entity]
        if entity == "requisites":
            body["filter"]["ENTITY_TYPE_ID"] = COMPANY
        if entity == "invoices":
            body["entityTypeId"] = SMART_INVOICE
        since_field = body.pop("since")
        if cursor.since:
            body["filter"][f">={since_field}"] = cursor.since
        after, started = int(cursor.at.get("after") or 0), str(cursor.at.get("started") or "")
        while True:
            body["filter"][f">{key}"] = after
            body["order"] = {key: "ASC"}
            body["start"] = -1 if after else 0  # only the first answer counts what there is
            answer = self._call(method, body)
            started = started or (_moment(self._date) - OVERLAP).isoformat(timespec="seconds")
            found = _items(answer)
            numbers = [_number(item, key) for item in found]
            if numbers and (min(numbers) <= after or numbers != sorted(set(numbers))):
                raise Problem("repeats")
            after = max(numbers, default=after)
            more = bool(found) and (len(found) >= PAGE or "next" in answer)
            at = {"after": after, "started": started}
            total = answer.get("total")
            yield Page(
                self._loadable(entity, found),
                Cursor(cursor.since, at) if more else Cursor(started),
                len(found),
                not more,
                total if isinstance(total, int) else None,
            )
            if not more:
                return

    def _loadable(self, entity: str, found: list[Item]) -> list[Item]:
        """What is loaded of elements: of requisites the companies whose they are."""
        if entity == "requisites":
            owners = {str(item.get("ENTITY_ID") or "") for item in found} - {""}
            return self._complete(self._all("crm.company.list", _COMPANY, {"@ID": sorted(owners)}))
        return self._complete(found) if entity == "companies" and self._requisites else found

    def _complete(self, companies: Sequence[Item]) -> list[Item]:
        """Companies with the first of their requisites that has an ИНН, else the first at all."""
        numbers = sorted({str(item["ID"]) for item in companies})
        wanted = {"ENTITY_TYPE_ID": COMPANY, "@ENTITY_ID": numbers}
        best: dict[str, Item] = {}
        for requisite in self._all("crm.requisite.list", _REQUISITE, wanted):
            owner = str(requisite.get("ENTITY_ID") or "")
            if owner not in best or (requisite.get("RQ_INN") and not best[owner].get("RQ_INN")):
                best[owner] = requisite
        return [{**item, "requisite": best.get(str(item["ID"]))} for item in companies]

    def _all(self, method: str, select: Sequence[str], wanted: Mapping[str, Any]) -> list[Item]:
        if not all(wanted.values()):
            return []
        gathered: list[Item] = []
        after = 0
        while True:
            body = {
                "select": list(select),
                "order": {"ID": "ASC"},
                "filter": {**wanted, ">ID": after},
                "start": -1,
            }
            found = _items(self._call(method, body))
            numbers = [_number(item, "ID") for item in found]
            if numbers and min(numbers) <= after:
                raise Problem("repeats")
            gathered += found
            if len(found) < PAGE:
                return gathered
            after = max(numbers)

    def _call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._line.ask("POST", f"{self._webhook}/{method}.json", sent=body)
        self._date = answer.date
        said = answer.body if isinstance(answer.body, dict) else {}
        error = str(said.get("error") or "")
        if error or answer.status >= 400:
            code = _SAID.get(error.upper()) or _STATUS.get(answer.status)
            if code is None:
                text = str(said.get("error_description") or error or answer.status)
                raise Problem("said", said=text.replace(self._webhook, "…"))
            raise Problem(code)
        return said


def _by(since: str, select: Sequence[str]) -> dict[str, Any]:
    return {"since": since, "select": list(select), "filter": {}}


def _items(body: Mapping[str, Any]) -> list[Item]:
    result = body.get("result")
    if isinstance(result, dict):
        result = result.get("items")
    if not isinstance(result, list):
        raise Problem("unexpected")
    return [item for item in result if isinstance(item, dict)]


def _number(item: Item, key: str) -> int:
    try:
        return int(item[key])
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("unexpected") from error


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
