"""Pages and their REST twins: what each shows, to whom, and at which price."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Team
from scoring.library import LIBRARY
from scoring.models import MatrixVersion, Rating
from tests.factories import make_client, make_document, make_user
from tests.scoring.conftest import make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db
QUERIES = 15


@pytest.fixture
def manager(client):
    person = make_user("administrator", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def ranked(matrix):
    put_to_use(
        matrix, {"profit": Decimal(40), "average_invoice": Decimal(40), "tenure": Decimal(20)}
    )
    buyers = make_buyers(6)
    rank_now(matrix)
    return buyers


def test_ranking_draws_the_line_after_the_last_selected(client, manager, ranked):
    text = client.get(reverse("ranking")).content.decode()
    at = [text.index(name) for name in ("Buyer 003", "The list ends here", "Buyer 004")]
    assert at == sorted(at)
    assert "3 clients are selected by the ranking" in text
    assert "key client" not in text.lower()


def test_ranking_filters_sorts_and_pages(client, manager, ranked):
    def names(**query):
        text = client.get(
            reverse("ranking"), query, headers={"HX-Request": "true"}
        ).content.decode()
        return [n for n in (f"Buyer {i:03}" for i in range(1, 7)) if n in text]

    assert names(q="buyer 00") == [f"Buyer {i:03}" for i in range(1, 7)]
    assert names(q="002") == ["Buyer 002"]
    assert names(selected="no") == ["Buyer 004", "Buyer 005", "Buyer 006"]
    assert names(owner="none", selected="yes") == ["Buyer 001", "Buyer 002", "Buyer 003"]
    assert names(after="4") == ["Buyer 005", "Buyer 006"]
    assert names(before="3") == ["Buyer 001", "Buyer 002"]
    assert names(owner="x", sort="-name", part="zzz") == [f"Buyer {i:03}" for i in range(1, 7)]


def test_ranking_pages_by_any_sort_show_everybody_once(client, manager, ranked):
    for sort in ("place", "-place", "name", "-name", "coverage", "-coverage", "r1", "-r3"):
        seen, after = [], ""
        for _turn in range(10):
            answer = client.get(
                reverse("api:ranking-list"), {"sort": sort, "after": after, "page_size": 2}
            ).json()
            seen += [row["client"] for row in answer["rows"]]
            after = answer["after"]
            if after is None:
                break
        assert sorted(seen) == sorted(buyer.pk for buyer in ranked), sort
        assert answer["before"] is not None
        back = client.get(
            reverse("api:ranking-list"),
            {"sort": sort, "before": answer["before"], "page_size": 2},
        ).json()
        assert [row["client"] for row in back["rows"]] == seen[2:4], sort


def test_without_enough_ratings_a_client_has_bounds_and_no_place(client, manager, matrix):
    put_to_use(matrix, {"profit": 40, "values": 60})
    make_buyers(2)
    rank_now(matrix)
    ranked = client.get(reverse("ranking")).content.decode()
    assert "Buyer 001" not in ranked
    unrated = client.get(reverse("ranking"), {"part": "unrated"}).content.decode()
    assert "Buyer 001" in unrated
    assert "Less than 60" in unrated


def test_kam_sees_own_and_team_rows_with_their_true_ranks(client, matrix):
    team = Team.objects.create(name="North")
    kam = make_user("kam", team=team, language="en")
    others, mine = make_buyers(3), make_client("Mine", owner=kam)
    ours = make_client("Ours", team=team)
    make_document(mine, "2024-05-01", 1, cost=1)
    make_document(ours, "2024-05-01", 2, cost=1)
    rank_now(matrix)
    client.force_login(kam)
    rows = client.get(reverse("api:ranking-list")).json()["rows"]
    assert [row["name"] for row in rows] == ["Ours", "Mine"]
    assert [row["rank"] for row in rows] == [4, 5]
    page = client.get(reverse("ranking")).content.decode()
    assert "Mine" in page
    assert "Buyer" not in page
    for name in ("client_score", "api:client-score"):
        assert client.get(reverse(name, args=[others[0].pk])).status_code == 404
        assert client.get(reverse(name, args=[mine.pk])).status_code == 200


def test_reasons_add_up_and_lead_to_their_inputs(client, manager, ranked):
    answer = client.get(reverse("api:client-score", args=[ranked[0].pk])).json()
    assert sum(part["points"] for part in answer["parts"]) == pytest.approx(answer["score"])
    assert answer["parts"][2]["reason"] == "Tenure: 24 months"
    assert answer["to_line"] > 0
    page = client.get(reverse("client_score", args=[ranked[0].pk])).content.decode()
    assert "Place 1 of 6" in page
    for key in ("profit", "average_invoice", "tenure"):
        url = reverse("client_score_criterion", args=[ranked[0].pk, key])
        assert url in page
        sheet = client.get(url, headers={"HX-Request": "true"}).content.decode()
        assert "How it is counted" in sheet
    assert (
        client.get(reverse("client_score_criterion", args=[ranked[0].pk, "values"])).status_code
        == 404
    )


def test_ratings_are_typed_into_the_grid(client, manager, matrix):
    put_to_use(matrix, {"profit": 40, "values": 60})
    buyer = make_buyers(1)[0]
    url = reverse("client_rating", args=[buyer.pk, "values"])
    page = client.get(reverse("matrix_ratings", args=[matrix.pk])).content.decode()
    assert f'data-url="{url}"' in page
    assert reverse("client_rating", args=[buyer.pk, "profit"]) not in page
    assert client.post(url, {"rating": "7"}).status_code == 204
    assert client.post(url, {"rating": "11"}).status_code == 400
    assert client.post(url, {"rating": "x"}).status_code == 400
    assert client.post(url, {"rating": ""}).status_code == 204
    first, second = Rating.unscoped.order_by("pk")
    assert (first.value, second.value) == (Decimal(7), None)
    assert first.known_to == second.known_from
    assert second.known_to is None


def test_only_owners_type_ratings(client, matrix):
    put_to_use(matrix, {"profit": 40, "values": 60})
    team = Team.objects.create(name="North")
    kam, other = make_user("kam", team=team), make_user("kam", team=team)
    own, teams, foreign = make_client(owner=kam), make_client(owner=other, team=team), make_client()
    client.force_login(kam)

    def answer(subject):
        return client.post(
            reverse("client_rating", args=[subject.pk, "values"]), {"rating": "7"}
        ).status_code

    assert [answer(own), answer(teams), answer(foreign)] == [204, 403, 404]
    body = {"client": teams.pk, "criterion": "values", "value": "7"}
    post = lambda: client.post(reverse("api:rating-list"), body, "application/json")  # noqa: E731
    assert post().status_code == 403
    body["client"] = own.pk
    assert post().status_code == 201
    body["value"] = None
    assert post().status_code == 204
    client.force_login(make_user("auditor"))
    assert answer(own) == 403


def test_draft_is_edited_and_put_to_use(client, manager, matrix):
    detail = reverse("matrix_detail", args=[matrix.pk])
    draft_url = reverse("matrix_draft", args=[matrix.pk])
    assert client.get(draft_url).status_code == 302
    assert client.post(reverse("matrix_drafting", args=[matrix.pk])).status_code == 302
    page = client.get(draft_url)
    fields = {}
    for form in page.context["choices"]:
        for name in form.fields:
            fields[f"{form.prefix}-{name}"] = form[name].value() or ""
    fields |= {
        "selection": "share",
        "selection_value": "80",
        "min_coverage": "50",
    }
    profit = next(f for f in page.context["choices"] if f.criterion.key == "profit")
    fields[f"{profit.prefix}-kind"] = "piecewise"
    fields[f"{profit.prefix}-points"] = "0 = 1\n1 000 000 = 10"
    fields[f"{profit.prefix}-weight"] = "60"
    wrong = client.post(draft_url, fields | {f"{profit.prefix}-points": "a lot"})
    assert wrong.status_code == 422
    assert "is not “value = rating”" in wrong.content.decode()
    assert client.post(draft_url, fields).status_code == 302
    refused = client.post(reverse("matrix_activation", args=[matrix.pk]), {"reason": " "})
    assert refused.url == draft_url
    done = client.post(reverse("matrix_activation", args=[matrix.pk]), {"reason": "Profit first"})
    assert done.url == detail
    version = matrix.versions.get(status=MatrixVersion.Status.ACTIVE)
    assert (version.number, version.selection, version.selection_value) == (2, "share", 0.8)
    assert version.author == manager
    row = version.criteria.get(criterion__key="profit")
    assert row.rule["knots"] == [[0.0, 1.0], [1_000_000.0, 10.0]]
    page = client.get(detail).content.decode()
    assert "Profit first" in page
    assert "the rule changed" in page


def test_pages_of_matrices_are_for_those_who_lead(client, matrix):
    client.force_login(make_user("kam"))
    assert client.get(reverse("matrix_detail", args=[matrix.pk])).status_code == 200
    for name in ("matrix_drafting", "matrix_activation", "matrix_discard"):
        assert client.post(reverse(name, args=[matrix.pk])).status_code == 403
    client.force_login(make_user("colleague"))
    for name in ("ranking", "matrix_list"):
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("count", [3, 60])
def test_price_of_the_pages(client, matrix, django_assert_max_num_queries, count, language):
    """Queries do not grow with the clients, and a page of ten criteria stays small."""
    client.force_login(make_user("administrator", language=language))
    put_to_use(matrix, {entry.key: 10 for entry in LIBRARY}, min_coverage=0.1)
    buyers = make_buyers(count)
    rank_now(matrix)
    pages = [
        reverse("ranking"),
        reverse("matrix_detail", args=[matrix.pk]),
        reverse("matrix_ratings", args=[matrix.pk]),
        reverse("client_score", args=[buyers[0].pk]),
        reverse("client_score_criterion", args=[buyers[0].pk, "procurement"]),
        reverse("client_ratings", args=[buyers[0].pk, "values"]),
        reverse("api:ranking-list"),
        reverse("api:client-score", args=[buyers[0].pk]),
        reverse("api:matrix-list"),
        reverse("api:criterion-list"),
        reverse("api:rating-list"),
    ]
    for page in pages:
        with django_assert_max_num_queries(QUERIES):
            answer = client.get(page)
        assert answer.status_code == 200, page
    assert len(client.get(reverse("ranking")).content) <= 60 * 1024
