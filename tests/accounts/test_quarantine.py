"""Rows in quarantine are given a client by the rules of their import, remembered, or put away."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import (
    Client,
    ClientIdentifier,
    Contact,
    Document,
    ImportBatch,
    Interaction,
    Line,
    Payment,
    QuarantinedRow,
    Team,
)
from accounts.selectors.imports import rows_like, strangers
from accounts.services import quarantine
from accounts.services.importing import run
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

PAYMENTS = """number,date,client_name,amount,document
P-1,2024-02-01,Acme,120.00,
P-2,2024-03-01,Acme,30.50,
P-3,2024-03-02,Other,7.00,
"""


@pytest.fixture
def boss():
    return make_user("manager", language="en", team=Team.objects.create(name="North"))


def load(tmp_path, text: str, kind: str = "payments", source: str = "bank", **options):
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return run(path, kind, source=source, **options)


def waiting(name: str = "Acme") -> list[int]:
    with acting_system("test"):
        return [row.pk for row in QuarantinedRow.objects.filter(data__client_name=name)]


def test_rows_are_loaded_remembered_and_gone(tmp_path, boss):
    load(tmp_path, PAYMENTS, history=True)
    shop = make_client("Acme Limited")
    with acting_as(boss):
        given = quarantine.give(waiting(), shop, boss)
        assert (given.loaded, given.refused, given.remembered) == (2, [], True)
        assert [row.amount for row in Payment.objects.order_by("date")] == [
            Decimal("120.00"), Decimal("30.50")
        ]  # fmt: skip
        assert {row.client_id for row in Payment.objects.all()} == {shop.pk}
        first = Payment.objects.order_by("date").first()
        assert first.known_from.date() <= dt.date(2024, 2, 1), "loaded as history, as its file was"
        assert QuarantinedRow.objects.count() == 1
        batch = ImportBatch.objects.order_by("pk").last()
        assert (batch.pk, batch.filename, batch.asked_by) == (first.batch_id, "file.csv", boss)
        assert batch.report["payments"]["created"] == 2
        assert Event.objects.get(action="quarantine.give").details == {"rows": 2, "left": 0}
    report = load(tmp_path, PAYMENTS + "P-4,2024-04-01,Acme,1.00,\n")
    assert (report.counts("payments").created, report.counts("payments").unchanged) == (1, 2)
    assert report.quarantined_rows == 1
    with acting_system("test"):
        assert Payment.objects.filter(known_to=None).count() == 3, "nothing is doubled"


def test_a_name_that_is_said_to_mean_a_client_does_not_join_another_inn(tmp_path, boss):
    load(tmp_path, PAYMENTS)
    shop = make_client("Acme Limited", inn="7707083893")
    with acting_as(boss):
        quarantine.give(waiting(), shop, boss)
    text = "number,date,client_name,inn,amount\nX-1,2024-05-01,Acme,7728168971,5\n"
    assert load(tmp_path, text).quarantined_rows == 1
    text = "number,date,client_name,inn,amount\nX-2,2024-05-01,Acme,7707083893,5\n"
    assert load(tmp_path, text).quarantined_rows == 0


def test_an_inn_is_remembered_where_the_client_had_none(tmp_path, boss):
    text = "number,date,inn,amount\nP-1,2024-02-01,7707083893,120\n"
    load(tmp_path, text)
    shop = make_client("Acme Limited")
    with acting_as(boss):
        row = QuarantinedRow.objects.get()
        assert quarantine.give([row.pk], shop, boss).remembered
    shop.refresh_from_db()
    assert shop.inn == "7707083893"


DOCUMENTS = """number,date,client_name,product,quantity,amount_net
A-1,2024-02-01,,Box,2,200
A-1,2024-02-01,,Lid,1,50
A-2,2024-02-02,,Box,1,100
"""


def test_a_document_comes_with_all_its_lines(tmp_path, boss):
    load(tmp_path, DOCUMENTS + "A-3,2024-02-02,,Box,1,100\n", "documents", "erp")
    shop = make_client("Acme")
    with acting_as(boss):
        line = QuarantinedRow.objects.get(data__product="Lid")
        assert quarantine.give([line.pk], shop, boss).loaded == 2
        document = Document.objects.get()
        assert (document.number, document.net, document.client) == ("A-1", 250, shop)
        assert Line.objects.filter(document=document).count() == 2
        rest = list(QuarantinedRow.objects.values_list("pk", flat=True))
        assert quarantine.give(rest, shop, boss).loaded == 2
        assert Document.objects.count() == 3
        assert quarantine.give(rest, shop, boss).loaded == 0, "somebody was faster"


def test_a_row_that_is_refused_waits_on_and_says_why(tmp_path, boss):
    text = (
        "date,client_name,subject,satisfaction\n2024-02-01,Acme,call,7\n2024-02-02,Acme,call,17\n"
    )
    load(tmp_path, text, "interactions", "crm")
    shop = make_client("Acme Limited")
    with acting_as(boss):
        rows = waiting()
        given = quarantine.give(rows, shop, boss)
        assert given.loaded == 1
        (refused,) = given.refused
        assert "10" in refused.words("en")
        assert [row.subject for row in Interaction.objects.all()] == ["call"]
        batches = ImportBatch.objects.count()
        again = quarantine.give([refused.row], shop, boss)
        assert (again.loaded, len(again.refused)) == (0, 1)
        assert ImportBatch.objects.count() == batches, "an import of nothing is none"


def test_contacts_are_given_too(tmp_path, boss):
    load(tmp_path, "client_name,name,email\nAcme,Ann,ann@acme.example\n", "contacts", "crm")
    shop = make_client("Acme Limited")
    with acting_as(boss):
        quarantine.give(waiting(), shop, boss)
        assert Contact.objects.get().client == shop


def test_a_group_takes_no_rows_and_discarding_needs_a_reason(tmp_path, boss):
    load(tmp_path, PAYMENTS)
    with acting_as(boss):
        with pytest.raises(ValidationError):
            quarantine.give(waiting(), make_client("Group", kind="group"), boss)
        with pytest.raises(ValidationError):
            quarantine.discard(waiting(), " ")
        assert quarantine.discard(waiting(), "a test of the bank") == 2
        kept = Event.objects.get(action="quarantine.discard").details
        assert kept == {"rows": 2, "amount": "150.50", "reason": "a test of the bank"}
        assert QuarantinedRow.objects.count() == 1


def test_rows_are_gathered_by_whom_they_name(tmp_path, boss):
    load(tmp_path, PAYMENTS)
    with acting_as(boss):
        found = list(strangers())
        assert [(each["client_name"], each["rows"], each["amount"]) for each in found] == [
            ("Acme", 2, Decimal("150.50")), ("Other", 1, Decimal("7.00"))
        ]  # fmt: skip
        row = QuarantinedRow.objects.get(pk=found[0]["first"])
        assert len(rows_like(row)) == 2
        assert next(iter(strangers("other")))["client_name"] == "Other"


def test_on_the_page_a_client_is_chosen_made_or_the_rows_put_away(tmp_path, boss, client):
    load(tmp_path, PAYMENTS + "P-9,2024-03-02,Third,7.00,\n")
    client.force_login(boss)
    make_client("Acme Limited")
    page = client.get(reverse("quarantine_list")).content.decode()
    assert "Acme" in page
    first = waiting()[0]
    address = reverse("quarantine_detail", args=[first])
    assert client.get(address).status_code == 200
    answer = client.post(address, {"client": "Nobody Inc", "act": "give"})
    assert answer.status_code == 422
    assert "There is no client with this name" in answer.content.decode()
    answer = client.post(address, {"client": "Acme Limited", "act": "give"}, follow=True)
    assert "2 rows are loaded" in answer.content.decode()
    assert client.get(address).status_code == 404
    other = reverse("quarantine_detail", args=waiting("Other"))
    client.post(other, {"act": "make"})
    with acting_as(boss):
        made = Client.objects.get(name="Other")
        assert Payment.objects.get(number="P-3").client == made
        assert ClientIdentifier.objects.get(client=made).external_id == "Other"
    third = reverse("quarantine_detail", args=waiting("Third"))
    assert client.post(third, {"act": "discard", "reason": ""}).status_code == 422
    client.post(third, {"act": "discard", "reason": "not ours"})
    assert waiting("Third") == []


def test_over_rest(tmp_path, boss, client):
    load(tmp_path, PAYMENTS)
    shop = make_client("Acme Limited")
    client.force_login(boss)
    address = reverse("api:quarantine-assignment")
    sent = {"rows": waiting(), "client": shop.pk}
    answer = client.post(address, sent, content_type="application/json")
    assert answer.json() == {"loaded": 2, "refused": [], "remembered": True}
    wrong = client.post(address, {"rows": [], "client": shop.pk}, content_type="application/json")
    assert wrong.status_code == 400
    answer = client.post(
        reverse("api:quarantine-discard"),
        {"rows": waiting("Other"), "reason": "not ours"},
        content_type="application/json",
    )
    assert answer.json() == {"discarded": 1}
