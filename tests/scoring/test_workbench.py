"""The workbench: what it shows, to whom, at which price; nothing is stored until it is saved."""

from decimal import Decimal

import pytest
from django.urls import reverse

from scoring.models import MatrixVersion
from tests.factories import make_client, make_document, make_user
from tests.scoring.conftest import make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db
QUERIES = 15
PART = {"HX-Request": "true"}


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def ranked(matrix):
    put_to_use(matrix, {"profit": 60, "average_invoice": 30, "tenure": 10})
    make_buyers(6)
    for number in range(8):
        late = make_client(f"Late {number}")
        make_document(late, "2024-06-01", 9000 - number, cost=8000)
    rank_now(matrix)
    matrix.refresh_from_db()
    return matrix


def address(matrix):
    return reverse("matrix_workbench", args=[matrix.pk])


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_the_version_in_use_and_that_nothing_changes(client, manager, ranked):
    page = text_of(client.get(address(ranked)))
    assert page.count("data-weight") == 3
    assert 'name="w.profit"' in page
    assert "The list stays as it is" in page
    at = [page.index(word) for word in ("Buyer 003", "The list ends here", "Buyer 004")]
    assert at == sorted(at)


def test_other_weights_tell_who_comes_and_who_goes(client, manager, ranked):
    part = text_of(client.get(address(ranked), {"w.average_invoice": "100"}, headers=PART))
    assert "<html" not in part
    assert "3 clients come on the list, 3 leave" in part
    for name in ("notices", "consequences", "list"):
        assert f'data-part="{name}"' in part
    assert part.count('data-turn="in"') == 3
    assert not MatrixVersion.objects.filter(status="draft").exists()


def test_criteria_come_and_go(client, manager, ranked):
    asked = {"w.profit": "60", "w.tenure": "20", "method": "points", "was": "points"}
    htmx = {**PART, "HX-Target": "workbench"}
    more = text_of(client.get(address(ranked), {**asked, "add": "values"}, headers=htmx))
    assert 'name="w.values"' in more
    assert 'value="40"' in more  # the mean of the others
    less = text_of(client.get(address(ranked), {**asked, "remove": "tenure"}, headers=htmx))
    assert 'name="w.tenure"' not in less
    assert "One criterion alone decides everything" in less


def test_going_to_per_cent_makes_a_hundred(client, manager, ranked):
    asked = {"w.profit": "1", "w.tenure": "1", "w.average_invoice": "1"}
    page = text_of(
        client.get(address(ranked), {**asked, "method": "percent", "was": "points"}, headers=PART
                   | {"HX-Target": "workbench"})
    )  # fmt: skip
    assert page.count('value="33.3"') == 4
    assert page.count('value="33.4"') == 2


def test_pairs_give_weights_and_point_at_the_worst(client, manager, ranked):
    asked = {"method": "pairs", "was": "pairs", "w.profit": 50, "w.tenure": 30,
             "w.average_invoice": 20}  # fmt: skip
    start = text_of(client.get(address(ranked), asked, headers=PART))
    assert "As soon as every criterion is compared" in start
    said = {"pair.profit.tenure": "3", "pair.tenure.average_invoice": "3"}
    part = text_of(client.get(address(ranked), asked | said, headers=PART))
    assert "The answers agree well enough" in part
    assert "69.2" in part  # 9 : 3 : 1
    wrong = said | {"pair.profit.average_invoice": "1/9"}
    part = text_of(client.get(address(ranked), asked | wrong, headers=PART))
    assert "The answers contradict each other" in part
    assert 'data-accept="' in part
    half = text_of(client.get(address(ranked), asked | {"pair.profit.tenure": "3"}, headers=PART))
    assert "nothing compares these with each other" in half


def test_an_accepted_proposal_makes_it_consistent(client, manager, ranked):
    asked = {
        "method": "pairs", "was": "pairs", "w.profit": 1, "w.tenure": 1, "w.average_invoice": 1,
        "pair.profit.tenure": "3", "pair.tenure.average_invoice": "3",
        "pair.profit.average_invoice": "1/9",
    }  # fmt: skip
    for _answer in range(8):
        part = text_of(client.get(address(ranked), asked, headers=PART))
        if "The answers agree well enough" in part:
            break
        accept = part.split('data-accept="')[1].split('"')[0]
        first, second, value = accept.split("~")
        assert asked[f"pair.{first}.{second}"] != value
        assert "disagrees most with the rest" in part
        taken = text_of(client.get(address(ranked), asked | {"accept": accept}, headers=PART))
        asked[f"pair.{first}.{second}"] = value
        assert taken == text_of(client.get(address(ranked), asked, headers=PART))
    else:
        raise AssertionError("eight accepted proposals leave a contradiction")


def test_best_and_worst_give_weights(client, manager, ranked):
    asked = {
        "method": "best_worst", "was": "best_worst", "w.profit": 1, "w.tenure": 1,
        "w.average_invoice": 1, "best": "profit", "worst": "tenure",
        "bo.tenure": "8", "bo.average_invoice": "2", "ow.average_invoice": "4",
    }  # fmt: skip
    part = text_of(client.get(address(ranked), asked, headers=PART))
    assert "The answers agree well enough" in part
    shares = text_of(
        client.get(address(ranked), asked | {"method": "percent"}, headers=PART
                   | {"HX-Target": "workbench"})
    )  # fmt: skip
    assert 'value="61.5"' in shares  # 8 : 4 : 1
    # The same from an address that comes from another way of weighing.
    part = text_of(client.get(address(ranked), asked | {"was": "percent"}, headers=PART))
    assert "61.5" in part


def test_saving_begins_a_draft_and_keeps_rules(client, manager, ranked):
    answer = client.post(
        address(ranked), {"w.profit": "70", "w.tenure": "30,5", "w.average_invoice": "0"}
    )
    assert answer.status_code == 302
    draft = ranked.versions.get(status="draft")
    assert {row.criterion.key: row.weight for row in draft.criteria.all()} == {
        "profit": 70,
        "tenure": Decimal("30.5"),
    }
    active = ranked.versions.get(status="active")
    for row in draft.criteria.all():
        was = active.criteria.get(criterion=row.criterion)
        assert (row.rule, row.measure) == (was.rule, was.measure)
    assert draft.selection_value == active.selection_value
    page = text_of(client.get(address(ranked)))
    assert "Put the draft to use" in page


def test_a_draft_that_cannot_be_ranked_by_is_refused_in_words(client, manager, ranked):
    answer = client.post(address(ranked), {"w.profit": "70"})
    assert answer.status_code == 422
    assert "from 2 to 10 criteria" in answer.content.decode()
    assert not ranked.versions.filter(status="draft").exists()


def test_nonsense_in_the_address_is_as_in_the_version(client, manager, ranked):
    asked = {
        "w.profit": "NaN", "w.tenure": "-5", "w.average_invoice": "x" * 500, "w.nobody": "5",
        "method": "?", "was": "!", "add": "nobody", "remove": "nobody", "pair.x.y": "0/0",
        "top": "1",
    }  # fmt: skip
    assert "The list stays as it is" in text_of(client.get(address(ranked), asked))
    for method in ("pairs", "best_worst"):
        text_of(client.get(address(ranked), {"method": method, "best": "x", "worst": "profit",
                                             "pair.profit.tenure": "1/0", "accept": "a~b~c"}))  # fmt: skip


def test_without_a_ranking_weights_can_still_be_set(client, manager, matrix):
    page = text_of(client.get(address(matrix)))
    assert "No ranking to compare with yet" in page
    assert page.count("data-weight") == 3


def test_who_does_not_read_all_clients_does_not_come_here(client, ranked):
    for role, status in (("kam", 403), ("colleague", 403), ("auditor", 200)):
        client.force_login(make_user(role, language="en"))
        assert client.get(address(ranked)).status_code == status
    page = client.get(address(ranked)).content.decode()
    assert "Save the draft" not in page
    assert client.post(address(ranked), {"w.profit": 1, "w.tenure": 1}).status_code == 403


def test_it_keeps_to_its_number_of_queries(client, manager, ranked, django_assert_max_num_queries):
    asked = {"w.average_invoice": "70", "w.values": "30"}
    for _turn in range(2):  # the second time the columns are in memory
        with django_assert_max_num_queries(QUERIES + 15 * (_turn == 0)):
            client.get(address(ranked), asked)
    make_buyers(60)
    rank_now(ranked)
    client.get(address(ranked), asked)
    with django_assert_max_num_queries(QUERIES):
        client.get(address(ranked), asked)


def test_over_rest_it_is_the_same_answer(client, manager, ranked):
    url = reverse("api:matrix-whatif", args=[ranked.pk])

    def ask(**question):
        answer = client.post(url, question, content_type="application/json")
        return answer.status_code, answer.json()

    status, same = ask()
    assert (status, same["moved"], same["entrants"]) == (200, 0, [])
    weights = [{"criterion": "average_invoice", "weight": 99}, {"criterion": "tenure", "weight": 1}]
    status, found = ask(criteria=weights, selection="top_n", selection_value=2)
    assert status == 200
    assert [each["name"] for each in found["entrants"]] == ["Late 0", "Late 1"]
    assert (found["size"], found["size_before"]) == (2, 3)
    assert {notice["code"] for notice in found["notices"]} == {"dominant_weight"}
    assert found["notices"][0]["criteria"] == ["average_invoice"]
    assert sum(found["rows"][0]["parts"]) == pytest.approx(found["rows"][0]["score"])
    status, _answer = ask(criteria=weights[:1])
    assert status == 400
    assert not ranked.versions.filter(status="draft").exists()
    client.force_login(make_user("kam"))
    assert ask()[0] == 403


@pytest.mark.parametrize(
    "cut,status",
    [
        ({"selection": "share", "selection_value": 5}, 400),
        ({"selection": "share", "selection_value": 0}, 400),
        ({"selection": "threshold", "selection_value": 0.5}, 400),
        ({"selection": "top_n", "selection_value": 2.5}, 400),
        ({"selection": "top_n", "selection_value": 1e300}, 200),
        ({"min_coverage": 1.5}, 400),
        ({"min_coverage": "NaN"}, 400),
        ({"selection": "share", "selection_value": 0.5}, 200),
    ],
)
def test_over_rest_a_cut_that_cannot_be_is_told(client, manager, ranked, cut, status):
    url = reverse("api:matrix-whatif", args=[ranked.pk])
    assert client.post(url, cut, content_type="application/json").status_code == status


def test_over_rest_without_a_ranking(client, manager, matrix):
    answer = client.post(
        reverse("api:matrix-whatif", args=[matrix.pk]), {}, content_type="application/json"
    )
    assert answer.status_code == 409
