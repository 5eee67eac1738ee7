"""Who looked at contacts: kept once a day, growing only, read by who administers."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import ApiToken, Contact
from accounts.selectors.access_log import ALL_FIELDS, fields_of
from accounts.services import retention
from kam.audit import looking
from kam.audit.models import DataAccess
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def kam():
    return factories.make_user("kam", language="en")


@pytest.fixture
def shop(kam):
    client = factories.make_client("Shop", owner=kam)
    with acting_system("test"):
        Contact.objects.create(client=client, name="Ann Lee", email="ann@example.org")
    return client


def rows() -> list[DataAccess]:
    with acting_system("test"):
        return list(DataAccess.objects.order_by("pk"))


def old_row(kam, day: dt.date) -> DataAccess:
    at = dt.datetime.combine(day, dt.time(9), dt.UTC)
    with acting_system("test"):
        return DataAccess.objects.create(
            day=day, actor=kam, client_ref=1, ways=["page"], contacts=[1], first_at=at, last_at=at
        )


def test_a_key_is_noted_beside_its_person(kam, shop):
    _row, secret = ApiToken.issue(user=kam, name="crm")
    browser = Browser()
    answer = browser.get(reverse("api:contact-list"), headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    (row,) = rows()
    assert (row.actor_id, row.token_ref, row.client_ref) == (kam.pk, _row.pk, shop.pk)
    assert row.ways == ["rest"]
    assert "Ann" not in str(row.__dict__)


def test_refusals_redirects_and_the_system_leave_nothing(kam, shop):
    browser = Browser()
    browser.force_login(kam)
    other = factories.make_client("Foreign")
    with acting_system("test"):
        contact = Contact.objects.create(client=other, name="Bob")
        with looking.collecting() as met:
            list(Contact.objects.all())
        assert set(met) == {shop.pk, other.pk}
    assert browser.get(reverse("contact_edit", args=[contact.pk])).status_code == 404
    assert rows() == []


def test_counting_rows_or_ids_is_no_look(kam, shop):
    with acting_as(kam), looking.collecting() as met:
        assert Contact.objects.count() == 1
        assert list(Contact.objects.only("client", "left_on"))
        assert list(Contact.objects.values_list("pk"))
    assert met == {}


def test_the_log_only_grows(kam):
    row = old_row(kam, today() - dt.timedelta(days=30))
    with acting_system("test"):
        mine = DataAccess.objects.filter(pk=row.pk)
        for change in (
            {"views": 0}, {"views": 3}, {"views": 2, "contacts": []}, {"views": 2, "ways": []},
            {"views": 2, "actor": kam.pk + 1}, {"views": 2, "client_ref": 2}, {"ways": ["page", "map"]},
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                mine.update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            mine.delete()
        mine.update(views=2, ways=["page", "map"], contacts=[1, 2])
    assert rows()[0].views == 2


def test_after_a_year_the_rules_of_keeping_let_it_go(kam):
    old_row(kam, today() - dt.timedelta(days=500))
    old_row(kam, today() - dt.timedelta(days=30))
    with acting_system("test"):
        retention.save({"access_log": 12}, 0)
        assert [due.count for due in retention.due(retention.rules())][-1] == 1
        run = retention.run()
    assert run.result["access_log"]["done"] == 1
    assert len(rows()) == 1


def test_the_application_changes_only_what_counts():
    """Where the tests sign in as the application, its rights are those of production."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_get_userbyid(relowner) FROM pg_class"
                       " WHERE relname = 'audit_dataaccess'")  # fmt: skip
        user, owner = cursor.fetchone()
        if user == owner:
            pytest.skip("one role for everything")
        asked = [("day", False), ("actor_id", False), ("views", True), ("contacts", True)]
        for column, may in asked:
            cursor.execute(
                "SELECT has_column_privilege('audit_dataaccess', %s, 'UPDATE')", [column]
            )
            assert cursor.fetchone()[0] is may, column


def test_what_each_way_shows():
    assert fields_of(["name"]) == ["name"]
    assert fields_of(["page", "name"]) == ["name", "position", "role", "phone", "email"]
    assert fields_of(["page", "rest"]) == list(ALL_FIELDS)


def test_the_page_and_rest_tell_and_filter(kam, shop):
    browser = Browser()
    browser.force_login(kam)
    browser.get(reverse("client_people", args=[shop.pk]))
    assert browser.get(reverse("access_list")).status_code == 403
    auditor = Browser()
    auditor.force_login(factories.make_user("auditor", language="en"))
    text = auditor.get(reverse("access_list")).content.decode()
    assert "Shop" in text
    assert "map of people" in text
    assert "Ann" not in text
    for asked in ({"person": 0}, {"way": "file"}, {"until": "2020-01-01"}, {"client": 7}):
        assert "Nobody has looked" in auditor.get(reverse("access_list"), asked).content.decode()
    found = auditor.get(reverse("api:access-list"), {"client": shop.pk}).json()["results"]
    assert [row["ways"] for row in found] == [["map"]]
    assert auditor.get(reverse("access_list"), {"since": "?", "person": "x"}).status_code == 200
