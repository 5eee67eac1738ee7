"""Real files come in by the import and give the figures computed independently beside them."""

import csv
import gzip
import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import TruncMonth

from accounts.models import Client, Document, Line
from kam.lib.scoping import acting_system
from tests.accounts.services.importing import Importer, shared

pytestmark = pytest.mark.django_db


def truth(name: str) -> dict:
    return json.loads(shared("data", f"truth_{name}.json").read_text())


def data_rows(name: str) -> list[dict[str, str]]:
    with gzip.open(shared("data", f"{name}.csv.gz"), "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def best_clients(limit: int) -> list[tuple]:
    """(external id, name, net, documents) of the clients with the largest sales; ties by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.external_id, c.name, sum(d.net), count(*)
              FROM accounts_document d
              JOIN accounts_client c ON c.id = d.client_id
              JOIN accounts_clientidentifier i ON i.client_id = c.id
             WHERE d.known_to IS NULL
             GROUP BY c.id, i.external_id, c.name ORDER BY 3 DESC, 1 LIMIT %s
            """,
            [limit],
        )
        return cursor.fetchall()


def share_of_best(limit: int) -> float:
    total = sum(row[2] for row in best_clients(10_000))
    return round(float(sum(row[2] for row in best_clients(limit)) / total), 8)


def by_month() -> dict[str, tuple[str, int]]:
    months = (
        Document.objects.annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(total=Sum("net"), number=Count("pk"))
        .order_by("month")
    )
    return {f"{row['month']:%Y-%m}": (str(row["total"]), row["number"]) for row in months}


def figures(*options: str) -> dict:
    out = io.StringIO()
    call_command("figures", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture(autouse=True)
def as_system():
    with acting_system("test"):
        yield


def test_reseller_sales():
    facts = truth("adventureworks_reseller")
    clients = Importer.file("clients", shared("data", "adventureworks_resellers.csv.gz"))
    sales_file = shared("data", "adventureworks_reseller_sales.csv.gz")
    sales = Importer.file("documents", sales_file)
    assert (clients.accepted, sales.accepted) == ("all", "all")
    counts = facts["counts"]
    assert Client.objects.count() == counts["resellers"]
    assert sales.entities["clients"].created == 0
    assert sales.rows == Line.objects.count() == counts["lines"]
    assert sales.entities["documents"].created == Document.objects.count() == counts["orders"]
    buying = Client.objects.filter(lifecycle="active").count()
    assert buying == counts["resellers_with_sales"]
    assert str(sales.totals["net"]) == facts["revenue"]["total"]

    sums = Document.objects.aggregate(net=Sum("net"), margin=Sum(F("costed_net") - F("cost")))
    assert str(sums["net"]) == facts["revenue"]["total"]
    assert str(sums["margin"]) == facts["revenue"]["margin_where_known"]
    assert Line.objects.filter(cost=None).count() == counts["lines_cost_NULL"]

    assert [
        {"rank": rank, "customer": key, "name": name, "total": str(net), "orders": orders}
        for rank, (key, name, net, orders) in enumerate(best_clients(20), start=1)
    ] == facts["top20"]
    concentration = facts["concentration"]
    share = share_of_best(concentration["top20pct_count_ceil"])
    assert share == concentration["top20pct_share"]
    assert by_month() == {
        month: (said["total"], said["orders"]) for month, said in facts["monthly"].items()
    }
    managers = Document.objects.values("manager").annotate(total=Sum("net"), orders=Count("pk"))
    assert {
        row["manager"]: {"total": str(row["total"]), "orders": row["orders"]}
        for row in managers.order_by()
    } == facts["by_manager_EmployeeKey"]

    told = figures("--top", "20")
    assert (told["clients"], told["buying_clients"]) == (701, 632)
    assert (told["documents"], told["net"]) == (counts["orders"], facts["revenue"]["total"])
    assert told["mean_invoice"] == facts["average_invoice"]["mean"]
    assert Decimal(told["median_invoice"]) == Decimal(facts["average_invoice"]["median"])
    assert Decimal(told["top20_share"]) == Decimal(str(concentration["top20pct_share"]))
    assert [row["client"] for row in told["top"]] == [row["customer"] for row in facts["top20"]]
    assert told["net_by_month"] == {m: said["total"] for m, said in facts["monthly"].items()}
    assert told["quarantined"] == {"rows": 0, "amount": "0.00"}

    again = Importer.file("documents", sales_file)
    assert again.as_json()["documents"] == {
        "created": 0,
        "updated": 0,
        "unchanged": counts["orders"],
    }


def test_receivables():
    facts = truth("ibm_accounts_receivable")
    report = Importer.file("documents", shared("data", "ibm_accounts_receivable.csv.gz"))
    assert report.accepted == "all"
    assert Client.objects.count() == facts["counts"]["customers"]
    assert Document.objects.count() == facts["counts"]["invoices"]
    assert str(report.totals["net"]) == facts["revenue"]["total"]
    first_last = Document.objects.aggregate(last=Max("date"), settled=Max("settled_on"))
    assert first_last["last"].isoformat() == facts["counts"]["last"]
    assert first_last["settled"].isoformat() == facts["counts"]["last_settled"]

    # Every invoice is paid by its own payment, on its own day.
    assert not Document.objects.exclude(paid=F("gross")).exists()
    payment = facts["payment"]
    late = Document.objects.filter(settled_on__gt=F("due"))
    assert late.count() == payment["late_invoices"]
    assert str(late.aggregate(total=Sum("net"))["total"]) == payment["late_amount"]
    days = Document.objects.annotate(days=F("settled_on") - F("date"))
    weighted = sum(d.net * d.days.days for d in days) / sum(d.net for d in days)
    assert round(float(weighted), 6) == payment["weighted_days_to_settle"]
    assert by_month() == {
        month: (said["total"], said["invoices"]) for month, said in facts["monthly"].items()
    }
    told = figures("--as-of", facts["counts"]["last_settled"])
    assert round(float(told["weighted_days_to_pay"]), 6) == payment["weighted_days_to_settle"]
    assert round(float(told["late_share"]), 8) == payment["late_share"]
    # Known on their own dates, the invoices show what was open at any day in the past.
    for day, then in facts["ageing"].items():
        assert round(float(figures("--as-of", day)["dso"]), 6) == then["dso"]


def northwind(folder, *, exact: bool):
    """Orders and their lines joined into one file of documents.

    exact: the price after discount, which has up to four decimals, in place of both.
    """
    orders = {row["OrderID"]: row for row in data_rows("northwind_orders")}
    people = {
        row["EmployeeID"]: f"{row['FirstName']} {row['LastName']}"
        for row in data_rows("northwind_employees")
    }
    path = folder / "northwind.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        head = ["number", "date", "client", "client_name", "manager", "product", "quantity"]
        writer.writerow([*head, "unit_price", *(() if exact else ("discount",))])
        for line in data_rows("northwind_order_details"):
            order = orders[line["OrderID"]]
            price, discount = Decimal(line["UnitPrice"]), Decimal(line["Discount"])
            writer.writerow(
                [
                    order["OrderID"],
                    order["OrderDate"],
                    order["CustomerID"],
                    "",
                    people[order["EmployeeID"]],
                    line["ProductID"],
                    line["Quantity"],
                    *((f"{price * (1 - discount):.4f}",) if exact else (price, discount)),
                ]
            )
    return path


def test_northwind_with_every_line_rounded(tmp_path):
    facts = truth("northwind")
    clients = Importer.file("clients", shared("data", "northwind_customers.csv.gz"))
    assert clients.accepted == "all"
    report = Importer.file("documents", northwind(tmp_path, exact=False))
    assert report.accepted == "all"
    counts = facts["counts"]
    assert Client.objects.count() == counts["customers"]
    assert Client.objects.filter(lifecycle="active").count() == counts["customers"] - 2
    assert Document.objects.count() == counts["orders"]
    assert Line.objects.count() == counts["lines"]
    sums = Document.objects.aggregate(net=Sum("net"), discount=Sum("discount"))
    assert str(sums["net"]) == facts["revenue"]["total_line_rounded"]
    before = Decimal(facts["revenue"]["gross_before_discount"])
    assert abs(before - sums["discount"] - sums["net"]) < 10  # both are rounded per document
    assert [(key, name, str(net), orders) for key, name, net, orders in best_clients(20)] == [
        (row["customer"], row["name"], row["revenue"], row["orders"]) for row in facts["top20"]
    ]
    concentration = facts["concentration"]
    share = share_of_best(concentration["top20pct_count_ceil"])
    assert share == concentration["top20pct_share"]
    assert by_month() == {
        month: (said["revenue"], said["orders"]) for month, said in facts["monthly"].items()
    }


def test_northwind_with_exact_prices_rounds_each_document(tmp_path):
    facts = truth("northwind")
    Importer.file("clients", shared("data", "northwind_customers.csv.gz"))
    report = Importer.file("documents", northwind(tmp_path, exact=True))
    assert report.accepted == "all"
    exact = Line.objects.aggregate(total=Sum("net"))["total"]
    assert exact == Decimal(facts["revenue"]["exact_total"])
    cents = Document.objects.annotate(
        exact=Sum("lines__net", filter=Q(lines__net__isnull=False))
    ).filter(exact__lt=F("net") - Decimal("0.005"))
    assert not cents.exists()
    net = Document.objects.aggregate(total=Sum("net"))["total"]
    assert abs(net - exact) < Decimal("0.005") * facts["counts"]["orders"]
