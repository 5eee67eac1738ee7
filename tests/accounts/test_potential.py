"""Room to grow on the client's page: computed by a job, shown with its reasons, never with names."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Potential, Wallet
from accounts.services.potential import refresh, request_refresh, state_wallet
from accounts.signals import portfolio_changed
from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.periods import today
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from tests.factories import make_client, make_document, make_group, make_product, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kam():
    return make_user("kam", language="en")


@pytest.fixture
def shop(kam):
    """Seven of a kind: all buy oil for 100,000, six of them filters for 10,000 … 60,000."""
    oil, filters = make_product(family="Oil"), make_product(family="Filters")
    day = today() - dt.timedelta(days=40)
    made = []
    for number in range(7):
        client = make_client(
            f"Mill {number}",
            segment="Mills",
            employees=50,
            owner=kam if number == 0 else None,
        )
        made.append(client)
        for product, amount in ((oil, 100_000), (filters, 10_000 * number)):
            if amount:
                make_document(client, day, amount, lines=[{"product": product, "net": amount}])
    return made


def computed():
    with acting_system("test"):
        return refresh()


def part(client, pk):
    answer = client.get(reverse("client_potential", args=[pk]), headers={"HX-Request": "true"})
    return answer.content.decode()


def test_the_range_and_its_reasons_without_a_name(client, kam, shop):
    assert computed() == 7
    client.force_login(kam)
    text = part(client, shop[0].pk)
    assert "6 of 6 look-alikes buy it" in text
    assert "Filters" in text
    assert "this client does not" in text
    assert "Oil" not in text
    assert not any(other.name in text for other in shop[1:])
    data = client.get(reverse("api:client-potential", args=[shop[0].pk])).json()
    # Quartiles 22,500, 35,000 and 47,500 by the chance (6 + 1) / (6 + 2).
    assert [data["low"], data["middle"], data["high"]] == pytest.approx(
        [22_500 * 7 / 8, 35_000 * 7 / 8, 47_500 * 7 / 8]
    )
    assert data["reasons"][0]["buyers"] == 6
    assert client.get(reverse("client_potential", args=[shop[1].pk])).status_code == 404
    assert client.get(reverse("api:client-potential", args=[shop[1].pk])).status_code == 404


def test_a_page_stays_as_it_is_until_it_is_computed_again(client, kam, shop):
    computed()
    client.force_login(kam)
    before = part(client, shop[0].pk)
    make_document(shop[3], today(), 10**6)
    assert part(client, shop[0].pk) == before


def test_four_look_alikes_are_not_enough(client, kam, shop):
    with acting_system("test"):
        for other in shop[5:]:
            other.segment = "Bakeries"
            other.save()
    computed()
    client.force_login(kam)
    text = part(client, shop[0].pk)
    assert "Not enough look-alikes" in text
    assert "look-alikes buy" not in text


def test_who_never_bought_has_none(client, kam):
    prospect = make_client(owner=kam)
    assert computed() == 0
    client.force_login(kam)
    assert "Nothing is estimated here yet" in part(client, prospect.pk)
    assert client.get(reverse("api:client-potential", args=[prospect.pk])).status_code == 204


def test_a_member_of_a_group_shows_the_group(client, kam, shop):
    member = make_client(owner=kam, segment="Mills", employees=50)
    group = make_group(members=[member], segment="Mills", owner=kam)
    make_document(member, today(), 100_000)
    computed()
    client.force_login(kam)
    data = client.get(reverse("api:client-potential", args=[member.pk])).json()
    assert data["client"] == group.pk


def test_what_the_client_says_is_dated_kept_and_computed_with(client, kam, shop):
    client.force_login(kam)
    url = reverse("wallet_create", args=[shop[0].pk])
    sheet = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "whoever it buys from" in sheet
    day = today() - dt.timedelta(days=3)
    data = {"amount": "110000", "date": day.isoformat(), "source": "The director, on the phone"}
    assert client.post(url, data).status_code == 302
    job = Job.unscoped.get(kind="accounts.potential", status="waiting")
    run_job(job.pk)
    text = part(client, shop[0].pk)
    assert "as the client said" in text
    assert "The director, on the phone" in text
    with acting_as(kam):
        row = Potential.objects.get()
        assert (row.share, row.high) == (pytest.approx(100 / 1.1), 10_000)
    answer = client.post(
        reverse("api:wallet-list", args=[shop[0].pk]), {"amount": "200000"}, "application/json"
    )
    assert answer.status_code == 201
    said = client.get(reverse("api:wallet-list", args=[shop[0].pk])).json()
    assert [row["amount"] for row in said] == ["200000.00", "110000.00"]
    assert [row["known_to"] is None for row in said] == [True, False]


def test_what_cannot_have_been_said_is_refused(client, kam, shop):
    client.force_login(kam)
    url = reverse("wallet_create", args=[shop[0].pk])
    tomorrow = today() + dt.timedelta(days=1)
    for wrong in ({"amount": "-5"}, {"amount": ""}, {"amount": "5", "date": tomorrow.isoformat()}):
        data = {"date": today().isoformat(), **wrong}
        assert client.post(url, data).status_code == 200
    with acting_system("test"):
        assert not Wallet.objects.exists()
        state_wallet(shop[0], 5, date=today())
        with pytest.raises(ValidationError):
            state_wallet(shop[0], 6, date=today() - dt.timedelta(days=9))
    assert client.post(reverse("wallet_create", args=[shop[1].pk]), data).status_code == 404
    client.force_login(make_user("auditor"))
    assert client.post(url, data).status_code == 403


def test_changed_facts_ask_for_one_computing(shop):
    with acting_system("test"):
        Job.objects.all().delete()
        for _ in range(3):
            portfolio_changed.send(sender=None, reason="test")
        request_refresh()
        assert Job.objects.filter(kind="accounts.potential").count() == 1


def test_only_the_product_itself_computes_it(kam):
    with acting_as(kam), pytest.raises(ScopeMissing):
        refresh()


def test_in_russian(client, shop):
    computed()
    client.force_login(make_user("manager", language="ru"))
    text = part(client, shop[0].pk)
    assert "берут 6 из 6 похожих" in text
    assert "сравнение по числу сотрудников" in text
