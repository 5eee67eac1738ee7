"""Pages and REST of webhooks: secrets told once, versions kept, everything in the trail."""

import json
import logging
import socket

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import ApiToken
from kam.audit.models import Event
from kam.lib import addresses
from kam.lib.models import NamedAnswer
from kam.webhooks import services
from kam.webhooks.models import Delivery, Endpoint
from tests.factories import make_user

from .conftest import deliveries, fresh, job_event, work

URL = "https://hooks.example/kam/T0K3N"
PUBLIC = "93.184.215.14"


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """hooks.example is a public host, inner.example is not, and no other host is there."""

    def look_up(host, port):
        known = {"hooks.example": PUBLIC, "inner.example": "10.0.0.7", "127.0.0.1": "127.0.0.1"}
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], port))]

    monkeypatch.setattr(addresses, "look_up", look_up)


@pytest.fixture
def admin(db):
    return make_user("administrator", language="en")


@pytest.fixture
def page(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def call(client, admin):
    """call(verb, route, *args, data=None, **headers), with a key that administers."""
    _row, key = ApiToken.issue(user=admin, name="test", can_write=True)

    def call(verb, route, *args, data=None, **headers):
        url = reverse(f"api:{route}", args=args)
        options = {"content_type": "application/json"} if verb != "get" else {}
        return getattr(client, verb)(
            url, data, headers={"Authorization": f"Bearer {key}", **headers}, **options
        )

    return call


def made(call, **values) -> dict:
    answer = call("post", "webhook-list", data={"url": URL, "events": ["job.failed"], **values})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def everything_kept() -> str:
    """All that the database holds, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        kept = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            kept += [row[0] for row in cursor.fetchall()]
    return "\n".join(kept)


def test_a_secret_is_told_once_and_kept_nowhere_readable(call, caplog):
    caplog.set_level(logging.DEBUG)
    secret = made(call)["secret"]
    pk = Endpoint.unscoped.get().pk
    new = call("post", "webhook-secret", pk).json()["secret"]
    assert len({secret, new}) == 2
    kept = everything_kept() + caplog.text
    told = "".join(
        call("get", route, *args).content.decode()
        for route, args in (("webhook-list", ()), ("webhook-detail", (pk,)), ("event-list", ()))
    )
    for each in (secret, new):
        assert each.startswith("whsec_")
        assert each.removeprefix("whsec_") not in kept
        assert each.removeprefix("whsec_") not in told


@pytest.mark.parametrize("which", ["webhook-list", "webhook-secret"])
def test_a_request_told_again_for_its_key_has_no_secret(which, call):
    if which == "webhook-list":
        args, data = (), {"url": URL, "events": ["job.failed"]}
    else:
        args, data = (made(call)["id"],), None
    first, second = (
        call("post", which, *args, data=data, **{"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert first.status_code == second.status_code == 201
    assert first.json()["secret"].startswith("whsec_")
    assert second.json() == {**first.json(), "secret": None}
    assert "whsec_" not in json.dumps(NamedAnswer.unscoped.get().answer)
    assert Endpoint.unscoped.count() == 1


def test_every_endpoint_that_answers_with_a_secret_says_so():
    """New ones too: a field of that name in an answer has to be named by its view."""
    from django.urls import resolve

    from kam.lib.api_contract import description

    described = description("en")
    schemas = described["components"]["schemas"]
    found = set()
    for path, verbs in described["paths"].items():
        for operation in verbs.values():
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    name = content["schema"].get("$ref", "").rpartition("/")[2]
                    properties = schemas.get(name, {}).get("properties", {})
                    fields = {n for n, each in properties.items() if not each.get("writeOnly")}
                    for field in fields & {"secret", "token", "key_secret", "password"}:
                        view = resolve(path.replace("{id}", "1")).func.cls
                        assert field in view.secrets, path
                        found.add(path)
    assert found == {"/api/v1/webhooks/", "/api/v1/webhooks/{id}/secret/"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example/", "https"),
        ("https://127.0.0.1/", "not public"),
        ("https://inner.example/", "not public"),
        ("https://user:pw@hooks.example/", "password"),
        ("https://hooks.example:22/", "port"),
        ("https://nowhere.example/", "no address"),
        ("nonsense", "not an address"),
    ],
)
def test_what_may_not_be_called_cannot_be_saved(url, said, call, page):
    answer = call("post", "webhook-list", data={"url": url, "events": ["job.failed"]})
    assert answer.status_code == 400
    assert said in answer.json()["error"]["fields"]["url"][0]
    answer = page.post(reverse("webhook_create"), {"url": url, "events": ["job.failed"]})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Endpoint.unscoped.exists()


def test_changes_need_the_version_and_a_public_address(call):
    row = made(call)
    pk = row["id"]
    assert call("patch", "webhook-detail", pk, data={"description": "A"}).status_code == 428
    changed = call(
        "patch", "webhook-detail", pk, data={"description": "A", "version": row["version"]}
    )
    assert changed.json()["description"] == "A"
    late = call("patch", "webhook-detail", pk, data={"active": False, "version": row["version"]})
    assert late.status_code == 409
    for bad in ({"url": "https://inner.example/"}, {"events": ["no.such"]}, {"events": []}):
        assert call("patch", "webhook-detail", pk, data={**bad, "version": 2}).status_code == 400, (
            bad
        )
    assert fresh(Endpoint(pk=pk)).url == URL
    assert call("delete", "webhook-detail", pk).status_code == 204
    assert call("get", "webhook-detail", pk).status_code == 404


def test_a_switched_off_webhook_takes_nothing_and_says_so(call):
    row = made(call, active=False)
    assert row["stopped"] == "person"
    for route, data in (
        ("webhook-example", {"event": "job.failed"}),
        ("webhook-resend", {"since": "2026-01-01T00:00:00Z"}),
    ):
        answer = call("post", route, row["id"], data=data)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stopped")
    on = call("patch", "webhook-detail", row["id"], data={"active": True, "version": 1})
    assert (on.json()["active"], on.json()["stopped"]) == (True, "")


def test_examples_deliveries_and_resending_over_rest(call, receiver, open_network):
    row = made(call, url=receiver.url)
    receiver.answers = [410]
    sent = call("post", "webhook-example", row["id"], data={"event": "ranking.published"}).json()
    assert (sent["event"], sent["example"], sent["status"]) == (
        "ranking.published",
        True,
        "waiting",
    )
    work()
    assert json.loads(receiver.got[0][2])["example"] is True
    log = call("get", "webhook-delivery-list").json()["results"]
    assert [(each["status"], each["answered"], each["error"]) for each in log] == [
        ("failed", 410, "status")
    ]
    pk = log[0]["id"]
    whole = call("get", "webhook-delivery-detail", pk).json()
    assert whole["attempts"][0]["answer"] == "ok"
    assert whole["data"]["ranking"] == 118
    assert call("post", "webhook-delivery-resend", pk).status_code == 409
    version = call("get", "webhook-detail", row["id"]).json()["version"]
    call("patch", "webhook-detail", row["id"], data={"active": True, "version": version})
    assert call("post", "webhook-delivery-resend", pk).status_code == 202
    work()
    assert call("get", "webhook-delivery-detail", pk).json()["status"] == "delivered"
    assert len(set(receiver.ids)) == 1
    names = {each["name"] for each in call("get", "webhook-event-list").json()}
    assert {"job.failed", "import.finished"} <= names


def test_by_the_pages_from_making_to_removing(page, receiver, open_network):
    answer = page.post(
        reverse("webhook_create"),
        {"url": receiver.url, "description": "Warehouse", "events": ["job.failed"],
         "is_active": "on"},
    )  # fmt: skip
    assert "no-store" in answer["Cache-Control"]
    assert "whsec_" in answer.content.decode()
    row = Endpoint.unscoped.get()
    receiver.answers = [500] * 3
    services.emit("job.failed", job_event())
    work()
    text = page.get(reverse("webhook_detail", args=[row.pk])).content.decode()
    assert "whsec_" not in text
    assert "500" in text
    assert "Nothing has arrived since" in text
    page.post(reverse("webhook_switch", args=[row.pk]), {"active": "0"})
    assert deliveries()[0].status == Delivery.Status.FAILED
    page.post(reverse("webhook_switch", args=[row.pk]), {"active": "1"})
    receiver.answers = []
    page.post(reverse("webhook_resend", args=[row.pk]), {"since": "2026-01-01"})
    work()
    assert deliveries()[0].status == Delivery.Status.DELIVERED
    for filters, shown in (("?status=delivered", True), ("?status=failed", False)):
        text = page.get(reverse("webhook_detail", args=[row.pk]) + filters).content.decode()
        assert ("/webhooks/deliveries/" in text) is shown
    rotated = page.post(reverse("webhook_rotation", args=[row.pk])).content.decode()
    assert "whsec_" in rotated
    assert "former secret" in rotated
    page.post(reverse("webhook_removal", args=[row.pk]))
    assert not Endpoint.unscoped.exists()
    actions = set(
        Event.unscoped.filter(action__startswith="webhook.").values_list("action", flat=True)
    )
    assert actions == {
        f"webhook.{each}" for each in ("create", "change", "resend", "rotate", "remove")
    }


def test_two_people_at_one_form(page):
    page.post(reverse("webhook_create"), {"url": URL, "events": ["job.failed"], "is_active": "on"})
    row = Endpoint.unscoped.get()
    form = {"url": URL, "events": ["job.failed"], "is_active": "on", "version": 1}
    edit = reverse("webhook_edit", args=[row.pk])
    assert page.post(edit, {**form, "description": "One"}).status_code == 302
    answer = page.post(edit, {**form, "description": "Two"})
    assert answer.status_code == 409
    assert 'name="version" value="2"' in answer.content.decode()
    assert fresh(row).description == "One"


def test_the_trail_names_the_host_alone(call):
    made(call)
    details = Event.unscoped.get(action="webhook.create").details
    assert details == {"host": "hooks.example", "events": ["job.failed"]}


def test_a_key_needs_the_scope_of_administering(client, admin, db):
    _row, key = ApiToken.issue(user=admin, name="test", scopes=["read", "write", "import"])
    for route in ("webhook-list", "webhook-delivery-list", "webhook-event-list"):
        answer = client.get(reverse(f"api:{route}"), headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 403, route
