"""One client's page: five lines from facts, what happened, documents with what settled them."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from accounts.measures.compute import compute
from accounts.selectors import timeline as happened
from accounts.services import portrait
from accounts.services.allocation import allocate
from kam.lib.scoping import acting_system
from tests.factories import (
    change_document,
    make_client,
    make_contact,
    make_document,
    make_group,
    make_interaction,
    make_payment,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 20)
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        yield


@pytest.fixture
def administrator(client):
    person = make_user("administrator", language="en")
    client.force_login(person)
    return person


def facts_of(*clients) -> portrait.Facts:
    with acting_system("test"):
        return portrait.facts([each.pk for each in clients], DAY)


def said(*clients) -> list[str]:
    with acting_system("test"), override("en"):
        return [line.text for line in portrait.lines(portrait.facts([c.pk for c in clients], DAY))]


def test_a_client_without_facts_says_what_is_missing():
    assert said(make_client()) == [
        "Has not bought yet: there is no invoice.",
        "Revenue will show after the first invoice.",
        "A rhythm of purchases shows after the fifth.",
        "No invoice has a due date, so nobody can say how it pays.",
        "Nobody has noted a talk with this client yet.",
    ]


def test_the_five_lines_tell_since_when_how_much_how_often_how_it_pays_and_the_last_talk():
    buyer = make_client()
    for month in range(1, 13):
        make_document(buyer, dt.date(2024, month, 10), 100_000, due=dt.date(2024, month, 20))
        make_document(buyer, dt.date(2025, month, 10), 120_000, due=dt.date(2025, month, 20))
    contact = make_contact(buyer, "Ann")
    make_interaction(buyer, "2026-03-10", contact=contact, kind="call", subject="Prices")
    make_interaction(buyer, "2026-03-15", kind="note", subject="A note is no talk")
    lines = said(buyer)
    assert lines[0] == "Buys from us since January 2024; 9 invoices in the last 12 months."
    assert lines[1].startswith("Bought for ₽1.1M in 12 months, 14")
    assert lines[1].endswith("less than in the year before.")
    assert "usually buys every 31 days" in lines[2]
    assert "though" in lines[2]  # a hundred days without a purchase
    assert lines[3].startswith("Owes ₽2.6M past the due day, the oldest since 20")
    assert lines[4] == "Last talk: call with Ann, 10 Mar 2026, 10 days ago — Prices"


def test_the_figures_are_those_of_the_catalogue():
    buyer, member = make_client(), make_client()
    group = make_group(members=[member])
    for served in (buyer, member):
        for number in range(9):
            day = dt.date(2024, 1, 5) + dt.timedelta(days=97 * number)
            document = make_document(served, day, 1000 + 37 * number, due=day)
            if number % 3:
                make_payment(
                    served, day + dt.timedelta(days=3 * number), document.gross, document=document
                )
    with acting_system("test"):
        allocate(history=True)
        found = compute(("revenue", "growth", "payment_delay", "rhythm"), DAY)
    for served, entities in ((buyer, (buyer,)), (group, (group, member))):
        at = list(found.ids).index(served.pk)
        facts = facts_of(*entities)
        assert float(facts.revenue) == pytest.approx(found.values["revenue"][at])
        assert float(facts.growth) * 100 == pytest.approx(found.values["growth"][at])
        assert float(facts.delay_days) == pytest.approx(found.values["payment_delay"][at])
        assert facts.rhythm == pytest.approx(found.values["rhythm"][at])


def test_what_happened_pages_through_three_kinds_without_losing_or_repeating():
    buyer = make_client()
    for number in range(7):
        day = DAY - dt.timedelta(days=number // 3)
        make_document(buyer, day, 10, number=f"D{number}")
        make_payment(buyer, day, 5)
        make_interaction(buyer, day, subject=f"Talk {number}")
    with acting_system("test"):
        whole = happened.timeline([buyer.pk], DAY, size=100).entries
        seen, after = [], ""
        while True:
            part = happened.timeline([buyer.pk], DAY, after=after, size=4)
            seen += part.entries
            if part.after is None:
                break
            after = part.after
        talks = happened.timeline([buyer.pk], DAY, source="interactions", size=100).entries
        odd = happened.timeline([buyer.pk], DAY, after="99999999-9-9", size=100).entries
    assert seen == whole == odd
    assert len(whole) == 21
    assert [entry.date for entry in whole] == sorted((e.date for e in whole), reverse=True)
    assert {entry.source for entry in talks} == {"interactions"}
    assert len(talks) == 7


def test_the_timeline_continues_as_a_part(client, administrator):
    buyer = make_client()
    for number in range(25):
        make_document(buyer, DAY - dt.timedelta(days=number), 10, number=f"D-{number:02}")
    page = client.get(reverse("client_detail", args=[buyer.pk])).content.decode()
    assert "D-19" in page
    assert "D-20" not in page
    after = page.split("after=")[1].split('"')[0]
    rest = client.get(
        reverse("client_timeline", args=[buyer.pk]), {"after": after}, headers=PART
    ).content.decode()
    assert "D-20" in rest
    assert "D-24" in rest
    assert "D-19" not in rest
    assert "<html" not in rest


def test_a_group_page_holds_its_companies_and_their_documents(client, administrator):
    member = make_client("Member of it")
    group = make_group("The group", members=[member])
    make_document(member, "2026-03-01", 10, number="OF-MEMBER")
    page = client.get(reverse("client_detail", args=[group.pk])).content.decode()
    assert "Member of it" in page
    assert "OF-MEMBER" in page
    assert "The group" in client.get(reverse("client_detail", args=[member.pk])).content.decode()


def test_documents_say_how_they_stand_and_a_document_what_settled_it(client, administrator):
    buyer = make_client()
    late = make_document(buyer, "2026-01-01", 100, number="LATE", due="2026-01-10")
    make_document(buyer, "2026-02-01", 50, number="DUE", due="2026-02-10")
    make_document(buyer, "2026-03-19", 30, number="OPEN", due="2026-04-10")
    make_document(buyer, "2026-03-19", 30, number="ORDER", type="order")
    make_payment(buyer, "2026-01-20", 120, document=late, number="PAY-1")
    with acting_system("test"):
        allocate(history=True)
    page = client.get(reverse("client_documents", args=[buyer.pk])).content.decode()
    for words in ("paid late, 20 Jan 2026", "overdue", "to be paid"):
        assert words in page
    unpaid = client.get(
        reverse("client_documents", args=[buyer.pk]), {"type": "unpaid"}, headers=PART
    ).content.decode()
    assert "DUE" in unpaid
    assert "OPEN" in unpaid
    assert "LATE" not in unpaid
    assert "ORDER" not in unpaid
    sheet = client.get(reverse("document_detail", args=[late.pk]), headers=PART).content.decode()
    assert "PAY-1" in sheet
    assert "named by the payer" in sheet


def test_a_document_leads_to_all_its_versions(client, administrator):
    buyer = make_client()
    first = make_document(buyer, "2026-01-01", 100, number="N-1", vat=Decimal(20))
    second = change_document(first, dt.date(2026, 2, 1), net=Decimal(90))
    page = client.get(reverse("document_detail", args=[second.pk])).content.decode()
    assert reverse("document_detail", args=[first.pk]) in page
    old = client.get(reverse("document_detail", args=[first.pk])).content.decode()
    assert "This is version 1; it held until 1 Feb 2026" in old


def test_home_shows_own_clients_and_what_is_overdue(client):
    kam = make_user("kam", language="en")
    mine, other = make_client("Mine", owner=kam), make_client("Other")
    for each in (mine, other):
        make_document(each, "2026-02-01", 500, due="2026-02-10")
    client.force_login(kam)
    assert reverse("home_clients") in client.get(reverse("home")).content.decode()
    page = client.get(reverse("home_clients")).content.decode()
    assert "Mine" in page
    assert "Other" not in page
    assert "₽500 past the due day" in page


def test_home_teaches_an_empty_workspace_and_greets_a_colleague(client, administrator):
    client.force_login(make_user("kam", language="en"))
    assert "Three steps to the first ranking" in client.get(reverse("home")).content.decode()
    client.force_login(administrator)
    assert client.get(reverse("home")).url == reverse("first_hour")
    client.force_login(make_user("colleague", language="en"))
    assert "The plans you take part in" in client.get(reverse("home")).content.decode()
