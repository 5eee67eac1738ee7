"""Products with their families: lists of products, and products that documents name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from accounts.models import Product, ProductFamily

from .load import LARGEST_QUANTITY, Load
from .report import Counts
from .staging import copy_rows, new_ids, run, stage

_LONGEST_CODE, _LONGEST_NAME, _LONGEST_FAMILY = 120, 500, 200
_MILLIONTH = Decimal("0.000001")


class Mention(NamedTuple):
    """How a row names a product."""

    code: str | None
    name: str | None
    family: str | None = None
    cost: Decimal | None = None


class _Goods(NamedTuple):
    code: str
    name: str
    family_id: int | None
    cost: Decimal | None


def code_of(name: str) -> str:
    """The code of a product that has only a name: the name, or its start and a checksum."""
    if len(name) <= _LONGEST_CODE:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name[: _LONGEST_CODE - 17]} {digest}"


class Shelf:
    """The products of one source that a file mentions: by code, else by the name of exactly one."""

    def __init__(self, source: str, mentions: Iterable[Mention]):
        self._source = source
        distinct = set(mentions)
        codes = {mention.code or code_of(mention.name or "") for mention in distinct}
        names = {mention.name[:_LONGEST_NAME] for mention in distinct if mention.name}
        self._known: dict[int, _Goods] = {}
        self._told: dict[int, _Goods] = {}
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, set[int]] = {}
        rows = Product.objects.filter(source=source)
        for lookup, values in (("code__in", codes), ("name__in", names)):
            for row in rows.filter(**{lookup: values}).values_list(
                "id", "code", "name", "family_id", "cost"
            ):
                self._known[row[0]] = _Goods(*row[1:])
                self._index(row[0], self._known[row[0]])
        families = {m.family[:_LONGEST_FAMILY] for m in distinct if m.family}
        self._families = dict(
            ProductFamily.objects.filter(name__in=families).values_list("name", "pk")
        )
        fresh = ProductFamily.objects.bulk_create(
            ProductFamily(name=name) for name in sorted(families - self._families.keys())
        )
        self._families |= {family.name: family.pk for family in fresh}
        self._ids = new_ids(Product, len(distinct))[::-1]

    def _index(self, product: int, goods: _Goods) -> None:
        self._by_code[goods.code] = product
        if goods.name:
            self._by_name.setdefault(goods.name, set()).add(product)

    def find(self, mention: Mention) -> int | None:
        """Id of the product mentioned, made or completed as needed; None where none is named."""
        name = (mention.name or "")[:_LONGEST_NAME]
        code = mention.code or (code_of(mention.name) if mention.name else None)
        if code is None:
            return None
        product = self._by_code.get(code)
        if product is None and mention.code is None and len(self._by_name.get(name, ())) == 1:
            (product,) = self._by_name[name]
        if product is None:
            product = self._ids.pop()
            old = _Goods(code, "", None, None)
        else:
            old = self._told.get(product) or self._known[product]
        family = self._families.get((mention.family or "")[:_LONGEST_FAMILY])
        self._told[product] = _Goods(
            old.code,
            name or old.name,
            old.family_id if family is None else family,
            old.cost if mention.cost is None else mention.cost,
        )
        self._index(product, self._told[product])
        return product

    def write(self, counts: Counts, only: set[int] | None = None) -> None:
        """Write what the file told of products (``only`` of these, if given)."""
        told = {
            product: goods
            for product, goods in self._told.items()
            if only is None or product in only
        }
        fresh = {product: goods for product, goods in told.items() if product not in self._known}
        changed = {
            product: goods
            for product, goods in told.items()
            if product in self._known and self._known[product] != goods
        }
        copy_rows(
            "accounts_product",
            ["id", "source", "code", "name", "family_id", "cost"],
            ((product, self._source, *goods) for product, goods in fresh.items()),
        )
        if changed:
            columns = {"id": "bigint", "code": "text", "name": "text"}
            columns |= {"family_id": "bigint", "cost": "numeric"}
            stage("staged_product", columns, ((key, *goods) for key, goods in changed.items()))
            run(
                "UPDATE accounts_product p SET name = s.name, family_id = s.family_id, "
                "cost = s.cost FROM staged_product s WHERE s.id = p.id"
            )
        counts.created += len(fresh)
        counts.updated += len(changed)
        counts.unchanged += len(told) - len(fresh) - len(changed)


def load_products(load: Load) -> None:
    """Write a list of products."""
    costs = load.column("cost")
    refused = set()
    for position, cost in enumerate(costs):
        if cost is not None and abs(cost) >= LARGEST_QUANTITY:
            load.error(position, "cost", "number.too_large")
            refused.add(position)
    mentions = [
        Mention(
            code, name, family, None if cost is None else cost.quantize(_MILLIONTH, ROUND_HALF_UP)
        )
        for position, (code, name, family, cost) in enumerate(
            zip(load.column("code"), load.column("name"), load.column("family"), costs, strict=True)
        )
        if position not in refused
    ]
    shelf = Shelf(load.source, mentions)
    for mention in mentions:
        shelf.find(mention)
    counts = load.report.counts("products")
    shelf.write(counts)
    load.report.totals["products"] = counts.created + counts.updated + counts.unchanged
