"""One search: slips, the wrong layout, words of notes, and nothing of others."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Interaction, Promise, Task, Team
from accounts.selectors import search
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact, make_interaction, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("ООО «Чистый столик»", owner=kam, team=kam.team, inn="7701234567")


def found(kam, q) -> dict[str, list[str]]:
    with acting_as(kam):
        return {group.key: [hit.text for hit in group.hits] for group in search.found(q)}


@pytest.mark.parametrize(
    "q",
    [
        "чистый",  # inside the name, any case
        "СТОЛИК",
        "столкик",  # a letter too many
        "чистй столик",  # a letter too few
        "xbcnsq",  # the other keyboard
        "cnjkbr",
        "77012",  # how the INN begins
    ],
)
def test_a_client_is_found_however_it_is_typed(kam, shop, q):
    make_client("ЗАО «Ромашка»", owner=kam, team=kam.team, inn="5001234567")
    assert found(kam, q) == {"clients": [shop.name]}


@pytest.mark.parametrize(
    "q", ["Иванова", "иванва", "bdfyjdf", "ivanova@stol", "916 555", "9165550102"]
)
def test_people_are_found_by_name_address_and_number(kam, shop, q):
    make_contact(shop, "Анна Иванова", email="ivanova@stol.example", phone="+7 916 555-01-02")
    hits = found(kam, q)
    if q == "9165550102":  # digits as they stand on the card only
        assert "contacts" not in hits
    else:
        assert hits["contacts"] == ["Анна Иванова"]


def test_notes_are_found_by_the_stems_of_their_words(kam, shop):
    make_interaction(shop, "2026-03-10", kind="call", subject="Поставки весной", text="")
    make_interaction(shop, "2026-03-12", kind="call", subject="", text="They asked for deliveries")
    assert found(kam, "поставка")["notes"] == ["Поставки весной"]
    assert found(kam, "delivery")["notes"] == ["They asked for deliveries"]
    with acting_system("test"):
        plan = Interaction.objects.annotate(words=search.NOTES).filter(
            words=search.SearchQuery("поставка", config="russian", search_type="websearch")
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "interaction_words" in plan.explain()


def test_work_is_found_and_nothing_of_others(client, kam, shop):
    other = make_client("Чужой столик", owner=make_user("kam"))
    with acting_system("test"):
        dated = {"due": "2026-03-20", "first_due": "2026-03-20"}
        Promise.objects.create(client=shop, what="Прислать каталог", owner=kam, **dated)
        Promise.objects.create(client=other, what="Прислать каталог тоже", **dated)
        Task.objects.create(what="Каталог напечатать", due="2026-03-20", owner=kam, giver=kam)
    make_contact(other, "Каталина Чужая")
    assert found(kam, "катал") == {
        "promises": ["Прислать каталог"], "tasks": ["Каталог напечатать"],
    }  # fmt: skip
    assert found(kam, "столик") == {"clients": [shop.name]}
    client.force_login(kam)
    page = client.get(reverse("search"), {"q": "катал"}).content.decode()
    assert "Прислать каталог" in page
    assert "тоже" not in page
    told = client.get("/api/v1/search/", {"q": "катал"}).json()
    assert [(hit["kind"], hit["about"]) for hit in told] == [("promises", shop.name), ("tasks", "")]


def test_whoever_is_blocked_is_not_offered(kam, shop):
    person = make_contact(shop, "Анна Иванова")
    with acting_system("test"):
        person.blocked_since = "2020-01-01"
        person.save()
    assert found(kam, "иванова") == {}


def test_short_and_odd_words_find_nothing_and_break_nothing(kam, shop):
    for q in ("", " ", "ч", "%", "'\"", "a" * 500, "& | !", "((", "\\"):
        assert "clients" not in found(kam, q), q


def test_what_to_begin_leads_by_way_of_a_client(client, kam, shop):
    make_client("Not mine", owner=make_user("kam"))
    client.force_login(kam)
    page = client.get(reverse("create_for"), {"what": "promise_create"}).content.decode()
    assert reverse("promise_create", args=[shop.pk]) in page
    assert "Not mine" not in page
    menu = client.get(reverse("create_for"), {"what": "person_create"}).content.decode()
    assert f"{reverse('create_for')}?what=problem_create" in menu
    card = client.get(reverse("client_detail", args=[shop.pk])).content.decode()
    assert f"{reverse('create_for')}?client={shop.pk}" in card
    menu = client.get(reverse("create_for"), {"client": shop.pk}).content.decode()
    assert reverse("problem_create", args=[shop.pk]) in menu
