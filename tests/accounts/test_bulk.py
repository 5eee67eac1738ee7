"""Many rows at once: one job, by the rules of files, an answer for each row."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import ApiToken, BulkLoad, Client, Contact, Document, Payment
from accounts.services import bulk
from kam.jobs.execution import run
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from scoring.models import Rating
from tests.factories import make_user

pytestmark = pytest.mark.django_db

CLIENTS = [
    {"external_id": "c1", "name": "Alpha", "inn": "7707083893", "segment": "Retail"},
    {"external_id": "c2", "name": "Beta", "employees": 40, "turnover": 1250000.5},
]


@pytest.fixture
def manager():
    return make_user("manager", language="en")


@pytest.fixture
def send(client, manager):
    """send(kind, rows, **options) -> the load, its job done; or the refusal."""
    _row, secret = ApiToken.issue(user=manager, name="test", can_write=True)
    headers = {"Authorization": f"Bearer {secret}"}

    def send(kind, rows, **options):
        answer = client.post(
            reverse(f"api:{kind}-bulk"),
            {"source": "shop", "rows": rows, **options},
            content_type="application/json",
            headers=headers,
        )
        if answer.status_code != 202:
            return answer
        run(answer.json()["job"])
        return client.get(answer["Location"], headers=headers).json()

    def rows(load, **query):
        address = reverse("api:bulk-rows", args=[load["id"]])
        return client.get(address, query, headers=headers).json()

    send.rows = rows
    return send


def test_clients_come_in_and_are_told_one_by_one(send):
    load = send("client", CLIENTS)
    assert (load["state"], load["rows"]) == ("loaded", 2)
    assert load["report"]["clients"] == {"created": 2, "updated": 0, "unchanged": 0}
    told = send.rows(load)["results"]
    assert [row["status"] for row in told] == ["loaded", "loaded"]
    with acting_system("test"):
        beta = Client.objects.get(name="Beta")
        assert (beta.employees, beta.turnover) == (40, Decimal("1250000.50"))
        assert [row["id"] for row in told][1] == beta.pk
        assert BulkLoad.objects.get().content is None
    again = send("client", CLIENTS)
    assert again["report"]["clients"] == {"created": 0, "updated": 0, "unchanged": 2}


def test_documents_bring_their_lines(send):
    send("client", CLIENTS)
    lines = [
        {"product": "B-1", "quantity": 10, "amount": "1200.00", "vat_rate": 20},
        {"product": "B-2", "quantity": 4, "amount": 96, "vat_rate": "20"},
    ]
    row = {"number": "S-1", "date": "2026-03-05", "client": "c1", "due": "2026-04-04"}
    load = send("document", [{**row, "lines": lines}], vat="excluded")
    assert load["state"] == "loaded", load
    with acting_system("test"):
        document = Document.objects.get()
        assert (document.net, document.vat, document.gross) == (
            Decimal("1296.00"), Decimal("259.20"), Decimal("1555.20"),
        )  # fmt: skip
        assert document.lines.count() == 2
        assert send.rows(load)["results"][0]["id"] == document.pk


def test_findings_name_row_and_field(send):
    send("client", CLIENTS)
    good = {"number": "S-1", "date": "2026-03-05", "client": "c1", "amount": 10}
    load = send(
        "document",
        [
            good,
            {**good, "number": "S-2", "date": "05.03.2026"},
            {**good, "number": "S-3", "amount": "1 200,50"},
        ],
        vat="none",
    )
    told = send.rows(load)["results"]
    assert [row["status"] for row in told] == ["loaded", "refused", "refused"]
    assert [(f["field"], f["code"]) for f in told[1]["findings"]] == [("date", "date.invalid")]
    assert [(f["field"], f["code"]) for f in told[2]["findings"]] == [("amount", "number.invalid")]
    assert "05.03.2026" in told[1]["findings"][0]["message"]
    refused = send.rows(load, status="refused", page_size=1)
    assert [row["row"] for row in refused["results"]] == [2]
    assert "cursor=2" in refused["next"]
    assert refused["previous"] is None


def test_rows_that_name_nobody_we_know_wait(send):
    paid = {"number": "P-1", "date": "2026-03-20", "client": "nobody", "amount": 10}
    assert [row["status"] for row in send.rows(send("payment", [paid]))["results"]] == ["waiting"]


def test_a_bad_line_refuses_its_document_and_no_other(send):
    send("client", CLIENTS)
    good = {"number": "S-1", "date": "2026-03-05", "client": "c1", "lines": [{"amount": 1}]}
    bad = {**good, "number": "S-2", "lines": [{"amount": 1}, {"amount": "x"}]}
    load = send("document", [good, bad], vat="none")
    assert [row["status"] for row in send.rows(load)["results"]] == ["loaded", "refused"]
    with acting_system("test"):
        assert Document.objects.get().number == "S-1"


def test_all_or_none(send):
    send("client", CLIENTS)
    good = {"number": "S-1", "date": "2026-03-05", "client": "c1", "amount": 10}
    load = send("document", [good, {**good, "number": "S-2", "date": ""}], vat="none", whole=True)
    assert load["state"] == "refused"
    assert [row["status"] for row in send.rows(load)["results"]] == ["held_back", "refused"]
    with acting_system("test"):
        assert not Document.objects.exists()


def test_the_other_kinds_come_in_too(send, manager):
    send("client", CLIENTS)
    send("document", [{"number": "S-1", "date": "2026-03-05", "client": "c1", "amount": 10}],
         vat="none")  # fmt: skip
    paid = {"number": "P-1", "date": "2026-03-20", "client": "c1", "amount": 10, "document": "S-1"}
    assert send("payment", [paid])["state"] == "loaded"
    assert send("contact", [{"client": "c1", "name": "Ann", "email": "a@b.example"}])["batch"]
    talk = {"client": "c1", "date": "2026-03-06", "kind": "call", "subject": "Delivery"}
    assert send("interaction", [talk])["state"] == "loaded"
    rated = {"client": "c1", "criterion": "values", "rating": 8, "rater": manager.email}
    assert send("rating", [rated])["state"] == "loaded"
    with acting_system("test"):
        document = Document.objects.get()
        assert (document.paid, document.settled_on) == (Decimal("10.00"), dt.date(2026, 3, 20))
        assert (Payment.objects.count(), Contact.objects.count()) == (1, 1)
        assert Rating.objects.get().value == 8


@pytest.mark.parametrize(
    "rows,where",
    [
        ([], {"rows"}),
        ("x", {"rows"}),
        ([{"nmae": "X"}], {"rows"}),
        ([{"name": ["X"]}], {"rows"}),
        ([3], {"rows"}),
        ([{"name": "X"}] * (bulk.AT_ONCE + 1), {"rows"}),
    ],
)
def test_what_is_no_row_at_all_is_refused_at_once(send, rows, where):
    answer = send("client", rows)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"].keys() == where
    with acting_system("test"):
        assert not BulkLoad.objects.exists()


def test_lines_that_cannot_be_are_named(send):
    row = {"number": "S-1", "date": "2026-03-05", "client": "c1"}
    answer = send("document", [{**row, "lines": [{"amount": 1}, {"client": "c2"}]}])
    assert answer.json()["error"]["fields"]["rows"]["1"].keys() == {"lines.2.client"}
    empty = send("document", [{**row, "lines": []}])
    assert "lines" in empty.json()["error"]["fields"]["rows"]["1"]


def test_only_who_may_import_sends_rows(client, send):
    client.force_login(make_user("kam"))
    answer = client.post(
        reverse("api:client-bulk"), {"rows": CLIENTS}, content_type="application/json"
    )
    assert answer.status_code == 403
    with acting_system("test"):
        assert not Job.objects.exists()


def test_a_job_that_runs_again_loads_nothing_twice(send):
    send("client", CLIENTS)
    with acting_system("test"):
        load = BulkLoad.objects.get()
        assert bulk.run(load) is None
        assert Client.objects.filter(name="Alpha").count() == 1


def test_what_is_known_of_old_loads_goes(send):
    send("client", CLIENTS)
    with acting_system("test"):
        BulkLoad.objects.update(at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert bulk.expire(90) == 1
        assert Client.objects.count() == 2


def test_ones_loads_are_listed_and_others_are_not(client, send):
    load = send("client", CLIENTS)
    client.force_login(make_user("manager"))
    assert client.get(reverse("api:bulk-list")).json()["results"] == []
    assert client.get(reverse("api:bulk-detail", args=[load["id"]])).status_code == 404
    client.force_login(make_user("administrator"))
    listed = client.get(reverse("api:bulk-list"), {"kind": "clients"}).json()["results"]
    assert [(row["id"], row["state"]) for row in listed] == [(load["id"], "loaded")]
    assert "report" not in listed[0]
