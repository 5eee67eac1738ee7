"""Statements, CommerceML and pages of CRM systems reach the database as tables do."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.models import Client, Document, Payment
from kam.lib.scoping import acting_system

from .importing import count, rows, shared


@pytest.fixture
def take(load):
    def take(name, kind, **options):
        return load.file(kind, shared("samples", name), **options)

    return take


def test_a_bank_statement_pays_and_refunds_and_comes_in_once(take):
    take("1c_kontragenty_cp1251.csv", "clients", source="1c")
    report = take("bank_kl_to_1c_cp1251.txt", "payments", source="bank")
    assert report.accepted == "all"
    assert report.quarantined_rows == 0
    assert count(Payment) == 32
    with acting_system("test"):
        total = Payment.objects.aggregate(total=Sum("amount"))["total"]
    assert total == Decimal("38658178.60") - Decimal("2001.00")
    again = take("bank_kl_to_1c_cp1251.txt", "payments", source="bank")
    assert again.as_json()["payments"] == {"created": 0, "updated": 0, "unchanged": 32}


def test_commerceml_makes_orders_shipments_and_returns(take):
    report = take("commerceml_210_utf8.xml", "documents", source="site")
    assert report.accepted == "all"
    assert report.as_json()["clients"]["created"] == 9
    totals = report.as_json()["totals"]
    assert (totals["invoices"], totals["gross"]) == (9, "104657.51")
    assert (totals["credit_notes"], totals["credits"]) == (9, "209256.56")
    assert totals["orders"] == 9
    again = take("commerceml_210_utf8.xml", "documents", source="site")
    assert not again.changed_anything
    assert count(Document) == 27


def test_companies_of_bitrix24_get_their_tax_numbers_from_requisites(take):
    take("bitrix24_company_list_page1.json", "clients", source="bitrix24")
    take("bitrix24_company_list_page2.json", "clients", source="bitrix24")
    report = take("bitrix24_requisites.json", "clients", source="bitrix24")
    assert report.as_json()["clients"] == {"created": 0, "updated": 60, "unchanged": 0}
    assert count(Client) == 60
    assert rows(Client, "inn", name='ООО "АльфаТорг"') == [("7799100000",)]
    invoices = take("bitrix24_invoices_item_list_31.json", "documents", source="bitrix24")
    assert invoices.as_json()["totals"]["payment_requests"] == 20
    assert count(Client) == 60


def test_won_deals_of_amocrm_are_orders_of_its_companies(take):
    for page in (1, 2):
        take(f"amocrm_v4_companies_page{page}.json", "clients", source="amocrm")
    report = take("amocrm_v4_leads.json", "documents", source="amocrm")
    assert report.as_json()["totals"]["orders"] == 10
    assert report.as_json()["clients"]["created"] == 0
    assert count(Client) == 60
