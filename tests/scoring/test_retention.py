"""Which past rankings are let go, and that nothing that is needed goes with them."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from kam.audit.models import Event
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from scoring.models import RankingRow, RankingRun
from scoring.services import decisions, retention
from tests.factories import make_user

from .conftest import make_buyers, matrix, put_to_use, rank_now  # noqa: F401

pytestmark = pytest.mark.django_db


def tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = 'runs.ranking_row'::regclass"
        )
        return cursor.fetchone()[0]


def back(days: int) -> dt.date:
    return today() - dt.timedelta(days=days)


@pytest.fixture
def years(matrix):  # noqa: F811
    """Rankings of one matrix as of these many days ago, oldest first."""
    make_buyers(3)
    put_to_use(matrix, {"average_invoice": 50, "tenure": 50})
    return lambda *ages: [rank_now(matrix, back(age)) for age in ages]


def left() -> set[int]:
    return set(RankingRun.objects.values_list("pk", flat=True))


def first_days(months_ago: int, *days: int) -> list[int]:
    """How many days ago these days of a past month were."""
    first = today().replace(day=1)
    for _month in range(months_ago):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return [(today() - first.replace(day=day)).days for day in days]


def test_the_last_one_of_a_month_and_all_recent_ones_stay(years):
    early, middle, end = years(*first_days(8, 3, 4, 25))
    recent, shown = years(20, 1)
    before = tables()
    with acting_system("test"):
        assert retention.thin(100, dry_run=True) == 2
        assert left() == {early.pk, middle.pk, end.pk, recent.pk, shown.pk}
        assert retention.thin(100) == 2
        assert left() == {end.pk, recent.pk, shown.pk}
        assert tables() == before - 2
        assert RankingRow.objects.filter(run_id=end.pk).count() == 3
        gone = Event.unscoped.filter(action="ranking.thinned")
        assert {event.object_id for event in gone} == {early.pk, middle.pk}
        assert retention.thin(100) == 0


def test_what_a_decision_was_made_on_stays(years):
    decided, _later = years(*first_days(8, 3, 25))
    years(1)
    with acting_as(make_user("manager")):
        decisions.prepare(decided, None)
    with acting_system("test"):
        assert retention.thin(100) == 0
    assert decided.pk in left()


def test_what_is_shown_and_what_it_is_held_against_stays_however_old(years):
    before, shown = years(*first_days(8, 3, 4))
    with acting_system("test"):
        assert retention.thin(100) == 0
    assert left() == {before.pk, shown.pk}


def test_the_last_ranking_of_a_version_stays(years, matrix):  # noqa: F811
    (first,) = years(*first_days(8, 3))
    put_to_use(matrix, {"average_invoice": 60, "tenure": 40})
    (second,) = years(*first_days(8, 25))
    years(2, 1)
    with acting_system("test"):
        assert retention.thin(100) == 0
    assert {first.pk, second.pk} <= left()


def test_pages_of_a_client_live_without_what_is_gone(years, client):
    early, _end = years(*first_days(8, 3, 25))
    years(1)
    with acting_system("test"):
        retention.thin(100)
    client.force_login(make_user("manager"))
    buyer = RankingRow.unscoped.values_list("client_id", flat=True).first()
    page = client.get(reverse("client_score", args=[buyer]), {"run": early.pk})
    assert page.status_code == 200
