"""Which system a file comes from, by the names of its columns, its cells and its own name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.importing.synonyms import normalise, squeeze

SYSTEMS = ("1c", "bitrix24", "amocrm", "hubspot", "salesforce", "bank", "excel")


@dataclass(frozen=True, slots=True)
class _Signs:
    """columns: telling names of columns. name: what the file is called. cells: how it writes."""

    columns: frozenset[str]
    name: re.Pattern[str]
    cells: re.Pattern[str] | None = None


def _names(text: str) -> frozenset[str]:
    return frozenset(squeeze(normalise(name)) for name in text.split(", "))


# Order decides between equals: names of columns in English come before those in Russian.
_SIGNS: dict[str, _Signs] = {
    "salesforce": _Signs(
        _names(
            "isdeleted, ownerid, parentid, billingstreet, billingcity, billingcountry, "
            "billingpostalcode, createddate, lastmodifieddate, systemmodstamp, annualrevenue, "
            "numberofemployees, account owner, billing state/province, accountid, account id, "
            "opportunity name, stagename"
        ),
        re.compile(r"salesforce|sfdc", re.IGNORECASE),
        re.compile(r"(?:001|003|005|006)[0-9A-Za-z]{12}(?:[0-9A-Z]{3})?"),
    ),
    "hubspot": _Signs(
        _names(
            "record id, lifecycle stage, company owner, contact owner, deal owner, create date, "
            "company domain name, last activity date, lead status, associated company, "
            "number of employees, original source, deal stage"
        ),
        re.compile(r"hubspot", re.IGNORECASE),
    ),
    "amocrm": _Signs(
        _names(
            "теги, теги компании, теги сделки, рабочий email, личный email, web, бюджет, "
            "бюджет ₽, этап сделки, воронка, ближайшая задача, кем создана, кем создан, "
            "дата редактирования, название сделки, основной контакт, tags, leads"
        ),
        re.compile(r"amo_?crm|kommo|\bamo[_-]", re.IGNORECASE),
    ),
    "bitrix24": _Signs(
        _names(
            "тип компании, сфера деятельности, количество сотрудников, годовой оборот, "
            "корпоративный сайт, рабочий e-mail, рабочий телефон, доступна для всех, доступен для "
            "всех, источник, дата изменения, кем создана, кем изменена, стадия сделки, тип контакта, "
            "дата завершения, предполагаемая дата закрытия"
        ),
        re.compile(r"bitrix|битрикс|^(?:company|deal|contact|invoice)_\d{8}", re.IGNORECASE),
    ),
    "1c": _Signs(
        _names(
            "вид контрагента, основной менеджер, полное наименование, номенклатура, ставка ндс, всего, договор, "
            "вид документа, вид операции, хозоперация, регистратор, номенклатурная группа, "
            "юридический адрес, головной контрагент, проведен, пометка удаления, склад, "
            "ед. изм., контрагент, огрн"
        ),
        re.compile(r"1[cс](?![a-zа-я0-9])|(?<![a-zа-я])ут11|контрагенты|реализаци", re.IGNORECASE),
        # Numbers as «00УТ-000123», and times without a leading zero.
        re.compile(r"[0-9А-ЯЁ]{2}[А-ЯЁ]{2}-\d{6}|\d\d\.\d\d\.\d{4} \d:\d\d:\d\d"),
    ),
}  # fmt: skip


def system_of(
    container: str, name: str, titles: Iterable[str], cells: Sequence[str]
) -> tuple[str, int]:
    """The system and how many signs speak for it: 0 none, from 3 on it is hardly another.

    cells: a few texts of the table.
    """
    if container == "statement":
        return "bank", 9
    if container == "xml":
        return "1c", 9
    found = {squeeze(normalise(title)) for title in titles}
    best, most = "excel", 0
    for system, signs in _SIGNS.items():
        points = len(found & signs.columns) + 2 * bool(signs.name.search(name))
        if signs.cells and any(signs.cells.fullmatch(cell) for cell in cells):
            points += 2
        if points > max(most, 1):
            best, most = system, points
    return best, most
