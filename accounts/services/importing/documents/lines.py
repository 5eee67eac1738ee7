"""The lines of documents: as COPY writes them, for the checksum of a document and the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby, repeat
from operator import itemgetter

from accounts.services.importing.load import numbered
from accounts.services.importing.products import Mention, Shelf
from accounts.services.importing.rates import ONE
from accounts.services.importing.staging import copy_lines

from .grouping import Documents

_MILLIONTH = Decimal("0.000001")
_ABSENT = r"\N"
_ROWS_AT_ONCE = 10_000
_CELLS = ("product_id", "quantity", "unit_price", "discount", "net", "vat", "gross", "cost")
# What is money among the cells: price, net, VAT, gross and cost.
_MONEY = (2, 4, 5, 6, 7)


class Lines:
    """The lines of each document in its own currency; makes the products that they name."""

    def __init__(self, documents: Documents):
        self._documents = documents
        products = _products(documents)
        # One text per document: a list of its lines would take twice the memory.
        self._texts = [""] * len(documents)
        texts = zip(documents.document_of, _line_texts(documents, products), strict=True)
        for document, lines in groupby(texts, itemgetter(0)):
            together = "\n".join([text for _document, text in lines])
            before = self._texts[document]
            self._texts[document] = f"{before}\n{together}" if before else together
        self._detailed = self._worth_keeping(products)

    def of(self, document: int) -> list[str]:
        """The lines of a document, each from the product to the cost as COPY writes it."""
        return self._texts[document].split("\n")

    def _worth_keeping(self, products: Sequence[str]) -> list[bool]:
        """Which documents have more than one row, a product or a quantity."""
        documents = self._documents
        detailed = ["\n" in texts for texts in self._texts]
        if all(detailed):
            return detailed
        quantities = documents.load.column("quantity")
        for document, product, quantity in zip(
            documents.document_of, products, quantities, strict=True
        ):
            if product != _ABSENT or quantity is not None:
                detailed[document] = True
        return detailed

    def write(self, written: Mapping[int, int]) -> None:
        """Append the lines of ``written`` (document -> its id) to the ledger."""
        columns = ["document_id", "client_id", "date", "position", *_CELLS]
        copy_lines("accounts_line", columns, self._ledger(written))

    def _ledger(self, written: Mapping[int, int]) -> Iterator[str]:
        """One text per document: all its lines."""
        documents = self._documents
        for document, number in written.items():
            if not self._detailed[document]:
                continue
            texts, rate = self.of(document), documents.rate[document]
            if rate != ONE:
                texts = [_converted(text, rate) for text in texts]
            head = f"{number}\t{documents.client[document]}\t{documents.date[document]}\t"
            yield "".join(
                [f"{head}{position}\t{text}\n" for position, text in enumerate(texts, start=1)]
            )


def _products(documents: Documents) -> list[str]:
    """The id of the product of each row as COPY writes it; products that rows name are made."""
    load = documents.load
    if not (load.has("product") or load.has("product_name")):
        return [_ABSENT] * len(load)
    different, used = numbered(map(load.column, ("product", "product_name", "family")))
    mentions = list(map(Mention._make, ((*cells, None) for cells in different)))
    wanted = set(range(len(mentions)))
    if len(documents.sound) < len(documents):
        sound = set(documents.sound)
        wanted = {
            number
            for number, document in zip(used, documents.document_of, strict=True)
            if document in sound
        }
    shelf = Shelf(load.source, (mentions[number] for number in wanted))
    products = [
        shelf.find(mention) if number in wanted else None for number, mention in enumerate(mentions)
    ]
    shelf.write(load.report.counts("products"))
    texts = [_ABSENT if product is None else str(product) for product in products]
    return [texts[number] for number in used]


def _line_texts(documents: Documents, products: Sequence[str]) -> Iterator[str]:
    """Every line of the file as COPY writes it, in its own currency."""
    load, taxed = documents.load, is_taxed(documents)
    names = ("quantity", "unit_price", "discount", "amount", "vat", "gross", "cost")
    columns = {name: load.column(name) for name in names}
    # A part of the file at a time: the texts of whole columns would take as much memory again.
    for start in range(0, len(load), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        net = _spelled(columns["amount"][part])
        cells = (
            products[part],
            _spelled(columns["quantity"][part]),
            _spelled(columns["unit_price"][part]),
            _spelled(columns["discount"][part], "0"),
            net,
            _spelled(columns["vat"][part], "0") if taxed else repeat("0", len(net)),
            _spelled(columns["gross"][part]) if taxed else net,
            _spelled(columns["cost"][part]),
        )
        yield from map("\t".join, zip(*cells, strict=True))


def is_taxed(documents: Documents) -> bool:
    """Whether gross differs from net in this file."""
    return documents.load.table.meta.vat != "none"


def _spelled(values: Sequence[Decimal | None], absent: str = _ABSENT) -> list[str]:
    """Numbers in one spelling, so that 1.50 and 1.5 are the same fact."""
    if type(None) not in set(map(type, values)):
        return [*map(str, map(Decimal.normalize, values))]  # type: ignore[arg-type]
    return [absent if value is None else str(value.normalize()) for value in values]


def _converted(line: str, rate: Decimal) -> str:
    """A line in the company's currency."""
    cells = line.split("\t")
    for place in _MONEY:
        if cells[place] != _ABSENT:
            amount = Decimal(cells[place]) * rate
            cells[place] = str(amount.quantize(_MILLIONTH, ROUND_HALF_UP))
    return "\t".join(cells)
