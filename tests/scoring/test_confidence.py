"""How sure a list is: worked out by a job, stored with its seed, shown to whom it may be shown."""

import datetime as dt
from decimal import Decimal
from unittest import mock

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from kam.jobs.execution import run as run_job
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from scoring import store
from scoring.engine.robustness import acceptability, seat_bounds
from scoring.models import (
    Confidence,
    Criterion,
    RankingRow,
    RatingRequest,
    Seat,
    WantedRating,
)
from scoring.selectors.confidence import confidence_of, seats_of, wanted_ratings
from scoring.services.confidence import (
    Asked,
    for_current,
    request_confidence,
    request_for_current,
    run_confidence,
)
from scoring.services.confidence_words import Answer
from scoring.services.decisions import prepare
from scoring.services.ratings import Opinion, record_opinions
from scoring.services.reversals import reversals_of
from scoring.services.seats import seats_within, tolerance_of
from tests.factories import make_client, make_document, make_user

from .conftest import make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db
WEIGHTS = {"average_invoice": 60, "tenure": 40}


@pytest.fixture
def ranked(matrix):
    """Buyers, of whom the large came late and the small early, so that the weights decide."""
    for number in range(24):
        buyer = make_client(f"Buyer {number:02}")
        net = 1000 * (24 - number)
        make_document(buyer, f"{2023 - number // 3}-03-01", net, cost=net / 2)
        make_document(buyer, "2024-05-01", net, cost=net / 2)
    put_to_use(matrix, WEIGHTS, selection_value=9)
    run = rank_now(matrix)
    matrix.refresh_from_db()
    return run


@pytest.fixture
def answered(ranked, matrix):
    with acting_system("test"):
        return run_confidence(for_current(matrix))


def columns(run):
    with acting_system("test"):
        return store.loaded(run.pk, len(WEIGHTS))


def test_the_chances_are_those_of_the_engine_with_the_stored_seed(answered):
    found = columns(answered.run)
    expected = acceptability(
        found.ratings, [60, 40], 9, draws=answered.draws, seed=answered.seed, concentration=50,
        eligible=found.rank > 0,
    )  # fmt: skip
    with acting_system("test"):
        seats = {seat.client_id: seat for seat in Seat.objects.filter(confidence=answered)}
    assert len(seats) == 24
    for at, client in enumerate(found.ids):
        assert seats[client].p_key == pytest.approx(expected.p_key[at])
        assert seats[client].rank_low == expected.rank_low[at]
        assert seats[client].rank_high == expected.rank_high[at]
    assert 0 < answered.contested == expected.contested_seats
    assert answered.entropy == pytest.approx(expected.entropy)


def test_moving_the_most_fragile_weight_past_its_end_changes_the_list(answered):
    criterion, at = Answer(answered).fragile
    found = columns(answered.run)
    j = [each.pk for each in Answer(answered).criteria].index(criterion.pk)

    def listed(share):
        weights = np.array([1 - share, share]) if j else np.array([share, 1 - share])
        score = np.round(found.ratings @ weights, 9)
        return {
            int(client)
            for client, own in zip(found.ids, score, strict=True)
            if (score > own).sum() < 9
        }

    now, step = criterion.share, 1e-6 if at > criterion.share else -1e-6
    assert listed(now) == listed(at - step)
    assert listed(now) != listed(at + step)


def test_a_finished_answer_is_not_worked_out_again(answered):
    before = answered.finished_at
    with acting_system("test"):
        assert run_confidence(answered).finished_at == before
        assert Seat.objects.filter(confidence=answered).count() == 24


def test_each_published_ranking_asks_for_one_job(ranked, matrix):
    with acting_system("test"):
        jobs = Job.unscoped.filter(kind="scoring.confidence", payload__matrix_id=matrix.pk)
        assert jobs.count() == 1
        request_for_current(matrix)
        assert jobs.count() == 1
        run_job(jobs.get().pk)
        assert jobs.get().status == "done"
        assert confidence_of(ranked).contested == jobs.get().result["contested"]


def test_a_list_cut_by_profit_hangs_on_no_weights(matrix, client):
    make_buyers(6)
    put_to_use(matrix, WEIGHTS, selection="share", selection_value=0.8)
    run = rank_now(matrix)
    with acting_system("test"):
        assert request_confidence(run) is None
        seats = seats_within(run, 0.2)
        assert (seats.always, seats.contested) == (run.selected, 0)
        job = Job.unscoped.get(kind="scoring.confidence")
        run_job(job.pk)
        assert Job.unscoped.get(pk=job.pk).status == "done"
        assert not Confidence.objects.exists()
    client.force_login(make_user("manager", language="en"))
    page = client.get(reverse("matrix_confidence", args=[matrix.pk])).content.decode()
    assert "Weights do not decide this list" in page


def test_another_seed_and_looser_agreement_give_another_answer(ranked, answered):
    with acting_system("test"):
        loose = run_confidence(request_confidence(ranked, None, Asked(None, seed=7, draws=2000)))
        assert (loose.concentration, loose.seed, loose.draws) == (None, 7, 2000)
        assert loose.entropy > answered.entropy
        assert confidence_of(ranked) == loose
    for wrong in (Asked(0.5), Asked(seed=-1), Asked(draws=5)):
        with pytest.raises(ValidationError):
            request_confidence(ranked, None, wrong)


def test_without_tolerance_every_seat_holds_and_bounds_are_those_of_the_engine(ranked):
    with acting_system("test"):
        still, wide = seats_within(ranked, 0.0), seats_within(ranked, 0.5)
    assert (still.always, still.contested) == (9, 0)
    found = columns(ranked)
    bounds = seat_bounds(found.ratings, [60, 40], 9, 0.5, eligible=found.rank > 0)
    assert wide.always == bounds.always.sum() < 9
    assert {each.client_id for each in wide.hanging} == set(found.ids[bounds.contested])
    assert all(each.low <= each.score <= each.high for each in wide.hanging)
    assert wide.always + wide.inside == 9


@pytest.mark.parametrize(
    "text, expected", [("35", 0.35), ("", 0.2), ("-5", 0.2), ("nan", 0.2), ("900", 1.0)]
)
def test_a_tolerance_that_makes_no_sense_is_the_usual_one(text, expected):
    assert tolerance_of(text) == expected


def test_a_missing_rating_that_decides_a_seat_is_asked_for_first(matrix):
    """Two clients at the line differ by what nobody has rated yet; the far ones do not matter."""
    buyers = make_buyers(22)
    put_to_use(matrix, {"average_invoice": 50, "values": 50}, selection_value=5, min_coverage=0.4)
    criterion = matrix.versions.get(status="active").criteria.get(criterion__key="values")

    def think(client, value):
        known = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
        with acting_system("test"):
            record_opinions(
                [
                    Opinion(
                        client.pk, criterion.criterion_id, Decimal(value), rater_name="A",
                        date=known.date(), known_from=known,
                    )
                ]
            )  # fmt: skip

    for number, buyer in enumerate(buyers):
        if number != 5:
            think(buyer, 9 if number < 5 else 5)
    run = rank_now(matrix)
    matrix.refresh_from_db()
    with acting_system("test"):
        row = run_confidence(for_current(matrix))
        wanted = list(wanted_ratings(row))
    assert run.selected == 5
    assert [(each.client_id, each.criterion.key) for each in wanted] == [(buyers[5].pk, "values")]
    assert not wanted[0].old
    # Level with the last one at nine, past it with more.
    assert wanted[0].needed == 9
    think(buyers[5], 10)
    again = rank_now(matrix)
    with acting_system("test"):
        assert RankingRow.objects.get(run_id=again.pk, client=buyers[5]).selected == 1


def test_relative_rules_are_tried_without_each_client_near_the_line(answered):
    absolute = answered.reversals is None
    relative = any(
        each.rule.get("kind") in ("percentile", "decile_band", "min_max")
        for each in Answer(answered).criteria
    )
    assert absolute != relative
    if relative:
        assert answered.removals == 24


def test_a_kam_sees_own_seats_alone(answered):
    kam = make_user("kam")
    with acting_system("test"):
        own = make_client("Own", owner=kam)
        Seat.objects.create(confidence=answered, client=own, p_key=0.5)
        ids = list(Seat.objects.values_list("client_id", flat=True))
        WantedRating.objects.create(
            confidence=answered, client=own, criterion=Answer(answered).criteria[0].criterion,
            value=0.4, needed=6,
        )  # fmt: skip
    with acting_as(kam):
        assert list(seats_of(answered, ids)) == [own.pk]
        assert [each.client_id for each in wanted_ratings(answered)] == [own.pk]


def test_the_decision_keeps_how_sure_each_seat_was(answered):
    person = make_user("manager")
    with acting_as(person):
        decision = prepare(answered.run, person)
        assert decision.basis["confidence"]["seed"] == answered.seed
        assert decision.basis["confidence"]["id"] == answered.pk
        seats = seats_of(answered, [item.client_id for item in decision.items.all()])
        assert decision.items.count()
        for item in decision.items.all():
            assert item.p_key == seats[item.client_id].p_key


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_words_say_where_the_list_changes(answered, language):
    with translation.override(language):
        answer = Answer(answered)
        criterion, _at = answer.fragile
        assert criterion.criterion.label in answer.fragile_words
        assert str(answered.contested) in answer.title


class TestPages:
    @pytest.fixture
    def manager(self, client):
        person = make_user("manager", language="en")
        client.force_login(person)
        return person

    def test_before_and_after_the_job(self, client, manager, ranked, matrix):
        address = reverse("matrix_confidence", args=[matrix.pk])
        assert "has not been reached yet" in client.get(address).content.decode()
        asked = client.post(address, {"agreement": "apart", "draws": 500, "seed": 3})
        assert asked.status_code == 302
        assert "waiting for their turn" in client.get(address).content.decode()
        with acting_system("test"):
            row = Confidence.objects.get()
            run_job(row.job_id)
        part = client.get(address, headers={"HX-Request": "true", "HX-Target": "waiting"})
        assert part["HX-Refresh"] == "true"
        page = client.get(address).content.decode()
        assert "We disagree about the weights: 500 weightings, seed 3." in page
        assert reverse("confidence_charts", args=[row.pk]) in page

    def test_what_cannot_be_asked_is_said_in_the_form(self, client, manager, ranked, matrix):
        address = reverse("matrix_confidence", args=[matrix.pk])
        answer = client.post(address, {"agreement": "apart", "draws": 5, "seed": 3})
        assert answer.status_code == 422
        with acting_system("test"):
            assert not Confidence.objects.exists()

    def test_the_slider_answers_with_the_seats_alone(self, client, manager, answered, matrix):
        part = client.get(
            reverse("matrix_confidence", args=[matrix.pk]),
            {"tolerance": "0"},
            headers={"HX-Request": "true", "HX-Target": "seats"},
        ).content.decode()
        assert "All 9 seats hold" in part
        assert "<html" not in part

    def test_the_ranking_and_the_score_tell_the_chance(self, client, manager, answered):
        page = client.get(reverse("ranking")).content.decode()
        assert "in 95 % of weightings" in page
        with acting_system("test"):
            seat = Seat.objects.filter(confidence=answered, p_key__gt=0.99).first()
        text = client.get(reverse("client_score", args=[seat.client_id])).content.decode()
        assert (
            "On the list in 100\N{NARROW NO-BREAK SPACE}%" in text or "On the list in 100" in text
        )

    def test_over_rest(self, client, manager, answered, matrix):
        found = client.get(f"/api/v1/matrices/{matrix.pk}/confidence/").json()
        assert found["seed"] == answered.seed
        assert len(found["stability"]) == 2
        assert sum(each["fragile"] for each in found["stability"]) == 1
        assert all(0.05 < each["p_key"] < 0.95 for each in found["seats"])
        first = client.get("/api/v1/ranking/").json()["rows"][0]["sure"]
        assert 0.5 < first["p_key"] <= 1
        assert first["rank_low"] <= 1 <= first["rank_high"]
        seats = client.get(f"/api/v1/matrices/{matrix.pk}/seats/", {"tolerance": "0.3"}).json()
        assert seats["always"] + seats["inside"] == 9
        wrong = client.get(f"/api/v1/matrices/{matrix.pk}/seats/", {"tolerance": "many"})
        assert (wrong.status_code, "tolerance" in wrong.content.decode()) == (400, True)
        asked = client.post(
            f"/api/v1/matrices/{matrix.pk}/confidence/", {"agreement": "any", "seed": 9},
            content_type="application/json",
        )  # fmt: skip
        assert asked.status_code == 202
        assert asked.json()["concentration"] is None
        charts = client.get(f"/api/v1/confidences/{answered.pk}/charts/").json()
        assert [each["key"] for each in charts] == ["stability", "seats"]
        assert client.get(f"/api/v1/matrices/{matrix.pk}/wanted/").json() == []


def test_removals_are_rated_within_segments_as_the_run_was(matrix):
    """Leaving nobody out has to give the ratings that the run has."""
    for number, buyer in enumerate(make_buyers(50)):
        with acting_system("test"):
            type(buyer).objects.filter(pk=buyer.pk).update(segment="AB"[number % 2])
    Criterion.objects.filter(key="average_invoice").update(
        rule={"kind": "percentile", "within": "segment", "rounding": "none"}
    )
    put_to_use(matrix, WEIGHTS, selection_value=9)
    run = rank_now(matrix)
    with acting_system("test"):
        criteria = list(run.version.criteria.order_by("position"))
        found = store.loaded(run.pk, len(criteria))
        seen = []

        def kept(count, again, *_rest, **_more):
            seen.append(again(np.arange(count)))
            return ()

        with mock.patch("scoring.services.reversals.reversals", kept):
            reversals_of(run, criteria, found, 9)
    np.testing.assert_allclose(seen[0], found.ratings)


class TestAskingForWantedRatings:
    @pytest.fixture
    def wanted(self, answered):
        """Three ratings that could settle seats: of two clients with a KAM, and of one without."""
        kam = make_user("kam", name="Kim")
        criterion = Criterion.objects.get(key="values")
        with acting_system("test"):
            clients = [make_client(f"Open {n}", owner=kam if n < 2 else None) for n in range(3)]
            rows = [
                WantedRating.objects.create(
                    confidence=answered, client=client, criterion=criterion, value=0.5, needed=7
                )
                for client in clients
            ]
        return kam, rows

    def test_each_clients_kam_is_asked_and_who_has_none_is_told(self, client, matrix, wanted):
        _kam, rows = wanted
        client.force_login(make_user("administrator", language="en"))
        address = reverse("matrix_wanted", args=[matrix.pk])
        assert "Ask for the chosen ones" in client.get(address).content.decode()
        answer = client.post(address, {"wanted": [row.pk for row in rows]}, follow=True)
        text = answer.content.decode()
        assert "2 questions are asked." in text
        assert "1 client has no KAM" in text
        with acting_system("test"):
            asked = RatingRequest.objects.values_list("person__name", "client__name")
            assert set(asked) == {("Kim", "Open 0"), ("Kim", "Open 1")}
        again = client.post(address, {"wanted": [rows[0].pk]}, follow=True)
        assert "0 questions are asked." in again.content.decode()

    def test_one_person_is_asked_about_all(self, client, matrix, wanted):
        _kam, rows = wanted
        boss = make_user("administrator", language="en")
        client.force_login(boss)
        address = reverse("matrix_wanted", args=[matrix.pk])
        client.post(address, {"wanted": [row.pk for row in rows], "person": boss.pk})
        with acting_system("test"):
            assert RatingRequest.objects.filter(person=boss).count() == 3

    def test_nothing_chosen_and_a_past_day_are_told(self, client, matrix, wanted):
        _kam, rows = wanted
        client.force_login(make_user("administrator", language="en"))
        address = reverse("matrix_wanted", args=[matrix.pk])
        assert "Choose at least one rating." in client.post(address).content.decode()
        late = client.post(address, {"wanted": [rows[0].pk], "due": "2020-01-01"})
        assert (late.status_code, "has passed" in late.content.decode()) == (422, True)
        assert " checked" in late.content.decode(), "what was chosen stays chosen"
        nobody = client.post(address, {"wanted": [rows[2].pk]})
        assert "These clients have no KAM" in nobody.content.decode()
        with acting_system("test"):
            assert not RatingRequest.objects.exists()
