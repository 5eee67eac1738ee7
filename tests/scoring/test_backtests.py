"""A backtest over facts: what was known then, what followed, and nothing else."""

import datetime as dt
import random
from decimal import Decimal

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from accounts.measures.outcome import Purchases, outcome, purchases
from accounts.models import Client, Standing
from kam.lib.scoping import ScopeMissing, acting_as, acting_system
from scoring.models import Backtest, Criterion, RankingRow, Rating
from scoring.services import backtests
from scoring.services.backtests import Asked, backtest, request_backtest, run_backtest
from scoring.services.ranking import run_ranking
from scoring.services.ratings import Opinion, record_opinions
from scoring.services.versions import Choice, activate, draft_of, save_draft
from tests.factories import (
    change_document,
    make_client,
    make_document,
    make_group,
    make_product,
    make_user,
    moment,
)

from .conftest import put_to_use

pytestmark = pytest.mark.django_db
END = dt.date(2024, 6, 30)
MONTHS = [dt.date(2020 + n // 12, n % 12 + 1, 10) for n in range(54)]  # January 2020 … June 2024


def trade(*, signal: bool, clients: int = 40, seed: int = 1) -> list[Client]:
    """Clients who buy each quarter.  With a signal, what a client earns us next year is told by
    what people thought of it; without, by lot."""
    dice = random.Random(seed)
    made = [make_client(f"Client {number:02}") for number in range(clients)]
    criterion = Criterion.objects.get(key="values")
    opinions = []
    for number, client in enumerate(made):
        liked = 1 + number % 10
        speed = liked if signal else dice.randint(1, 10)
        level = 1000.0
        for at, day in enumerate(MONTHS[::3]):
            level *= 1 + (speed - 5.5) / 40
            net = round(level * dice.uniform(0.9, 1.1), 2)
            make_document(client, day, net, cost=round(net / 2, 2))
            assert at < 99
        opinions.append(
            Opinion(
                client.pk,
                criterion.pk,
                liked,
                rater_name="Sales",
                date=dt.date(2020, 6, 1),
                known_from=moment(dt.date(2020, 6, 1)),
            )
        )
    with acting_system("test"):
        record_opinions(opinions)
    return made


@pytest.fixture
def version(matrix):
    return put_to_use(matrix, {"values": 90, "tenure": 10}, selection_value=8)


def asked(version, **fields) -> Asked:
    return Asked((version.pk,), **{"resamples": 300, "latest": END, "origins": 4, **fields})


def answer(version, **fields):
    with acting_system("test"):
        return backtest(asked(version, **fields))


def verdict(found, version, rival):
    return next(
        row["verdict"]
        for row in found["verdicts"]
        if (row["first"], row["second"]) == (f"version:{version.pk}", rival)
    )


def test_a_planted_signal_is_found(version):
    trade(signal=True)
    found = answer(version)
    key = f"version:{version.pk}"
    assert [one["as_of"] for one in found["origins"]] == [
        "2022-09-30", "2022-12-31", "2023-03-31", "2023-06-30",
    ]  # fmt: skip
    assert verdict(found, version, "random") == "better"
    # With eight of forty chosen, a perfect list would lift by the four best speeds.
    assert found["overall"][key]["spearman"][0] > 0.9
    assert found["overall"][key]["precision"][0] > 0.9
    assert found["overall"]["random"]["precision"][0] == pytest.approx(8 / 40)
    first = found["named"][0]
    assert first["as_of"] == "2023-06-30"
    assert first["found"] >= 7
    assert {row["ratings"][0] for row in first["hits"]} <= {9, 10}
    loss = {row["criterion"]: row["verdict"] for row in found["ablation"]}
    assert loss == {"values": "no_evidence", "tenure": "no_evidence"}, (
        "without it ties are broken by profit, which here tells as much"
    )
    curve = found["curves"]
    assert curve["clients"][0] == curve[key][0] == 0
    assert curve["ideal"][10] >= curve[key][10] > curve["random"][10]


def test_a_shuffled_one_is_not(version):
    trade(signal=False, seed=5)
    found = answer(version, n=8)
    assert verdict(found, version, "random") == "no_evidence"
    assert abs(found["overall"][f"version:{version.pk}"]["spearman"][0]) < 0.35


def test_a_fact_known_later_changes_nothing(version):
    clients = trade(signal=True)
    before = answer(version)
    late = moment(dt.date(2024, 7, 15))
    for number, client in enumerate(clients[:20]):
        day = MONTHS[36 + number % 6]
        make_document(client, day, 10**6, cost=1, known=late)
        document = client_document(client)
        change_document(document, late, net=document.net * 50)
    with acting_system("test"):
        record_opinions(
            Opinion(
                client.pk,
                Criterion.objects.get(key="values").pk,
                10 if number % 2 else 1,
                rater_name="Service",
                date=dt.date(2022, 1, 1),
                known_from=late,
            )
            for number, client in enumerate(clients)
        )
    newcomer = make_client()
    make_document(newcomer, "2022-03-01", 10**7, cost=1, known=late)
    after = answer(version)
    leaks, history = after.pop("leaks"), after.pop("history")
    before_leaks = before.pop("leaks")
    before.pop("history")
    assert after == before
    assert before_leaks[-1]["documents"] == 0
    assert leaks[-1]["documents"] > 20, "the audit tells what it left out"
    assert leaks[-1]["ratings"] == 40
    assert history["documents"]["all"] > 0


def client_document(client):
    with acting_system("test"):
        return client.documents.get(date=MONTHS[39], number__startswith="N", net__lt=10**5)


def test_history_is_told_from_what_was_recorded_as_it_came(version):
    client = make_client()
    zone_midnight = dt.datetime.fromisoformat("2024-03-01T00:00+03:00")
    make_document(client, "2024-03-01", known=zone_midnight)
    make_document(client, "2024-03-01", known=dt.datetime.fromisoformat("2024-03-01T09:30+03:00"))
    make_document(client, "2024-03-01", known=dt.datetime.fromisoformat("2024-03-02T00:00+03:00"))
    history = answer(version)["history"]
    assert history["documents"] == {"all": 3, "assumed": 1}


def test_too_little_is_said_and_not_computed(version):
    nothing = answer(version)
    assert nothing["origins"] == []
    assert {one["reason"] for one in nothing["skipped"]} == {"history"}
    assert not nothing["enough"]
    assert nothing["verdicts"][0]["verdict"] is None
    trade(signal=True, clients=19)
    few = answer(version)
    assert {one["reason"] for one in few["skipped"]} == {"clients"}
    assert few["overall"] == {}


def test_a_list_of_more_than_half_of_the_clients_proves_nothing(version):
    trade(signal=True, clients=24)
    assert {one["reason"] for one in answer(version, n=13)["skipped"]} == {"list"}
    assert answer(version, n=12, origins=1)["origins"]


def test_without_cost_there_is_no_profit_to_look_at(version):
    for number in range(25):
        client = make_client()
        for day in MONTHS[::3]:
            make_document(client, day, 100 + number)
    assert {one["reason"] for one in answer(version, n=5)["skipped"]} == {"cost"}
    assert len(answer(version, n=5, base="revenue", target="level")["origins"]) == 4


def test_dates_without_a_horizon_of_history_are_left_out(version):
    trade(signal=True)
    found = answer(version, origins=12, step=6)
    assert {one["reason"] for one in found["skipped"]} == {"history"}
    assert found["skipped"][-1]["as_of"] == "2020-06-30"
    assert found["origins"][0]["as_of"] == "2020-12-31", "a few days short of a year are forgiven"
    assert found["independent"] == 3


def test_the_same_question_has_the_same_answer(version):
    trade(signal=True, clients=25)
    assert answer(version, n=5) == answer(version, n=5)
    assert answer(version, n=5)["overall"] != answer(version, n=5, seed=9)["overall"]


def test_two_versions_duel(matrix, version):
    """The other one prefers those who buy little at a time."""
    trade(signal=True)
    small = {"kind": "min_max", "lo": None, "hi": None, "log": True, "direction": "cost"}
    with acting_system("test"):
        draft = draft_of(matrix, None)
        save_draft(
            draft,
            [
                Choice(Criterion.objects.get(key="average_invoice"), Decimal(9), rule=small),
                Choice(Criterion.objects.get(key="tenure"), Decimal(1)),
            ],
            selection="top_n",
            selection_value=8,
            min_coverage=0.6,
        )
        found = backtest(Asked((version.pk, draft.pk), n=8, latest=END, resamples=300))
    row = next(r for r in found["verdicts"] if r["second"] == f"version:{draft.pk}")
    assert row["verdict"] == "better"
    assert row["difference"][1] > 0
    assert f"equal:{draft.pk}" in found["overall"]
    loss = {(row["version"], row["criterion"]): row["verdict"] for row in found["ablation"]}
    assert loss[f"version:{draft.pk}", "average_invoice"] == "worse", "it does harm there"


def test_asking_writes_it_down_and_the_job_answers_it_once(matrix, version):
    trade(signal=True, clients=25)
    manager = make_user(role="manager")
    with acting_as(manager):
        row = request_backtest(matrix, asked(version, n=5), manager)
    assert row.job.kind == "scoring.backtest"
    assert row.parameters["versions"][0]["criteria"][0]["share"] == pytest.approx(0.9)
    with acting_system("test"):
        run_backtest(Backtest.objects.get(pk=row.pk))
        done = Backtest.objects.get(pk=row.pk)
        found = done.result
        Rating.objects.all().delete()
        assert run_backtest(done).result == found, "a finished one stays as it is"
    assert done.finished_at
    assert len(found["origins"]) == 4


@pytest.mark.parametrize(
    "fields",
    [{"n": 0}, {"origins": 0}, {"origins": 13}, {"step": 5}, {"horizon": 1}, {"target": "x"}],
)
def test_what_cannot_be_tried_is_refused(version, fields):
    with pytest.raises(ValidationError):
        asked(version, **fields).check()
    with pytest.raises(ValidationError):
        Asked(()).check()
    with pytest.raises(ValidationError):
        Asked((1, 2, 3, 4, 5)).check()


def test_only_the_product_itself_computes_it(version):
    with acting_as(make_user(role="administrator")), pytest.raises(ScopeMissing):
        backtest(asked(version))


def test_the_key_list_of_that_day_is_a_rival(version):
    """Ten key clients since 2022, five of them former since 2023: each date has its own list."""
    clients = trade(signal=True)
    with acting_system("test"):
        for number, client in enumerate(clients[:10]):
            former = number < 5
            Standing.objects.create(
                client=client,
                value="watch",  # as key as "key", without the gate of goals
                since=dt.date(2022, 10, 15),
                until=dt.date(2023, 5, 1) if former else None,
                known_from=moment(dt.date(2022, 10, 15)),
            )
    found = answer(version)
    by_date = {one["as_of"]: one for one in found["origins"]}
    assert by_date["2022-09-30"]["absent"]["key_list"] == "nobody"
    assert by_date["2022-12-31"]["figures"]["key_list"]["precision"][0] is not None
    assert found["verdicts"][-2]["second"] == "key_list"
    assert found["verdicts"][-2]["origins"] == 3


@pytest.mark.parametrize("measure", ["clv", "growth_potential", "share_of_wallet"])
def test_the_new_measures_serve_as_criteria(matrix, measure):
    oil = make_product(family="Oil")
    filters = make_product(family="Filters")
    for number in range(8):
        client = make_client(segment="Mills", employees=10 + number)
        for product in (oil, filters)[: 1 + (number > 0)]:
            make_document(
                client, "2024-03-01", 100 + number, cost=50,
                lines=[{"product": product, "net": 100 + number}],
            )  # fmt: skip
    prospect = make_client()
    rule = {"kind": "min_max", "lo": None, "hi": None, "log": False, "rounding": "integer"}
    with acting_system("test"):
        draft = draft_of(matrix, None)
        save_draft(
            draft,
            [
                Choice(
                    Criterion.objects.get(key="potential"), Decimal(9), measure=measure,
                    rule=rule, rated_by_people=False, people_share=Decimal(0),
                ),
                Choice(Criterion.objects.get(key="average_invoice"), Decimal(1)),
            ],
            selection="top_n", selection_value=3, min_coverage=0.6,
        )  # fmt: skip
        activate(draft, "for the test")
        run = run_ranking(draft, END)
        rows = {row.client_id: row for row in RankingRow.objects.filter(run_id=run.pk)}
    assert run.rated == 8
    assert rows[prospect.pk].r1 == -1, "does not apply to who has not bought"
    assert len({row.r1 for row in rows.values()}) > 1


def buying(rng, n, *, values=None):
    """Purchases of n clients over two years, as the measures give them."""
    rate = rng.gamma(2.0, 0.05, n)
    age = rng.uniform(60, 104, n)
    repeats = rng.poisson(rate * age).astype(float)
    between = np.where(repeats > 0, age * rng.beta(np.maximum(repeats, 1), 1), 0.0)
    value = rng.gamma(6, 20 / rng.gamma(4, 1 / 15, n)) if values is None else values(repeats)
    return Purchases(np.arange(n), repeats + 1, between, age, value)


def test_the_model_of_buying_is_a_rival_where_data_suffice(monkeypatch):
    rng = np.random.default_rng(1)
    found = buying(rng, 700)
    monkeypatch.setattr(backtests, "purchases", lambda as_of: found)
    score = backtests._by_model(np.arange(700), END)
    assert np.isfinite(score).all()
    busy, idle = found.days >= 12, found.days <= 3
    assert np.median(score[busy]) > 2 * np.median(score[idle])


@pytest.mark.parametrize(
    "clients, values, reason",
    [(300, None, "clients"), (700, lambda repeats: 100.0 * (repeats + 1), "correlated")],
)
def test_where_they_do_not_it_says_why(monkeypatch, clients, values, reason):
    found = buying(np.random.default_rng(1), clients, values=values)
    monkeypatch.setattr(backtests, "purchases", lambda as_of: found)
    assert backtests._by_model(np.arange(clients), END) == reason


def test_purchases_are_days_with_an_invoice_as_known_then():
    buyer, prospect = make_client(), make_client()
    group = make_group(members=[buyer])
    for day, net in (("2024-01-01", 100), ("2024-01-01", 50), ("2024-02-05", 30)):
        make_document(buyer, day, net)
    make_document(buyer, "2024-03-01", 999, known=dt.date(2024, 8, 1))
    make_document(buyer, "2024-03-01", -20)
    with acting_system("test"):
        found = purchases(END)
    assert found.ids.tolist() == [prospect.pk, group.pk]
    assert found.days.tolist() == [0, 2]
    assert found.between.tolist() == [0, 5]
    assert found.age[1] == pytest.approx((END - dt.date(2024, 1, 1)).days / 7)
    assert found.value[1] == 90


def test_what_followed_is_counted_by_who_belonged_together_then():
    member = make_client()
    group = make_group(members=[member], since="2023-01-01")
    for day, net in (("2023-03-01", 100), ("2024-03-01", 160), ("2024-07-05", 500)):
        make_document(member, day, net, cost=net / 2)
    make_document(member, "2024-05-01", 40, cost=0, known=dt.date(2025, 1, 1))
    unknown = make_client()
    make_document(unknown, "2024-03-01", 70)
    with acting_system("test"):
        found = outcome(dt.date(2023, 6, 30), END, 12)
    assert found.ids.tolist() == [group.pk, unknown.pk]
    assert found.profit_before.tolist() == [50, 0]
    assert found.profit_after[0] == 80
    assert np.isnan(found.profit_after[1])
    assert found.revenue_after.tolist() == [160, 70]
