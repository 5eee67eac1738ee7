"""Asking several people blind: who may be asked, what stays unseen until when, and the spread."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Criterion, Rating, RatingRequest
from scoring.selectors.clients import opinions, rating_history, ratings_in_force
from scoring.selectors.rating_requests import own_requests, spread_of, wide_spreads
from scoring.services.rating_requests import answer, ask, people_to_ask, withdraw
from scoring.services.ratings import rate
from tests.factories import make_client, make_user
from tests.scoring.conftest import put_to_use, rank_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(db):
    return Team.objects.create(name="North")


@pytest.fixture
def people(team):
    return {
        "boss": make_user("manager", team=team, language="en"),
        "anna": make_user("kam", team=team, language="en"),
        "boris": make_user("kam", team=team, language="en"),
        "stranger": make_user("kam", team=None, language="en"),
        "auditor": make_user("auditor", language="en"),
    }


@pytest.fixture
def bakery(team, people):
    return make_client("Bakery", owner=people["anna"], team=team)


@pytest.fixture
def values(db):
    return Criterion.objects.get(key="values")


def asked(people, bakery, values, *names, **rest):
    with acting_as(people["boss"]):
        return ask(people["boss"], [(bakery.pk, values.pk)], [people[n] for n in names], **rest)


def test_only_those_who_may_see_the_client_are_asked_and_nobody_else_of_the_same_question(
    people, bakery, values
):
    with pytest.raises(ValidationError, match="Bakery"):
        asked(people, bakery, values, "anna", "stranger")
    assert not RatingRequest.unscoped.exists()
    assert len(asked(people, bakery, values, "anna", "boris")) == 2
    assert asked(people, bakery, values, "anna", "boris") == []
    with pytest.raises(ValidationError):
        asked(people, bakery, values, "auditor")  # reads everything, rates nothing
    with pytest.raises(ValidationError):
        asked(people, bakery, values, "anna", due=today() - dt.timedelta(days=1))
    with acting_as(people["stranger"]), pytest.raises(ValidationError):
        ask(people["stranger"], [(bakery.pk, values.pk)], [people["boss"]])
    with acting_as(people["boss"]):
        found = set(people_to_ask(bakery))
    assert {people["boss"], people["anna"], people["boris"]} <= found
    assert people["stranger"] not in found
    assert people["auditor"] not in found


def test_nobody_elses_rating_is_seen_until_one_has_answered(people, bakery, values, matrix, client):
    put_to_use(matrix, {"profit": 50, "values": 50}, min_coverage=0.1)
    with acting_system("test"):
        rate(bakery, values, 2, rater=people["boss"], reason="Late again")
    run = rank_now(matrix, today())
    (request,) = asked(people, bakery, values, "boris", reason="Before Friday")

    def seen() -> list[int]:
        with acting_as(people["boris"]):
            return [
                len(rating_history(bakery.pk, values.pk)),
                len(ratings_in_force([bakery.pk], [values.pk])),
                len(opinions(bakery.pk, [values.pk], run)),
            ]

    assert seen() == [0, 0, 0]
    client.force_login(people["boris"])
    sheet = reverse("client_ratings", args=[bakery.pk, "values"])
    page = client.get(sheet).content.decode()
    assert "Late again" not in page
    assert "Hidden until you have answered" in page
    listed = client.get(reverse("api:rating-list") + f"?client={bakery.pk}").json()
    assert listed["results"] == []
    grid = client.get(reverse("matrix_ratings", args=[matrix.pk])).content.decode()
    assert "1 rating is asked of you" in grid
    # Everybody else sees it as before.
    client.force_login(people["anna"])
    assert "Late again" in client.get(sheet).content.decode()
    with acting_as(people["boris"]):
        answer(request, 9)
    assert seen() == [2, 2, 1]  # the run was made before his own
    client.force_login(people["boris"])
    page = client.get(sheet).content.decode()
    assert "Late again" in page
    assert "Opinions lie far apart: 2" in page


def test_a_member_of_a_group_stays_unseen_with_the_group(people, team, values):
    from accounts.models import Client

    group = make_client("Group", kind=Client.Kind.GROUP, owner=people["anna"], team=team)
    member = make_client("Member", owner=people["anna"], team=team, group=group)
    with acting_system("test"):
        rate(member, values, 2, rater=people["boss"])
    asked(people, group, values, "boris")
    with acting_as(people["boris"]):
        assert not ratings_in_force([member.pk], [values.pk]).exists()
    with acting_as(people["anna"]):
        assert ratings_in_force([member.pk], [values.pk]).exists()


def test_rating_anywhere_answers_what_is_asked(people, bakery, values):
    (request,) = asked(people, bakery, values, "anna")
    with acting_as(people["anna"]):
        assert [row.pk for row in own_requests(people["anna"])] == [request.pk]
        rate(bakery, values, None, rater=people["anna"])  # taking back says nothing
        assert own_requests(people["anna"]).exists()
        rate(bakery, values, 7, rater=people["anna"])
        assert not own_requests(people["anna"]).exists()
        request.refresh_from_db()
        assert request.answered_at is not None
        with pytest.raises(ValidationError):
            answer(request, 5)


def test_the_queue_answers_a_client_that_is_not_ones_own_to_change(client, people, bakery, values):
    (request,) = asked(people, bakery, values, "boris", due=today(), reason="For the committee")
    client.force_login(people["boris"])
    page = client.get(reverse("rating_request_list")).content.decode()
    for text in ("Bakery", "For the committee", "by "):
        assert text in page
    part = client.get(reverse("rating_request_list"), headers={"HX-Request": "true"})
    assert "1 rating is asked of you" in part.content.decode()
    assert reverse("rating_request_list") in client.get(reverse("home")).content.decode()
    where = reverse("rating_request_answer", args=[request.pk])
    assert client.post(where, {"rating": "x"}).status_code == 302
    assert not Rating.unscoped.exists()
    client.post(where, {"rating": "7,5", "reason": "Knows the buyer"})
    rating = Rating.unscoped.get()
    assert (float(rating.value), rating.rater, rating.reason) == (
        7.5, people["boris"], "Knows the buyer",
    )  # fmt: skip
    assert "Nothing is asked of you" in client.get(reverse("rating_request_list")).content.decode()


def test_nobody_answers_for_another(client, people, bakery, values):
    (request,) = asked(people, bakery, values, "boris")
    where = reverse("rating_request_answer", args=[request.pk])
    for name, status in (("stranger", 404), ("anna", 302), ("auditor", 403)):
        client.force_login(people[name])
        assert client.post(where, {"rating": "5"}).status_code == status
    assert not Rating.unscoped.exists()


def test_a_request_is_withdrawn_and_then_hides_nothing(client, people, bakery, values):
    with acting_system("test"):
        rate(bakery, values, 2, rater=people["anna"])
    (request,) = asked(people, bakery, values, "boris")
    client.force_login(people["boss"])
    client.post(reverse("rating_request_withdrawal", args=[request.pk]))
    request.refresh_from_db()
    assert request.withdrawn_at is not None
    with acting_as(people["boris"]):
        assert ratings_in_force([bakery.pk], [values.pk]).exists()
    with acting_as(people["boss"]), pytest.raises(ValidationError):
        withdraw(request)
    assert len(asked(people, bakery, values, "boris")) == 1  # may be asked anew


def test_opinions_far_apart_are_listed_for_managers(client, people, bakery, values):
    with acting_system("test"):
        for name, value in (("anna", 9), ("boris", 6), ("boss", 7)):
            rate(bakery, values, value, rater=people[name])
        near = make_client("Near", owner=people["anna"])
        for name, value in (("anna", 9), ("boris", 7)):
            rate(near, values, value, rater=people[name])
        (wide,) = wide_spreads()
        assert (wide.client, wide.low, wide.high, wide.raters) == (bakery, 6, 9, 3)
        assert spread_of(near, values).apart is False
        lone = make_client("Lone")
        assert spread_of(lone, values) is None
    client.force_login(people["boss"])
    page = client.get(reverse("rating_request_list")).content.decode()
    assert "Where opinions differ" in page
    assert "Bakery" in page
    assert "Near" not in page
    client.force_login(people["anna"])
    assert (
        "Where opinions differ" not in client.get(reverse("rating_request_list")).content.decode()
    )


def test_asking_from_the_sheet_of_a_rating(client, people, bakery, values):
    client.force_login(people["boss"])
    page = client.get(reverse("client_ratings", args=[bakery.pk, "values"])).content.decode()
    assert "Ask others to rate" in page
    where = reverse("rating_request_create", args=[bakery.pk, "values"])
    client.post(where, {"people": [people["boris"].pk, people["stranger"].pk]})
    assert not RatingRequest.unscoped.exists()
    client.post(where, {"people": [people["boris"].pk], "due": "2030-01-31", "reason": "Why not"})
    row = RatingRequest.unscoped.get()
    assert (row.person, row.due, row.reason) == (people["boris"], dt.date(2030, 1, 31), "Why not")


def test_rest_asks_answers_and_withdraws(client, people, bakery, values):
    where = reverse("api:rating-request-list")
    body = {"pairs": [{"client": bakery.pk, "criterion": "values"}],
            "people": [people["boris"].pk, people["anna"].pk]}  # fmt: skip
    client.force_login(people["boss"])
    answers = client.post(where, body, content_type="application/json")
    assert answers.status_code == 201
    first, second = answers.json()
    assert client.get(where).json() == []
    assert len(client.get(where + "?all=1").json()) == 2
    gone = reverse("api:rating-request-withdrawal", args=[
        next(row["id"] for row in (first, second) if row["person"] == people["anna"].pk)
    ])  # fmt: skip
    assert client.post(gone).status_code == 204
    client.force_login(people["boris"])
    (own,) = client.get(where).json()
    said = client.post(
        reverse("api:rating-request-answer", args=[own["id"]]),
        {"value": 8, "reason": "Keeps its word"},
        content_type="application/json",
    )
    assert said.status_code == 201
    assert said.json()["value"] == "8.00"
    assert RatingRequest.unscoped.get(pk=own["id"]).answered_at <= timezone.now()
    assert client.get(reverse("api:rating-spread-list")).json() == []
    client.force_login(people["anna"])
    assert client.post(where, body, content_type="application/json").status_code == 403
