"""Versions: what changed, taking an earlier one up again, and past rankings as they were."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kam.audit.models import Event
from kam.lib.scoping import acting_system
from scoring.services.versions import draft_of, restore
from tests.factories import make_user
from tests.scoring.conftest import DAY, make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def two_rankings(matrix):
    """An earlier ranking by size, a later one by tenure."""
    make_buyers(6)
    first = put_to_use(matrix, {"profit": 90, "tenure": 10}, selection_value=2)
    then = rank_now(matrix, DAY.replace(day=1))
    put_to_use(matrix, {"tenure": 70, "average_invoice": 30}, selection_value=4)
    now = rank_now(matrix)
    matrix.refresh_from_db()
    return first, then, now


def test_an_earlier_version_becomes_the_draft(client, manager, matrix, two_rankings):
    first, _then, _now = two_rankings
    page = client.get(reverse("matrix_detail", args=[matrix.pk])).content.decode()
    assert "Take up again in a draft" in page
    url = reverse("matrix_restoration", args=[matrix.pk])
    answer = client.post(url, {"version": first.number})
    assert answer["Location"] == reverse("matrix_workbench", args=[matrix.pk])
    draft = matrix.versions.get(status="draft")
    assert draft.selection_value == 2
    assert draft.author == manager
    assert {row.criterion.key: row.weight for row in draft.criteria.all()} == {
        "profit": 90, "tenure": 10,
    }  # fmt: skip
    first.refresh_from_db()
    assert first.status == "retired"
    with acting_system("test"):
        assert Event.objects.filter(action="matrix.restored").count() == 1
    for refused in (first.number, 99, "x"):
        client.post(url, {"version": refused})
    assert matrix.versions.get(status="draft").pk == draft.pk


def test_restoring_never_overwrites_a_draft(matrix, two_rankings):
    first, _then, _now = two_rankings
    draft_of(matrix, None)
    with pytest.raises(ValidationError, match=r"[Чч]ерновик"):
        restore(first)


def test_over_rest(client, manager, matrix, two_rankings):
    first, then, now = two_rankings
    runs = client.get(reverse("api:matrix-runs", args=[matrix.pk])).json()
    assert [run["id"] for run in runs] == [now.pk, then.pk]
    url = reverse("api:matrix-restoration", args=[matrix.pk])
    answer = client.post(url, {"version": first.number}, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json()["selection_value"] == 2
    for wrong in ({"version": 99}, {}, {"version": first.number}):
        assert client.post(url, wrong, content_type="application/json").status_code == 400


def test_every_past_ranking_shows_with_its_own_weights(client, manager, matrix, two_rankings):
    _first, then, now = two_rankings
    page = client.get(reverse("matrix_detail", args=[matrix.pk])).content.decode()
    for run in (then, now):
        assert f"?run={run.pk}" in page
    past = client.get(reverse("ranking"), {"run": then.pk}).content.decode()
    assert "as it was, with the weights of version" in past
    assert "2 clients are selected by the ranking" in past
    assert "Profit potential" in past
    assert "Average invoice" not in past
    assert f"?run={then.pk}" in past  # reasons, too, are those of that day
    today = client.get(reverse("ranking")).content.decode()
    assert "4 clients are selected by the ranking" in today
    assert "as it was" not in today
    answer = client.get(reverse("api:ranking-list"), {"run": then.pk}).json()
    assert answer["run"]["selected"] == 2
    assert [part["criterion"] for part in answer["rows"][0]["parts"]] == ["profit", "tenure"]
    client_id = answer["rows"][0]["client"]
    reasons = client.get(reverse("client_score", args=[client_id]), {"run": then.pk})
    assert "Profit potential" in reasons.content.decode()
    for nonsense in ("x", "9" * 30, "0"):
        assert client.get(reverse("ranking"), {"run": nonsense}).status_code == 200


def test_a_kam_sees_of_a_past_ranking_own_clients_only(client, matrix, two_rankings):
    _first, then, _now = two_rankings
    client.force_login(make_user("kam", language="en"))
    past = client.get(reverse("ranking"), {"run": then.pk}).content.decode()
    assert "Buyer" not in past


def test_many_versions_take_no_more_queries(
    client, manager, matrix, two_rankings, django_assert_max_num_queries
):
    for weight in range(5):
        put_to_use(matrix, {"profit": 10 + weight, "tenure": 10})
    with django_assert_max_num_queries(15):
        client.get(reverse("matrix_detail", args=[matrix.pk]))
    with django_assert_max_num_queries(15):
        client.get(reverse("api:matrix-list"))
