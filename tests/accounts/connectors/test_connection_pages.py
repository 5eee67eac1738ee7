"""Connections on their pages and over REST: made, tested, read, switched off; secrets stay inside."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.models import ApiToken, Client, Connection, ImportBatch
from accounts.services import connections
from kam.jobs import execution
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from tests.factories import make_user

from .servers import SECRET, TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def local(settings, monkeypatch):
    settings.CONNECTION_NETWORKS = ["127.0.0.0/8"]
    settings.CONNECTION_ALLOW_HTTP = True
    monkeypatch.setattr(connections.bitrix24, "INTERVAL", 0)
    monkeypatch.setattr(connections.amo, "INTERVAL", 0)


@pytest.fixture
def boss(client):
    person = make_user("administrator", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def api(client):
    person = make_user("administrator", language="en")
    _row, key = ApiToken.issue(user=person, name="k", scopes=["read", "write", "import", "admin"])

    def call(method, path, **sent):
        return getattr(client, method)(
            f"/api/v1/connections/{path}",
            data=sent or None,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

    return call


def run_jobs():
    for job in Job.unscoped.filter(status="waiting").order_by("pk"):
        execution.run(job.pk)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_first_page_teaches_where_the_key_comes_from(client, boss):
    page = text(client.get(reverse("connection_list")))
    assert "Incoming webhook" in page
    assert "long-lived key" in page


def test_from_the_webhook_to_clients(client, boss, bitrix):
    bitrix.add(1, "Альфа", "7707083893")
    bitrix.now += dt.timedelta(hours=1)
    address = reverse("connection_create") + "?system=bitrix24"
    form = {
        "name": "Portal", "webhook": bitrix.webhook, "pulls": ["companies", "requisites"],
        "every": "3", "source": "bitrix24",
    }  # fmt: skip
    made = client.post(address, form)
    with acting_system("test"):
        row = Connection.objects.get()
    detail = reverse("connection_detail", args=[row.pk])
    assert (made.status_code, made["Location"]) == (302, detail)
    assert "being tested" in text(client.get(detail))
    run_jobs()
    assert "The connection works: 127.0.0.1, 1 company." in text(client.get(detail))
    client.post(reverse("connection_run", args=[row.pk]))
    part = client.get(detail, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part
    assert "connection-state" in text(part)
    run_jobs()
    assert client.get(detail, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    with acting_system("test"):
        assert Client.objects.get().name == "Альфа"
        batch = ImportBatch.objects.get()
    page = text(client.get(detail))
    assert reverse("import_detail", args=[batch.pk]) in page
    for shown in (page, text(client.get(reverse("connection_edit", args=[row.pk])))):
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("webhook", "said"),
    [
        ("", "required"),
        ("ftp://portal/rest/1/x/", "no address"),
        ("https://portal.example/", "looks like"),
        ("https://u:p@portal.example/rest/1/x/", "no address"),
    ],
)
def test_what_is_no_webhook_is_said(client, boss, webhook, said):
    answer = client.post(
        reverse("connection_create") + "?system=bitrix24",
        {"name": "Portal", "webhook": webhook, "pulls": ["companies"], "every": "3"},
    )
    assert answer.status_code == 422
    assert said in text(answer)
    assert "/rest/1/" not in text(answer).replace("bitrix24.ru/rest/1/abc123", "")


def test_amocrm_needs_one_of_two_keys(client, boss, amo):
    address = reverse("connection_create") + "?system=amocrm"
    form = {"name": "Sales", "address": amo.address, "pulls": ["companies", "leads"], "every": "0"}
    assert client.post(address, form).status_code == 422
    part = client.post(address, form | {"client_id": "i", "refresh_token": "r"})
    assert part.status_code == 422
    assert "all four" in text(part)
    wrong = client.post(address, form | {"token": TOKEN, "won": "142; won"})
    assert "Numbers with commas" in text(wrong)
    assert client.post(address, form | {"token": TOKEN, "won": "142, 5001"}).status_code == 302
    with acting_system("test"):
        row = Connection.objects.get()
    assert (row.won, row.credentials()) == ([142, 5001], {"token": TOKEN})


def test_editing_without_a_key_keeps_it(client, boss, bitrix):
    with acting_system("test"):
        row = Connection(system="bitrix24", name="Portal", address=bitrix.address, source="b",
                         pulls=["companies"], cursors={"companies": {"since": "x"}})  # fmt: skip
        row.seal({"webhook": bitrix.webhook})
        row.save()
    address = reverse("connection_edit", args=[row.pk])
    form = {"name": "New name", "pulls": ["companies"], "every": "24", "source": "b",
            "version": "1"}  # fmt: skip
    assert client.post(address, form).status_code == 302
    assert client.post(address, form | {"name": "Too late"}).status_code == 409
    row.refresh_from_db()
    assert (row.name, row.every, row.version) == ("New name", 24, 2)
    assert row.credentials()["webhook"] == bitrix.webhook
    assert row.cursors == {"companies": {"since": "x"}}
    assert client.post(address, form | {"version": "2", "source": "other"}).status_code == 302
    row.refresh_from_db()
    assert row.cursors == {}, "under another name nothing has been read yet"


def test_switched_off_it_is_not_read(client, boss):
    with acting_system("test"):
        row = Connection.objects.create(system="bitrix24", name="Portal", source="b")
    client.post(reverse("connection_switch", args=[row.pk]), {"active": "no"})
    client.post(reverse("connection_run", args=[row.pk]))
    assert not Job.unscoped.exists()
    assert "Switch it on first" in text(client.get(reverse("connection_detail", args=[row.pk])))
    client.post(reverse("connection_switch", args=[row.pk]), {"active": "yes"})
    client.post(reverse("connection_run", args=[row.pk]), {"whole": "yes"})
    assert Job.unscoped.get().payload["whole"] is True


def test_the_same_over_rest(api, bitrix):
    bitrix.add(1, "Альфа", "7707083893")
    refused = api("post", "", system="bitrix24", name="Portal")
    assert refused.status_code == 400
    made = api("post", "", system="bitrix24", name="Portal", webhook=bitrix.webhook)
    assert made.status_code == 201, made.content
    row = made.json()
    assert row["pulls"] == ["companies", "requisites", "invoices"]
    assert (row["has_secret"], row["address"]) == (True, bitrix.address)
    assert api("post", f"{row['id']}/runs/").status_code == 202
    assert api("post", f"{row['id']}/runs/").status_code == 400
    run_jobs()
    now = api("get", f"{row['id']}/").json()
    assert now["found"]["companies"] == 1
    assert now["report"]["companies"]["changed"] == 1
    assert api("patch", f"{row['id']}/", name="Other").status_code == 428
    changed = api("patch", f"{row['id']}/", name="Other", version=now["version"])
    assert changed.json()["name"] == "Other"
    assert api("patch", f"{row['id']}/", name="Late", version=now["version"]).status_code == 409
    off = api("post", f"{row['id']}/switch/", active=False)
    assert off.json()["is_active"] is False
    assert api("post", f"{row['id']}/trial/").status_code == 202
    answers = [made, changed, off, api("get", ""), api("get", f"{row['id']}/")]
    assert not any(SECRET in answer.content.decode() for answer in answers)


def test_a_key_without_the_admin_scope_sees_nothing(client):
    person = make_user("administrator")
    _row, key = ApiToken.issue(user=person, name="k", scopes=["read", "write", "import"])
    answer = client.get("/api/v1/connections/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403
