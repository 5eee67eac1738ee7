"""The list of clients: what it finds, how it pages, what it costs, what leaves as a file."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Client, Team
from accounts.selectors import clients as lists
from accounts.selectors.clients import Filters
from accounts.services.exporting import csv_bytes, safe_cell
from kam.lib.scoping import acting_system
from scoring.models import Matrix
from tests.factories import make_client, make_document, make_group, make_user
from tests.scoring.conftest import rank_now

pytestmark = pytest.mark.django_db
NOW = "2026-03-20T12:00:00Z"
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def administrator(client):
    person = make_user("administrator", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def matrix():
    return Matrix.objects.get(is_main=True)


def names(filters=None, **cursor) -> list[str]:
    with acting_system("test"):
        return [each.name for each in lists.page(filters or Filters(), **cursor).clients]


def test_search_finds_any_part_of_a_name_without_case_and_yo_and_the_beginning_of_an_inn():
    make_client("ООО «Тёплый дом»", inn="7707083893")
    make_client("Дом у моря", inn="5003052454")
    make_client("Семья")
    assert names(Filters(q="ТЕПЛЫЙ")) == ["ООО «Тёплый дом»"]
    assert names(Filters(q="дом")) == ["Дом у моря", "ООО «Тёплый дом»"]
    assert names(Filters(q="77070")) == ["ООО «Тёплый дом»"]
    assert names(Filters(q="до")) == ["Дом у моря"]  # two letters: only from the beginning
    assert names(Filters(q="%")) == []
    assert names(Filters(q="_")) == []


def test_members_of_a_group_stand_behind_it_and_are_found_by_name():
    member = make_client("Boxes South")
    make_group("Boxes", members=[member])
    assert names() == ["Boxes"]
    assert names(Filters(q="boxes")) == ["Boxes", "Boxes South"]
    assert names(Filters(members=True)) == ["Boxes", "Boxes South"]


def test_filters_narrow_together():
    kam = make_user("kam")
    make_client("A", owner=kam, segment="Retail", lifecycle="active", region="North")
    make_client("B", owner=kam, segment="Retail", lifecycle="lost", region="North")
    make_client("C", segment="Retail", lifecycle="active", region="South", country="KZ")
    assert names(Filters(owner=str(kam.pk))) == ["A", "B"]
    assert names(Filters(owner="none")) == ["C"]
    assert names(Filters(segment="Retail", lifecycle="active")) == ["A", "C"]
    assert names(Filters(region="North", lifecycle="lost")) == ["B"]
    assert names(Filters(country="KZ")) == ["C"]
    assert names(Filters(owner="nonsense", team="x")) == ["A", "B", "C"]


def test_every_sort_shows_everybody_once_forwards_and_backwards(matrix):
    made = [make_client("Same", segment=str(number)) for number in range(3)]
    made += [make_client(f"Client {number}") for number in range(4)]
    for number, each in enumerate(made[:5]):
        make_document(each, "2026-01-10", 100 * (number + 1), cost=50)
    rank_now(matrix)
    made += [make_client("Newcomer"), make_client("Another")]  # in no ranking yet
    for sort in ("name", "-name", "place", "-place"):
        filters, seen, after = Filters(sort=sort), [], ""
        with acting_system("test"):
            for _turn in range(9):
                page = lists.page(filters, after=after, size=2)
                seen += [each.pk for each in page.clients]
                if page.after is None:
                    break
                after = page.after
            assert sorted(seen) == sorted(each.pk for each in made), sort
            back, before = [], page.before
            while before:
                page = lists.page(filters, before=before, size=2)
                back = [each.pk for each in page.clients] + back
                before = page.before
        assert back == seen[: len(back)], sort
        assert len(back) >= 7, sort


def test_sales_are_of_the_twelve_months_and_of_all_companies_of_a_group():
    member = make_client("Member")
    group = make_group("Group", members=[member])
    alone = make_client("Alone")
    make_document(member, "2025-03-21", 100)  # the first day of the twelve months
    make_document(member, "2025-03-20", 1000)  # the day before
    make_document(group, "2026-03-20", 7, due="2026-03-01")
    make_document(group, "2026-03-19", -2)
    make_document(alone, "2026-01-01", 5, type="order")
    with acting_system("test"):
        found = lists.sales([group, alone], lists_day())
    assert found[group.pk].revenue == 105
    assert found[group.pk].before == 1000
    assert found[group.pk].overdue == 7
    assert found[group.pk].last.isoformat() == "2026-03-20"
    assert found[alone.pk].revenue == 0
    assert found[alone.pk].last is None


def lists_day():
    from kam.lib.periods import today

    return today()


def test_a_kam_sees_own_and_team_clients_in_page_search_and_file(client):
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    kam = make_user("kam", team=north, language="en")
    stranger = make_user("kam", team=south, name="Stranger")
    make_client("Mine", owner=kam, segment="Seen")
    make_client("Ours", team=north)
    make_client("Theirs", owner=stranger, team=south, segment="Hidden", inn="7707083893")
    client.force_login(kam)
    page = client.get(reverse("client_list")).content.decode()
    assert "Mine" in page
    assert "Ours" in page
    for word in ("Theirs", "Hidden", "Stranger", "South"):
        assert word not in page
    found = client.get(reverse("client_list"), {"q": "7707083893"}, headers=PART)
    assert "Theirs" not in found.content.decode()
    suggested = client.get(reverse("client_suggestions"), {"q": "the"}).content.decode()
    assert "Theirs" not in suggested


def test_a_part_is_the_table_alone_and_links_keep_the_filter(client, administrator):
    for number in range(60):
        make_client(f"Client {number:02}", segment="Retail" if number < 55 else "Other")
    part = client.get(reverse("client_list"), {"segment": "Retail"}, headers=PART)
    text = part.content.decode()
    assert "<html" not in text
    assert "55 clients" in text
    assert "segment=Retail&amp;after=" in text
    assert 'name="query" value="segment=Retail"' in text  # of the export


def test_an_empty_workspace_teaches_and_an_empty_filter_offers_the_way_back(client, administrator):
    assert "manage.py import clients" in client.get(reverse("client_list")).content.decode()
    make_client("One")
    text = client.get(reverse("client_list"), {"q": "zzz"}).content.decode()
    assert "No client matches these filters" in text


def test_the_list_costs_the_same_for_50_and_500_clients(client, administrator):
    def cost():
        client.get(reverse("client_list"))  # the choices of the filters are looked up once
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("client_list"))
        assert len(answer.content) <= 60 * 1024
        return len(queries)

    with acting_system("test"):
        Client.objects.bulk_create(Client(name=f"A {number:03}") for number in range(50))
        few = cost()
        Client.objects.bulk_create(Client(name=f"B {number:03}") for number in range(450))
    assert cost() == few <= 15


def test_a_file_opens_safely_in_a_spreadsheet():
    for bad in ("=1+1", "+7", "-2", "@x", "\tx", " =x"):
        assert safe_cell(bad) == f"'{bad}"
    assert safe_cell(-2) == "-2"
    assert safe_cell("a-b") == "a-b"


def test_a_russian_file_has_semicolons_and_decimal_commas():
    from django.utils.translation import override

    with override("ru"):
        assert csv_bytes(["а", "б"], [["в", 1.5]]).decode("utf-8-sig") == "а;б\r\nв;1,5\r\n"
