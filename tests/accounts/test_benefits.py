"""What clients gain, confirmed or only claimed; their words; and whom they brought."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Benefit, Reference, Relation, Team
from accounts.selectors import benefits as found
from accounts.services import benefits
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact, make_document, make_group, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
VALUES = {
    "what": "Less water", "amount": Decimal("120000"), "method": "Meters", "since": DAY,
    "until": None,
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


@pytest.fixture
def anna(shop):
    return make_contact(shop, "Anna")


def claim(shop, kam, **values):
    with acting_as(kam):
        return benefits.claim(shop, VALUES | values, kam)


def test_a_claim_is_confirmed_by_somebody_with_something_that_shows_it(shop, kam, anna):
    row = claim(shop, kam)
    assert row.state == "claimed"
    with acting_as(kam):
        for refused, arguments in (
            ("evidence", {"evidence": " ", "contact": anna}),
            ("contact", {"evidence": "letter"}),
            ("on", {"evidence": "letter", "contact": anna, "on": DAY + dt.timedelta(days=1)}),
            ("file", {"evidence": "x", "contact": anna, "upload": SimpleUploadedFile("a", b"")}),
        ):
            with pytest.raises(ValidationError) as error:
                benefits.settle(row, "confirmed", **arguments)
            assert set(error.value.message_dict) == {refused}
        upload = SimpleUploadedFile("../letter.pdf", b"%PDF")
        benefits.settle(row, "confirmed", "letter", contact=anna, upload=upload)
        assert (row.state, row.settled_on, row.contact, row.file_name) == (
            "confirmed", DAY, anna, "letter.pdf"
        )  # fmt: skip
        assert "letter" not in row.file.name
        with row.file.open("rb") as kept:
            assert kept.read() == b"%PDF"
    assert Event.unscoped.get(action="benefit.settle").details["outcome"] == "confirmed"


def test_another_figure_is_a_claim_again(shop, kam, anna):
    row = claim(shop, kam)
    with acting_as(kam):
        benefits.settle(row, "confirmed", "letter", contact=anna)
        assert benefits.change(row, {"until": DAY}, 2) == ["until"]
        assert row.state == "confirmed"
        with pytest.raises(Conflict):
            benefits.change(row, {"amount": Decimal(1)}, 2)
        assert benefits.change(row, {"amount": Decimal(90_000)}, 3) == ["amount"]
        assert (row.state, row.settled_on, row.contact, row.evidence) == ("claimed", None, None, "")
        assert benefits.change(row, {"amount": Decimal(90_000)}, 4) == []


def test_totals_hold_what_runs_and_part_confirmed_from_claimed(shop, kam, anna):
    confirmed, _claimed = claim(shop, kam), claim(shop, kam, amount=Decimal(30_000))
    claim(shop, kam, since=DAY - dt.timedelta(days=9), until=DAY - dt.timedelta(days=1))
    claim(shop, kam, since=DAY + dt.timedelta(days=1))
    with acting_as(kam):
        benefits.settle(confirmed, "confirmed", "letter", contact=anna)
        totals = found.totals_of([shop.pk], DAY)
    assert (totals.confirmed, totals.claimed, totals.disputed) == (120_000, 30_000, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"until": DAY - dt.timedelta(days=1)},
        {"state": "confirmed"},
        {"settled_on": DAY},
    ],
)
def test_the_database_refuses_what_contradicts_itself(shop, wrong):
    with acting_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Benefit.objects.create(client=shop, **(VALUES | wrong))


def test_nothing_is_shown_without_a_permission_that_holds(shop, kam, anna):
    values = {"kind": "review", "title": "Good", "given_on": DAY, "permission": "given"}
    with acting_as(kam):
        with pytest.raises(ValidationError):
            benefits.keep_reference(shop, values, kam)
        refused = values | {"permission": "asked", "permitted_until": DAY}
        with pytest.raises(ValidationError):
            benefits.keep_reference(shop, refused, kam)
        row = benefits.keep_reference(
            shop, values | {"permitted_by": anna, "permitted_until": DAY}, kam
        )
        assert row.may_be_shown(DAY)
        assert not row.may_be_shown(DAY + dt.timedelta(days=1))
        assert [r.pk for r in found.filtered(found.Filters(permission="ending"), DAY)] == [row.pk]
        later = DAY + dt.timedelta(days=1)
        assert not found.filtered(found.Filters(permission="shown"), later)
        withdrawn = {"permission": "refused", "permitted_by": None, "permitted_until": None}
        with pytest.raises(ValidationError):
            benefits.change_reference(row, {"permission": "refused"}, 1)
        assert benefits.change_reference(row, withdrawn, 1)
        with pytest.raises(Conflict):
            benefits.change_reference(row, {"title": "x"}, 1)
        assert not row.may_be_shown(DAY)


def refer(new, by=None, name="", since=None):
    with acting_system("test"):
        return Relation.objects.create(
            client=new, kind="referrer", other=by, name=name, since=since
        )


def test_revenue_of_those_who_came_counts_from_the_recommendation_on(shop, kam):
    came = make_client("Came", owner=kam)
    refer(came, shop, since="2026-01-01")
    make_document(came, "2025-12-31", net=1000)
    make_document(came, "2026-01-01", net=300)
    make_document(came, "2026-02-01", net=-50, type="credit_note")
    make_document(came, "2026-02-02", net=777, type="order")
    group = make_group("Group", [member := make_client("Member", owner=kam)], owner=kam)
    refer(group, shop)
    make_document(member, "2024-02-01", net=2000)
    refer(came, name="A friend", since="2026-02-01")
    with acting_as(kam):
        rows = found.referrals(DAY)
        assert [(r.relation.client.name, r.revenue) for r in rows] == [
            ("Group", 2000), ("Came", 250), ("Came", -50)
        ]  # fmt: skip
        assert found.brought(rows) == (2, 2250)
        first, second = found.bringers(rows)
        assert (first.referrer, first.revenue, second.name) == (shop, 2250, "A friend")
        assert len(found.referrals(DAY, by=[shop.pk])) == 2


def test_a_referrer_that_is_not_seen_stays_unnamed(kam):
    came = make_client("Came", owner=kam)
    refer(came, make_client("Secret"))
    with acting_as(kam):
        (row,) = found.referrals(DAY)
        assert (row.referrer, row.name) == (None, "")


def test_pages_from_a_claim_to_the_paper(client, shop, kam, anna):
    client.force_login(kam)
    posted = {"what": "Less water", "amount": "120000", "method": "Meters", "since": "2026-03-01"}
    create = reverse("benefit_create", args=[shop.pk])
    assert client.post(create, posted | {"amount": "0"}).status_code == 422
    client.post(create, posted)
    row = Benefit.unscoped.get()
    here = reverse("benefit_detail", args=[row.pk])
    said = {"outcome": "confirmed", "contact": anna.pk, "evidence": "letter", "on": "2026-03-16"}
    assert client.post(here, said | {"evidence": ""}).status_code == 422
    said["file"] = SimpleUploadedFile("letter.pdf", b"%PDF")
    assert client.post(here, said).status_code == 302
    paper = client.get(reverse("benefit_file", args=[row.pk]))
    assert b"".join(paper.streaming_content) == b"%PDF"
    assert paper["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    edit = reverse("benefit_edit", args=[row.pk])
    assert client.post(edit, posted | {"version": "1"}).status_code == 409
    made = {
        "kind": "review", "title": "Good", "text": "Kept", "given_on": "2026-03-01",
        "permission": "given", "permitted_by": anna.pk, "link": "javascript:alert(1)",
    }  # fmt: skip
    new = reverse("reference_create", args=[shop.pk])
    assert client.post(new, made).status_code == 422
    assert client.post(new, made | {"link": "https://example.org/"}).status_code == 302
    page = client.get(reverse("client_feedback", args=[shop.pk])).content.decode()
    for text in ("Less water", "letter", "Good", "may be shown"):
        assert text in page
    listed = client.get(reverse("reference_list")).content.decode()
    assert "Good" in listed
    assert Reference.unscoped.get().link == "https://example.org/"


def test_over_rest(client, shop, kam, anna):
    client.force_login(kam)

    def post(route, body, *args):
        url = reverse(f"api:{route}", args=args)
        return client.post(url, body, content_type="application/json")

    body = {
        "client": shop.pk,
        "what": "Water",
        "amount": "10.50",
        "method": "m",
        "since": "2026-01-01",
    }
    made = post("benefit-list", body)
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    refused = post("benefit-settlement", {"outcome": "confirmed", "evidence": "x"}, number)
    assert set(refused.json()["error"]["fields"]) == {"contact"}
    said = {"outcome": "confirmed", "evidence": "x", "contact": anna.pk}
    assert post("benefit-settlement", said, number).json()["state"] == "confirmed"
    totals = client.get(reverse("api:client-benefit", args=[shop.pk])).json()
    assert totals == {"confirmed": "10.50", "claimed": "0.00", "disputed": "0.00"}
    patched = client.patch(
        reverse("api:benefit-detail", args=[number]), {"amount": "11", "version": 2},
        content_type="application/json",
    )  # fmt: skip
    assert (patched.status_code, patched.json()["state"]) == (200, "claimed")
    body = {"client": shop.pk, "title": "Good", "given_on": "2026-01-01"}
    made = post("reference-list", body)
    assert made.status_code == 201, made.content
    detail = reverse("api:reference-detail", args=[made.json()["id"]])
    stale = client.patch(detail, {"title": "x", "version": 9}, content_type="application/json")
    assert stale.status_code == 409
    refer(shop, name="A friend")
    (row,) = client.get(reverse("api:referral-list")).json()
    assert (row["client"], row["name"], row["revenue"]) == (shop.pk, "A friend", "0.00")


@pytest.mark.parametrize("day", [0, 6.5e15, True, [1], {"a": 1}, "31.02.2026", "x" * 500])
def test_what_is_no_day_is_refused_over_rest(client, shop, kam, day):
    client.force_login(kam)
    sent = {"client": shop.pk, "what": "w", "amount": "1.00", "method": "m", "since": day}
    answer = client.post(reverse("api:benefit-list"), sent, "application/json")
    assert answer.status_code == 400
    assert "since" in str(answer.json())
