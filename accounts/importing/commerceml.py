"""CommerceML 2: documents, counterparties and goods of 1С as tables.

A document's operation (ХозОперация) decides what it is; its lines are Товары/Товар. Sums are
written with a decimal point. Tax inside or beside a sum is said per tax (УчтеноВСумме).
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from accounts.importing.container import refuse
from accounts.importing.records import Made
from accounts.importing.table import Issue
from accounts.importing.xmlevents import Node, elements

ROOT = "КоммерческаяИнформация"
KINDS = ("documents", "clients", "products")
_CENT = Decimal("0.01")
_YES = frozenset({"true", "1", "да"})
# Operations that are no sales: money and tax invoices that repeat a shipment.
_NO_SALE = re.compile(r"выплат|денег|денежн|сч[её]т-?\s?фактур|поступлен|перемещ", re.IGNORECASE)
_SELLER = re.compile(r"продавец|поставщик|организац", re.IGNORECASE)
_BUYER = re.compile(r"покупат|клиент|плательщик|заказчик", re.IGNORECASE)

DOCUMENTS = {
    "Номер": "number",
    "Дата": "date",
    "ХозОперация": "type",
    "Контрагент/Ид": "client",
    "Контрагент/Наименование": "client_name",
    "ИНН": "inn",
    "КПП": "kpp",
    "Товар/Артикул": "product",
    "Товар/Наименование": "product_name",
    "Количество": "quantity",
    "ЦенаЗаЕдиницу": "unit_price",
    "Сумма": "amount",
    "СтавкаНалога": "vat_rate",
    "СуммаНалога": "vat",
    "Сумма с налогом": "gross",
    "Валюта": "currency",
    "Дата оплаты": "settled",
    "Срок платежа": "due",
    "Менеджер": "manager",
    "Договор": "agreement",
    "Отменен": "deleted",
    "ПометкаУдаления": "status",
}
CLIENTS = {
    "Ид": "external_id",
    "Наименование": "name",
    "ОфициальноеНаименование": "legal_name",
    "ИНН": "inn",
    "КПП": "kpp",
}
PRODUCTS = {"Артикул": "code", "Наименование": "name", "Группа": "family"}


def read_commerceml(stream: BinaryIO, kind: str, first: int = 0) -> Made:
    """The table of a kind. first: so many rows are enough, 0 = all.

    Raises what `elements` does, and format.other_kind.
    """
    if kind == "documents":
        return _documents(stream, first)
    if kind in ("clients", "products"):
        columns, rows = (CLIENTS, _clients) if kind == "clients" else (PRODUCTS, _products)
        return Made(columns, list(enumerate(itertools.islice(rows(stream), first or None), 1)))
    raise refuse("format.other_kind", format="CommerceML", kinds=", ".join(KINDS))


def kinds_inside(stream: BinaryIO) -> list[str]:
    """Kinds of which the file holds something, the fullest first."""
    found: set[str] = set()
    for node in elements(stream, ROOT, frozenset({"Документ", "Контрагент", "Каталог"})):
        if node.tag == "Документ":
            return list(KINDS)
        found.add("clients" if node.tag == "Контрагент" else "products")
    return [kind for kind in KINDS if kind in found]


def _documents(stream: BinaryIO, first: int) -> Made:
    made = Made(DOCUMENTS, [])
    rows: list[tuple[int, list[str]]] = []
    skipped: Counter[str] = Counter()
    taxed = False
    for document in elements(stream, ROOT, frozenset({"Документ"})):
        operation = document.value("ХозОперация")
        if _NO_SALE.search(operation) or _is_purchase(document):
            skipped[operation or document.value("Роль")] += 1
            continue
        lines = _lines(document)
        taxed = taxed or any(cells[12] or cells[13] for cells in lines)
        _check_sum(document, lines, len(rows) + 1, made.notes)
        rows.extend(enumerate(lines, len(rows) + 1))
        if 0 < first <= len(rows):
            break
    if taxed:
        made.columns = {**DOCUMENTS, "Сумма": "amount_net"}
    else:
        # Nothing tells of tax: whether amounts hold it stays open to the answer of the person.
        gross = list(DOCUMENTS).index("Сумма с налогом")
        for _, cells in rows:
            cells[gross] = ""
    made.rows = rows
    for operation, count in skipped.items():
        made.notes.append(
            Issue(None, "ХозОперация", "commerceml.operation_skipped",
                  {"value": operation[:60], "count": count})
        )  # fmt: skip
    return made.pruned()


def _is_purchase(document: Node) -> bool:
    """Whether we are the buyer of the document."""
    return _BUYER.search(document.value("Роль")) is not None


def _buyer(document: Node) -> Node:
    people = document.all("Контрагенты", "Контрагент") or document.all("Контрагент")
    for wanted in (
        lambda role: _BUYER.search(role),
        lambda role: not role,
        lambda role: not _SELLER.search(role),
    ):
        for person in people:
            if wanted(person.value("Роль")):
                return person
    return Node("Контрагент")


def _requisites(node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in node.all("ЗначенияРеквизитов", "ЗначениеРеквизита"):
        name = each.value("Наименование").casefold().replace("ё", "е")
        found.setdefault(name, each.value("Значение"))
    return found


def _lines(document: Node) -> list[list[str]]:
    """Cells of each line; a document without lines is one line with its sum."""
    buyer, facts = _buyer(document), _requisites(document)
    start = [
        document.value("Номер"),
        document.value("Дата"),
        document.value("ХозОперация"),
        buyer.value("Ид")[:120],
        buyer.value("Наименование") or buyer.value("ОфициальноеНаименование"),
        buyer.value("ИНН"),
        buyer.value("КПП"),
    ]
    cancelled = facts.get("отменен", "").casefold() in _YES
    deleted = facts.get("пометкаудаления", "") or document.value("ПометкаУдаления")
    end = [
        document.value("Валюта"),
        facts.get("дата оплаты", "") or facts.get("дата оплаты по 1с", ""),
        document.value("СрокПлатежа") or facts.get("срок платежа", ""),
        facts.get("менеджер", "") or facts.get("ответственный", ""),
        facts.get("договор", ""),
        "true" if cancelled else "",
        "удалён" if deleted.casefold() in _YES else "",
    ]
    included = _included(document)
    lines = [
        [*start, *_goods(product), *_money(product, included), *end]
        for product in document.all("Товары", "Товар")
    ]
    if lines:
        return lines
    return [[*start, "", "", "", "", *_money(document, included), *end]]


def _goods(product: Node) -> list[str]:
    return [
        product.value("Артикул") or product.value("Ид"),
        product.value("Наименование"),
        product.value("Количество"),
        product.value("ЦенаЗаЕдиницу") or product.value("Цена"),
    ]


def _included(node: Node) -> bool | None:
    """Whether tax is inside the sums, as the first tax of a node says."""
    for tax in node.all("Налоги", "Налог"):
        said = tax.value("УчтеноВСумме").casefold()
        if said:
            return said in _YES
    return None


def _money(node: Node, included_in_document: bool | None) -> list[str]:
    """Sum without tax, rate, tax, sum with tax; as written where nothing is to be worked out."""
    text = node.value("Сумма")
    amount = _decimal(text)
    if amount is not None:
        amount -= sum(
            (
                _decimal(each.value("Сумма")) or Decimal(0)
                for each in node.all("Скидки", "Скидка")
                if each.value("УчтеноВСумме").casefold() == "false"
            ),
            Decimal(0),
        )
        text = str(amount)
    tax = next(iter(node.all("Налоги", "Налог")), None)
    rate = (tax.value("Ставка") if tax else "") or next(
        (each.value("Ставка") for each in node.all("СтавкиНалогов", "СтавкаНалога")), ""
    )
    tax_sum = _decimal(tax.value("Сумма")) if tax else None
    own = _included(node)
    included = included_in_document if own is None else own
    rate = _percent(rate)
    if tax_sum is None and rate and amount is not None and included is not None:
        share = Decimal(rate.rstrip("%")) / 100
        tax_sum = amount * share / (1 + share) if included else amount * share
        tax_sum = tax_sum.quantize(_CENT)
    if amount is None or (tax_sum is None and not rate):
        return [text, "", "", text]
    if tax_sum is None:
        return [text, rate, "", ""]
    net, gross = (amount - tax_sum, amount) if included else (amount, amount + tax_sum)
    return [str(net), rate, str(tax_sum), str(gross)]


def _percent(rate: str) -> str:
    """ "20", "20%", "НДС20" -> "20%"; «Без НДС» -> "0%"; "" where there is none."""
    match = re.search(r"\d{1,2}(?:[.,]\d+)?", rate)
    if match:
        return f"{match[0].replace(',', '.')}%"
    return "0%" if re.search("без", rate, re.IGNORECASE) else ""


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", ".").replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 16 else None


def _check_sum(document: Node, lines: list[list[str]], row: int, notes: list[Issue]) -> None:
    stated = _decimal(document.value("Сумма"))
    if stated is None or not document.all("Товары", "Товар"):
        return
    for at in (11, 14):
        values = [_decimal(cells[at]) for cells in lines]
        found = sum((value for value in values if value is not None), Decimal(0))
        if abs(found - stated) <= _CENT * max(1, len(lines)):
            return
    notes.append(
        Issue(row, "Сумма", "document.sum_differs",
              {"number": document.value("Номер")[:60], "stated": str(stated), "found": str(found)})
    )  # fmt: skip


def _clients(stream: BinaryIO) -> Iterator[list[str]]:
    seen: set[tuple[str, str, str]] = set()
    for node in elements(stream, ROOT, frozenset({"Документ", "Контрагент"})):
        if node.tag == "Документ":
            people = [] if _is_purchase(node) else [_buyer(node)]
        else:
            people = [node]
        for person in people:
            cells = [
                person.value("Ид")[:120],
                person.value("Наименование"),
                person.value("ОфициальноеНаименование"),
                person.value("ИНН"),
                person.value("КПП"),
            ]
            key = (cells[0], cells[3], cells[4])
            if any(cells) and key not in seen:
                seen.add(key)
                yield cells


def _products(stream: BinaryIO) -> Iterator[list[str]]:
    groups: dict[str, str] = {}
    seen: set[str] = set()
    for node in elements(stream, ROOT, frozenset({"Документ", "Классификатор", "Каталог"})):
        if node.tag == "Классификатор":
            groups |= _groups(node)
            continue
        for product in node.all("Товары", "Товар"):
            family = next(
                (groups.get(each.text.strip(), "") for each in product.all("Группы", "Ид")), ""
            )
            cells = [
                product.value("Артикул") or product.value("Ид"),
                product.value("Наименование"),
                family,
            ]
            if cells[0] not in seen and any(cells):
                seen.add(cells[0])
                yield cells


def _groups(classifier: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    waiting = classifier.all("Группы", "Группа")
    while waiting:
        group = waiting.pop()
        found[group.value("Ид")] = group.value("Наименование")
        waiting.extend(group.all("Группы", "Группа"))
    return found
