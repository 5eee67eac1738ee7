"""The real data beside the checkout: columns are found without --map, sums equal the truths."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from accounts.importing import read
from accounts.importing.documents import to_cents
from tests.accounts.importing.helpers import SHARED, csv_file, needs_shared, total

pytestmark = needs_shared


def truth(name: str) -> dict[str, Any]:
    with (SHARED / "data" / f"truth_{name}.json").open(encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


def rows_of(name: str) -> list[dict[str, str]]:
    with gzip.open(SHARED / "data" / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_reseller_sales() -> None:
    table = read(SHARED / "data" / "adventureworks_reseller_sales.csv.gz", "documents")
    assert table.errors == table.warnings == []
    assert len(table.rows) == 57_851
    assert total(table) == Decimal("77548570.20")
    assert (
        table.frame["cost"].count(None)
        == truth("adventureworks_reseller")["counts"]["lines_cost_NULL"]
    )
    margin = sum(
        amount - cost
        for amount, cost in zip(table.frame["amount"], table.frame["cost"], strict=True)
        if isinstance(amount, Decimal) and isinstance(cost, Decimal)
    )
    assert margin == Decimal("993192.92")
    assert len(set(table.frame["number"])) == 3_616
    assert table.meta.vat == "none"


def test_resellers() -> None:
    table = read(SHARED / "data" / "adventureworks_resellers.csv.gz", "clients")
    assert len(set(table.frame["external_id"])) == 701
    assert {"name", "segment", "city", "region", "country"} <= table.frame.keys()


def test_receivables_read_month_first() -> None:
    table = read(SHARED / "data" / "ibm_accounts_receivable.csv.gz", "documents")
    assert table.errors == []
    assert total(table) == Decimal("147703.18")
    assert set(table.meta.dates.values()) == {"mdy"}
    days = [
        (settled - date).days  # type: ignore[operator,union-attr]
        for settled, date in zip(table.frame["settled"], table.frame["date"], strict=True)
    ]
    assert round(sum(days) / len(days), 5) == 26.44485


def test_northwind_customers_as_clients_and_as_contacts() -> None:
    path = SHARED / "data" / "northwind_customers.csv.gz"
    clients = read(path, "clients")
    assert len(clients.rows) == 91
    assert "México D.F." in clients.frame["city"]
    contacts = read(path, "contacts")
    assert contacts.frame["name"][0] == "Maria Anders"
    assert contacts.frame["position"][0] == "Sales Representative"
    assert contacts.frame["client"][0] == "ALFKI"


def test_northwind_orders_joined_with_lines() -> None:
    orders = {row["OrderID"]: row for row in rows_of("northwind_orders.csv.gz")}
    lines = ["OrderID,CustomerID,OrderDate,ProductID,UnitPrice,Quantity,Discount"]
    for row in rows_of("northwind_order_details.csv.gz"):
        order = orders[row["OrderID"]]
        lines.append(
            f"{row['OrderID']},{order['CustomerID']},{order['OrderDate']},"
            f"{row['ProductID']},{row['UnitPrice']},{row['Quantity']},{row['Discount']}"
        )
    table = read(csv_file(*lines), "documents")
    assert table.errors == []
    assert total(table) == Decimal("1265793.29")
    by_client: dict[object, Decimal] = defaultdict(Decimal)
    for client, amount in zip(table.frame["client"], table.frame["amount"], strict=True):
        assert isinstance(amount, Decimal)
        by_client[client] += amount
    for place in truth("northwind")["top20"]:
        assert by_client[place["customer"]] == Decimal(place["revenue"])
    exact = sum(
        price * quantity * (1 - discount)  # type: ignore[operator]
        for price, quantity, discount in zip(
            table.frame["unit_price"],
            table.frame["quantity"],
            table.frame["discount"],
            strict=True,
        )
    )
    assert exact == Decimal("1265793.0395")
    assert to_cents(Decimal("0.005")) == Decimal("0.01")
