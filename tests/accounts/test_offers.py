"""Exceptional offers: drafted, given as promises, ended for a reason; nothing promised vanishes."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Notice, OfferPart, Product, Promise, Team
from accounts.selectors import offers as found
from accounts.services import offers, promises
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
WEEK = dt.timedelta(days=7)
PART = {"kind": "stock", "what": "60 boxes aside", "due": DAY + WEEK, "assured": "own shelf"}


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
def offer(shop, kam):
    values = {"title": "All round", "expectation": "One supplier for all", "starts": DAY}
    with acting_as(kam):
        yield offers.draft(shop, values, kam)


def test_giving_makes_every_part_a_promise(offer, kam):
    helper = make_user("colleague")
    gloves = Product.objects.create(code="G1", name="Gloves")
    offers.add_part(offer, PART, kam)
    offers.add_part(offer, {**PART, "kind": "product", "product": gloves, "owner": helper}, kam)
    assert not Promise.objects.exists(), "a draft promises nothing"
    offers.give(offer, kam)
    first, second = OfferPart.objects.all()
    assert (first.promise.owner, first.promise.about) == (kam, "")
    assert (second.promise.owner, second.promise.about) == (helper, "Gloves")
    for part in (first, second):
        promise = part.promise
        assert (promise.what, promise.due, promise.assured) == (
            "60 boxes aside", DAY + WEEK, "own shelf"
        )  # fmt: skip
        assert (promise.client_id, promise.side, promise.state) == (offer.client_id, "ours", "open")
    assert (offer.given_on, offer.state_on(DAY)) == (DAY, "holds")
    with pytest.raises(ValidationError):
        offers.give(offer, kam)
    assert Promise.objects.count() == 2
    assert Event.unscoped.get(action="offer.give").details == {"promises": 2}


def test_an_empty_offer_is_not_given(offer, kam):
    with pytest.raises(ValidationError):
        offers.give(offer, kam)
    assert offer.is_draft


def test_giving_is_whole_or_not_at_all(offer, kam):
    """Nobody answers for the second part: the first is not promised either."""
    offer.client.owner = None
    offer.client.save()
    offers.add_part(offer, {**PART, "owner": kam}, None)
    offers.add_part(offer, PART, None)
    with pytest.raises(ValidationError):
        offers.give(offer, None)
    offer.refresh_from_db()
    assert offer.is_draft
    assert not Promise.objects.exists()


def test_what_is_added_to_a_given_offer_is_promised_at_once(offer, kam):
    part = offers.add_part(offer, PART, kam)
    offers.give(offer, kam)
    later = offers.add_part(offer, {**PART, "kind": "service", "what": "A call a week"}, kam)
    assert later.promise.what == "A call a week"
    for change in (
        lambda: offers.change_part(part, {"what": "x"}, offer.version + 1),
        lambda: offers.remove_part(part),
    ):
        with pytest.raises(ValidationError):
            change()
    assert OfferPart.objects.count() == 2


def test_a_draft_is_changed_and_the_second_of_two_editors_is_told(offer, kam):
    part = offers.add_part(offer, PART, kam)
    offer.refresh_from_db()
    version = offer.version
    assert offers.change(offer, {"title": "Other"}, version) == ["title"]
    with pytest.raises(Conflict):
        offers.change(offer, {"title": "Third"}, version)
    with pytest.raises(Conflict):
        offers.change_part(part, {"what": "40 boxes"}, version)
    assert offers.change_part(part, {"what": "40 boxes"}, offer.version) == ["what"]
    offers.remove_part(part)
    assert not OfferPart.objects.exists()


def test_it_ends_for_a_reason_and_its_promises_stay(offer, kam):
    offers.add_part(offer, PART, kam)
    with pytest.raises(ValidationError):
        offers.end(offer, "why", on=DAY)  # the client does not have it
    offers.give(offer, kam)
    for reason, on in (("  ", DAY), ("why", DAY - WEEK), ("why", DAY + WEEK)):
        with pytest.raises(ValidationError):
            offers.end(offer, reason, on=on)
    offers.end(offer, "They changed the brand")
    assert offer.state_on(DAY + dt.timedelta(days=1)) == "ended"
    assert Promise.objects.get().is_open
    with time_machine.travel("2026-03-17T09:00:00Z"), pytest.raises(ValidationError):
        offers.add_part(offer, PART, kam)


def test_an_offer_with_a_last_day_ends_by_itself(offer, kam):
    offers.change(offer, {"ends": DAY + WEEK}, offer.version)
    offers.add_part(offer, PART, kam)
    offers.give(offer, kam)
    assert offer.state_on(DAY + WEEK) == "holds"
    assert offer.state_on(DAY + WEEK + dt.timedelta(days=1)) == "ended"


def test_how_it_is_kept_is_counted_from_its_promises(offer, kam):
    for due in (DAY, DAY - WEEK, DAY - WEEK, DAY - WEEK):
        offers.add_part(offer, {**PART, "due": due}, kam)
    offers.give(offer, kam)
    made = [part.promise for part in OfferPart.objects.select_related("promise")]
    promises.settle(made[0], "kept", "note", kam, satisfaction=9)
    promises.settle(made[1], "kept", "note", kam, satisfaction=6)
    promises.settle(made[2], "broken", "note", kam)
    keeping = found.keeping_of(found.whole().get(pk=offer.pk), DAY)
    assert (keeping.promised, keeping.kept, keeping.late, keeping.broken, keeping.overdue) == (
        4, 1, 1, 1, 1
    )  # fmt: skip
    assert (keeping.content, keeping.asked) == (7.5, 2)


def test_from_draft_to_promises_on_the_pages(client, shop, kam):
    client.force_login(kam)
    page = client.get(reverse("client_offers", args=[shop.pk])).content.decode()
    assert "Nothing is made for them alone yet" in page
    at = reverse("offer_create", args=[shop.pk])
    posted = {"title": "All <b>round</b>", "expectation": "One supplier", "starts": "2026-03-16"}
    assert client.post(at, {**posted, "ends": "2026-03-01"}).status_code == 422
    assert client.post(at, posted).status_code == 302
    with acting_system("test"):
        offer = found.whole().get()
    at = reverse("offer_detail", args=[offer.pk])
    assert client.post(at, {"act": "give"}).status_code == 422
    part = {**PART, "due": "2026-03-23", "product": "no such"}
    parts = reverse("offer_part_create", args=[offer.pk])
    assert client.post(parts, part).status_code == 422
    assert client.post(parts, {**part, "product": ""}).status_code == 302
    page = client.get(at).content.decode()
    assert "All &lt;b&gt;round" in page
    assert "Give it to the client" in page
    assert client.post(at, {"act": "give"}).status_code == 302
    with acting_system("test"):
        promise = Promise.objects.get()
    page = client.get(at).content.decode()
    assert reverse("promise_detail", args=[promise.pk]) in page
    assert client.post(at, {"act": "end", "reason": ""}).status_code == 422
    assert client.post(at, {"act": "end", "reason": "enough"}).status_code == 302
    assert not Notice.unscoped.filter(kind="offer").exists()


def test_over_rest(client, shop, kam):
    client.force_login(kam)
    json = {"content_type": "application/json"}
    sent = {"client": shop.pk, "title": "T", "expectation": "E", "starts": "2026-03-16"}
    wrong = client.post("/api/v1/offers/", {**sent, "ends": "2026-03-01"}, **json)
    assert (wrong.status_code, list(wrong.json()["error"]["fields"])) == (
        400,
        ["ends"],
    )
    made = client.post("/api/v1/offers/", sent, **json).json()
    assert (made["state"], made["parts"]) == ("draft", [])
    at = f"/api/v1/offers/{made['id']}/"
    part = client.post(f"{at}parts/", {**PART, "due": "2026-03-23"}, **json)
    assert part.status_code == 201
    old = client.patch(at, {"title": "U", "version": 1}, **json)
    assert old.status_code == 409, "adding a part made a new version"
    given = client.post(f"{at}giving/", **json).json()
    assert given["state"] == "holds"
    assert given["parts"][0]["promise"] == Promise.unscoped.get().pk
    assert client.delete(f"/api/v1/offer-parts/{part.json()['id']}/").status_code == 400
    assert (
        client.post(f"{at}ending/", {"reason": "enough"}, **json).json()["end_reason"] == "enough"
    )
