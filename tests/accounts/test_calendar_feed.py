"""The calendar that other programs subscribe to."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Meeting, User
from accounts.services import calendar_feed as feed
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 18, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en")


def meet(client, title, owner, at=AT, **values) -> Meeting:
    with acting_system("test"):
        return Meeting.objects.create(
            client=client, title=title, owner=owner, starts_at=at, **values
        )


def path_of(person: User) -> str:
    return feed.address_of(User.objects.get(pk=person.pk)).partition("//")[2].partition("/")[2]


def test_a_subscription_tells_ones_meetings_and_no_others(client, kam):
    shop, other = make_client("Shop", owner=kam), make_client("Other", owner=make_user("kam"))
    first = meet(shop, "Spring", kam, minutes=45, place="Hall; 2, left", wanted="Line 1\nLine 2")
    meet(shop, "Off", kam, state="cancelled")
    meet(other, "Foreign", other.owner)
    meet(shop, "Long ago", kam, at=AT - dt.timedelta(days=90))
    meet(None, "Review", make_user("manager"), kind="internal", about=kam)
    client.force_login(kam)
    assert feed.address_of(kam) == ""
    client.post(reverse("calendar_renewal"))
    client.logout()
    answer = client.get("/" + path_of(kam))
    assert answer.status_code == 200
    assert answer.content == client.get("/" + path_of(kam)).content
    told = Calendar.from_ical(answer.content)
    events = {str(event["summary"]): event for event in told.walk("VEVENT")}
    assert set(events) == {"Shop: Spring", "Shop: Off", "Review"}
    spring = events["Shop: Spring"]
    assert (spring["dtstart"].dt, spring["duration"].dt) == (AT, dt.timedelta(minutes=45))
    assert (spring["location"], spring["description"]) == ("Hall; 2, left", "Line 1\nLine 2")
    assert str(spring["uid"]).startswith(f"meeting-{first.pk}@")
    assert events["Shop: Off"]["status"] == "CANCELLED"


def test_a_former_address_and_that_of_who_is_gone_show_nothing(client, kam, settings):
    client.force_login(kam)
    client.post(reverse("calendar_renewal"))
    first = path_of(kam)
    client.post(reverse("calendar_renewal"))
    second = path_of(kam)
    client.post(reverse("calendar_renewal"), {"act": "withdraw"})
    assert feed.address_of(User.objects.get(pk=kam.pk)) == ""
    client.post(reverse("calendar_renewal"))
    third = path_of(kam)
    client.logout()
    assert len({first, second, third}) == 3
    seen = [client.get("/" + path).status_code for path in (first, second, third)]
    assert seen == [404, 404, 200]
    # Another secret key leaves an address as it is while the old one is kept beside.
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert client.get("/" + third).status_code == 200
    User.objects.filter(pk=kam.pk).update(is_active=False)
    assert client.get("/" + third).status_code == 404
    assert client.get(f"/calendar/{kam.pk}-{'0' * 32}.ics").status_code == 404
