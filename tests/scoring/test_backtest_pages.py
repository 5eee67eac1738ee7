"""The pages of backtests and their REST twins."""

import datetime as dt

import pytest
from django.urls import reverse

from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from scoring.models import Backtest
from tests.factories import make_client, make_document, make_user

from .conftest import put_to_use

pytestmark = pytest.mark.django_db
MONTHS = [dt.date(2021 + n // 12, n % 12 + 1, 10) for n in range(36)]
QUERIES = 15


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def history(matrix):
    """Thirty clients over three years: the larger half grows, the smaller one falls."""
    for number in range(30):
        buyer = make_client(f"Buyer {number:02}")
        for at, day in enumerate(MONTHS[::3]):
            net = (1000 + 100 * number) * (1 + (0.1 if number >= 15 else -0.07) * at)
            make_document(buyer, day, round(net, 2), cost=round(net / 2, 2))
    return put_to_use(matrix, {"average_invoice": 80, "tenure": 20}, selection_value=6)


def ask(client, matrix, version, **more):
    data = {
        "versions": [version.pk], "target": "growth", "base": "profit", "origins": 3, "step": 3,
        "horizon": 12, **more,
    }  # fmt: skip
    return client.post(reverse("matrix_backtests", args=[matrix.pk]), data)


def answered(client, matrix, version, **more) -> Backtest:
    ask(client, matrix, version, **more)
    with acting_system("test"):
        run_job(Job.unscoped.get(kind="scoring.backtest", status="waiting").pk)
        job = Job.unscoped.filter(kind="scoring.backtest").latest("pk")
        assert job.status == "done", job.error
        return Backtest.objects.latest("pk")


def test_a_matrix_without_backtests_says_what_will_be_here(client, manager, matrix):
    text = client.get(reverse("matrix_backtests", args=[matrix.pk])).content.decode()
    assert "Nothing has been tried yet" in text
    assert 'type="checkbox"' in text


def test_asking_waits_for_the_job_and_shows_its_progress(client, manager, matrix, history):
    answer = ask(client, matrix, history)
    with acting_system("test"):
        row = Backtest.objects.get()
    assert answer.url == reverse("backtest_detail", args=[row.pk])
    assert row.asked_by == manager
    page = client.get(answer.url).content.decode()
    assert "waiting for its turn" in page
    assert 'hx-trigger="every 2s"' in page
    assert (
        "being worked out"
        in client.get(reverse("matrix_backtests", args=[matrix.pk])).content.decode()
    )
    charts = client.get(reverse("backtest_charts", args=[row.pk])).content.decode()
    assert "nothing to draw" in charts


def test_what_cannot_be_asked_is_said_in_the_form(client, manager, matrix, history):
    for wrong in ({"versions": []}, {"origins": 99}, {"n": 0}, {"horizon": 7}):
        answer = ask(client, matrix, history, **wrong)
        assert answer.status_code == 422, wrong
    with acting_system("test"):
        assert not Backtest.objects.exists()


def test_the_answer_and_everything_behind_it(
    client, manager, matrix, history, django_assert_max_num_queries
):
    row = answered(client, matrix, history)
    url = reverse("backtest_detail", args=[row.pk])
    with django_assert_max_num_queries(QUERIES):
        text = client.get(url).content.decode()
    for words in (
        "Against each rival",
        "By lot",
        "Last year&#x27;s profit",
        "Equal weights",
        "nobody was a key client then",
        "the model needs 500 clients",
        "What each criterion is worth",
        "Average invoice",
        "of 6 on the list were among the best afterwards",
        "Buyer 29",
        "Loaded as history",
        "Seed 0",
    ):
        assert words in text, words
    assert reverse("backtest_charts", args=[row.pk]) in text
    part = client.get(
        url, {"part": "named", "date": row.summary["dates"][0]}, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.lstrip().startswith('<div id="named"')
    refreshed = client.get(url, headers={"HX-Request": "true"})
    assert refreshed.headers["HX-Refresh"] == "true"
    with django_assert_max_num_queries(QUERIES):
        listed = client.get(reverse("matrix_backtests", args=[matrix.pk])).content.decode()
    assert "1 matrix tried in all" in listed


def test_the_charts_say_their_answer_and_have_a_table(client, manager, matrix, history):
    row = answered(client, matrix, history)
    page = client.get(reverse("backtest_charts", args=[row.pk])).content.decode()
    assert "of the order gathered" in page
    assert "The chosen brought more than the average client at" in page
    assert page.count("chart-table") == 2
    tables = client.get(reverse("api:backtest-charts", args=[row.pk])).json()
    assert [each["key"] for each in tables] == ["gains", "dates"]
    assert len(tables[1]["table"]["rows"]) == len(row.summary["dates"])


def test_over_rest(client, manager, matrix, history):
    url = reverse("api:matrix-backtests", args=[matrix.pk])
    answer = client.post(url, {"versions": [history.pk], "origins": 3, "n": 6}, "application/json")
    assert answer.status_code == 202
    assert answer.json()["asked"]["n"] == 6
    assert answer.json()["answer"] is None
    with acting_system("test"):
        run_job(answer.json()["job"])
    (row,) = client.get(url).json()
    assert "Version" in row["answer"]
    found = client.get(reverse("api:backtest-detail", args=[row["id"]])).json()
    assert found["labels"]["random"] == "By lot"
    assert "Buyer 29" in found["clients"].values()
    assert found["result"]["overall"]["random"]["lift"][0] in (1, None)
    wrong = client.post(url, {"versions": [history.pk, 10**9]}, "application/json")
    assert wrong.status_code == 400


def test_in_russian(client, matrix, history):
    person = make_user("auditor", language="ru")
    manager = make_user("manager")
    client.force_login(manager)
    row = answered(client, matrix, history)
    client.force_login(person)
    text = client.get(reverse("backtest_detail", args=[row.pk])).content.decode()
    assert "По сравнению с каждым из соперников" in text
    assert client.post(reverse("matrix_backtests", args=[matrix.pk])).status_code == 403


@pytest.mark.parametrize("role", ["kam", "colleague"])
def test_who_does_not_read_all_clients_reads_no_backtest(client, matrix, history, role):
    manager = make_user("manager")
    client.force_login(manager)
    row = answered(client, matrix, history)
    client.force_login(make_user(role))
    for name, pk in (
        ("matrix_backtests", matrix.pk), ("backtest_detail", row.pk), ("backtest_charts", row.pk),
        ("api:matrix-backtests", matrix.pk), ("api:backtest-detail", row.pk),
        ("api:backtest-charts", row.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[pk])).status_code == 403, name


def test_too_little_history_is_said(client, manager, matrix):
    version = put_to_use(matrix, {"average_invoice": 80, "tenure": 20}, selection_value=6)
    make_document(make_client(), "2024-01-10", 100, cost=50)
    row = answered(client, matrix, version)
    text = client.get(reverse("backtest_detail", args=[row.pk])).content.decode()
    assert "not enough history" in text
    assert "do not reach back 12 months" in text
