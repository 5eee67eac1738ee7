"""The first hour: what is done is read off the facts, criteria are proposed from the data."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.services import company as companies
from kam.jobs.models import Job
from kam.lib.company import Company, keep
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Matrix
from scoring.services import first_hour
from tests.factories import make_client, make_document, make_user

from .conftest import matrix, rank_now  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return make_user("administrator", language="en")


def sell(clients: int = 3, years: float = 0.5, **more) -> None:
    for number in range(clients):
        shop = make_client(f"Shop {number}")
        for day in (today() - dt.timedelta(days=int(365 * years) + 1), today()):
            make_document(shop, day, 100 + number, **more)


def done(progress) -> list[str]:
    names = ("company", "people", "data", "criteria", "ranking")
    return [name for name in names if getattr(progress, name)]


def test_each_step_is_done_by_what_is_there(matrix, boss):  # noqa: F811
    with acting_as(boss):
        assert done(first_hour.progress()) == []
        assert first_hour.progress().now == "company"
        companies.save({"name": "Acme", "currency": "EUR", "time_zone": "Europe/Paris"}, 0)
        assert (done(first_hour.progress()), first_hour.progress().now) == (["company"], "data")
        make_user("kam")
        sell()
        found = first_hour.progress()
        assert (done(found), found.now) == (["company", "people", "data"], "criteria")
        assert (found.facts.clients, found.facts.documents) == (3, 6)
        first_hour.adopt(boss)
        found = first_hour.progress()
        assert found.now == "ranking"
        assert found.job == Job.objects.get(kind="scoring.rank")
    rank_now(matrix, today())
    with acting_as(boss):
        assert first_hour.progress().is_over


@pytest.mark.parametrize(
    ("years", "more", "keys"),
    [
        (0.5, {}, ["average_invoice", "tenure", "values"]),
        (2.5, {"cost": 60}, ["profit", "potential", "values"]),
        (2.5, {"due": dt.date(2026, 1, 1)}, ["average_invoice", "potential", "procurement"]),
    ],
)
def test_criteria_are_those_that_the_data_can_tell_of(matrix, boss, years, more, keys):  # noqa: F811
    with acting_as(boss):
        sell(years=years, **more)
        found = first_hour.proposal(first_hour.facts())
        assert [each.criterion.key for each in found] == keys
        assert [each.weight for each in found] == [50, 30, 20]
        assert all(each.reason for each in found)


def test_the_first_list_holds_a_tenth_and_not_too_many():
    assert [first_hour.selected(n) for n in (0, 5, 40, 299, 10_000)] == [1, 1, 4, 29, 30]


def test_what_people_have_begun_is_not_overwritten(matrix, boss):  # noqa: F811
    with acting_as(boss):
        with pytest.raises(ValidationError, match=r"invoices|счета"):
            first_hour.adopt(boss)
        sell()
        first_hour.adopt(boss)
        with pytest.raises(ValidationError):
            first_hour.adopt(boss)


def test_the_currency_stays_once_there_are_amounts(boss):
    with acting_as(boss):
        row = companies.save({"name": "Acme", "currency": "EUR", "time_zone": "Europe/Paris"}, 0)
        with pytest.raises(companies.Conflict):
            companies.save({"name": "Other"}, 0)
        sell(1)
        with pytest.raises(ValidationError):
            companies.save({"currency": "USD"}, row.version)
        assert companies.save({"name": "Acme SA"}, row.version).currency == "EUR"


def test_the_company_holds_everywhere():
    keep(Company("Acme", "EUR", "Pacific/Auckland"))
    far = ZoneInfo("Pacific/Auckland")
    assert today() == dt.datetime.now(dt.UTC).astimezone(far).date()


def test_the_page_leads_from_the_empty_installation_to_the_ranking(client, matrix, boss):  # noqa: F811
    client.force_login(boss)
    assert client.get(reverse("home")).url == reverse("first_hour")
    page = client.get(reverse("first_hour")).content.decode()
    assert "Say who you are" in page
    address = reverse("company_edit")
    form = client.get(address).context["form"]
    sent = {
        "name": "Acme", "currency": "EUR", "time_zone": "Europe/Paris", "vat": "included",
        "vat_rate": "20", "version": form["version"].value(), "next": reverse("first_hour"),
    }  # fmt: skip
    assert client.post(address, sent).url == reverse("first_hour")
    assert client.post(address, sent).status_code == 409, "an old version"
    with acting_system("test"):
        assert companies.present().vat == "included:20"
        sell(25)
    page = client.get(reverse("first_hour")).content.decode()
    assert "50 invoices of 25 clients are here." in page
    assert "Rank by these" in page
    client.post(reverse("first_hour_criteria"))
    page = client.get(reverse("first_hour"), headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" in page
    rank_now(Matrix.objects.get(is_main=True), today())
    Job.unscoped.update(status="done")
    assert "See your ranking" in client.get(reverse("first_hour")).content.decode()


def strip(client) -> str:
    headers = {"HX-Request": "true", "HX-Target": "first-hour-strip"}
    return client.get(reverse("first_hour"), headers=headers).content.decode()


def test_the_strip_shows_until_it_is_over_or_not_wanted(
    client, boss, django_capture_on_commit_callbacks
):
    client.force_login(boss)
    sell()
    assert 'id="first-hour-strip"' in client.get(reverse("home")).content.decode()
    assert "Continue the first hour" in strip(client)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("first_hour_end")).url == reverse("home")
    assert strip(client).strip() == ""
    assert 'id="first-hour-strip"' not in client.get(reverse("home")).content.decode()


def test_over_rest(client, boss, matrix):  # noqa: F811
    client.force_login(boss)
    company = client.get(reverse("api:company-detail")).json()
    assert company["currency"] == "RUB"
    company |= {"name": "Acme", "time_zone": "Nowhere/Land"}
    address = reverse("api:company-detail")
    assert client.put(address, company, content_type="application/json").status_code == 400
    company |= {"time_zone": "Europe/Paris"}
    assert client.put(address, company, content_type="application/json").json()["version"] == 1
    state = client.get(reverse("api:first-hour")).json()
    assert (state["company"], state["data"], state["proposed"]) == (True, False, [])
    assert client.post(reverse("api:first-hour-criteria")).status_code == 400
    sell()
    assert len(client.get(reverse("api:first-hour")).json()["proposed"]) == 3
    assert client.post(reverse("api:first-hour-criteria")).status_code == 201
