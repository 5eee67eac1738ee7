"""What the sentences on a score say comes true when it is done and ranked again."""

# ruff: noqa: F811 - the fixture of criteria is that of the neighbour

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse
from django.utils import translation

from kam.lib.scoping import acting_system
from scoring.engine.inverse import shown_value, value_for
from scoring.engine.ratings import apply_fitted
from scoring.engine.rules import rule_from_dict
from scoring.models import Criterion
from scoring.services import comparison, lifting
from scoring.services.explanation import explain, row_ratings
from scoring.services.ratings import Opinion, record_opinions
from scoring.services.versions import Choice, activate, draft_of, save_draft
from tests.factories import make_client, make_document, make_user

from .conftest import put_to_use, rank_now
from .test_explanations import (  # noqa: F401 - a fixture
    CRITERIA,
    KNOWN,
    LATER,
    TABLE,
    compared,
    criteria,
    ranked,
    row_of,
    think,
)

pytestmark = pytest.mark.django_db


def explained(run, client):
    with acting_system("test"):
        return explain(client, run, row_of(run, client))


def lifts_of(run, client):
    with acting_system("test"):
        return lifting.lifting(explained(run, client))


def told(found, language="en"):
    with translation.override(language):
        return lifting.sentences(found)


def rerated(matrix, client, criteria, values, at, after, days):
    """The client's row in a ranking after one of its ratings has changed."""
    values = [*values[:at], after, *values[at + 1 :]]
    think(client, criteria, values, KNOWN + dt.timedelta(days=days))
    return row_of(rank_now(matrix), client)


class TestOffTheList:
    def test_falling_under_the_line_is_not_enough_falling_behind_the_next_is(
        self, matrix, criteria
    ):  # fmt: skip
        clients, run = ranked(
            matrix, criteria, {"Alpha": (9, 6, 8), "Beta": (8, 7, 7), "Gamma": (7, 7, 7)}
        )
        # Alpha 7.9, Beta 7.5, the list ends there; Gamma 7.0, off it.
        found = lifts_of(run, clients["Alpha"])
        assert found.rival.client == clients["Gamma"]
        needed = {each.criterion.criterion.key: each.after for each in found.lifts}
        # More than 0.9 points: 2 on the first (1 makes 7.4, under the line only), 4, 5.
        assert needed == {"values": 7, "procurement": 2, "relationship": 3}
        for number, each in enumerate(found.lifts):
            at = each.criterion.position - 1
            ratings = (9, 6, 8)
            almost = rerated(
                matrix, clients["Alpha"], criteria, ratings, at, each.after + 1, 1 + 2 * number
            )
            assert almost.selected
            row = rerated(
                matrix, clients["Alpha"], criteria, ratings, at, each.after, 2 + 2 * number
            )
            assert not row.selected

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", "falling from 9 to 7 would put it behind Gamma and so off the list."),
            ("ru", "при падении с 9 до 7 клиент оказался бы ниже, чем Gamma, то есть вне списка."),
        ],
    )
    def test_in_words(self, matrix, criteria, language, words):
        clients, run = ranked(
            matrix, criteria, {"Alpha": (9, 6, 8), "Beta": (8, 7, 7), "Gamma": (7, 7, 7)}
        )
        assert words in told(lifts_of(run, clients["Alpha"]), language)[0]

    def test_level_with_the_one_off_the_list_it_has_to_fall(self, matrix, criteria):
        # Both have 6.2; the main criterion decides for Alpha.
        table = {"Alpha": (7, 5, 6), "Beta": (6, 6, 7)}
        clients, run = ranked(matrix, criteria, table, size=1)
        assert row_of(run, clients["Alpha"]).selected
        found = lifts_of(run, clients["Alpha"])
        assert [each.after for each in found.lifts] == [6, 4, 5]
        row = rerated(matrix, clients["Alpha"], criteria, table["Alpha"], 2, 5, 1)
        assert not row.selected

    def test_where_everybody_is_on_the_list_nothing_puts_one_off(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE, size=9)
        found = lifts_of(run, clients["Delta"])
        assert found.lifts == []
        assert told(found) == [
            "Everybody with a place is on the list, so no rating would put this client off."
        ]

    def test_a_kam_is_told_of_own_clients_only(self, client, matrix, criteria):
        kam = make_user("kam", language="en")
        clients, _run = ranked(matrix, criteria, TABLE)
        mine = make_client("Mine", owner=kam)
        think(mine, criteria, (10, 10, 10))
        rank_now(matrix)
        client.force_login(kam)
        page = client.get(reverse("client_score", args=[mine.pk])).content.decode()
        assert "None of the clients you may see is off the list" in page
        assert not any(name in page for name in clients)


class TestThreshold:
    def test_level_with_the_threshold_is_enough(self, matrix, criteria):
        client = make_client("Alpha")
        think(client, criteria, (6, 6, 6))
        put_to_use(
            matrix, dict(zip(CRITERIA, (50, 25, 25), strict=True)),
            selection="threshold", selection_value=7,
        )  # fmt: skip
        found = lifts_of(rank_now(matrix), client)
        # 8 · 0.5 + 6 · 0.5 = 7; 10 · 0.25 + 6 · 0.75 = 7.
        assert [each.after for each in found.lifts] == [8, 10, 10]
        assert rerated(matrix, client, criteria, (6, 6, 6), 0, 7, 1).selected == 0
        assert rerated(matrix, client, criteria, (6, 6, 6), 0, 8, 2).selected == 1

    def test_falling_below_it_is_off_the_list(self, matrix, criteria):
        client = make_client("Alpha")
        think(client, criteria, (8, 7, 7))
        put_to_use(
            matrix, dict(zip(CRITERIA, (50, 25, 25), strict=True)),
            selection="threshold", selection_value=7,
        )  # fmt: skip
        found = lifts_of(rank_now(matrix), client)
        assert found.lifts[0].after == 6
        assert "falling from 8 to 6 would put it off the list." in told(found)[0]
        assert rerated(matrix, client, criteria, (8, 7, 7), 0, 7, 1).selected == 1
        assert rerated(matrix, client, criteria, (8, 7, 7), 0, 6, 2).selected == 0


class TestPossibleRatings:
    def test_a_rating_of_hundredths_is_rounded_onwards(self, matrix, criteria):
        Criterion.objects.filter(key="values").update(rule={"kind": "manual", "rounding": "none"})
        table = {"Alpha": (9, 6, 2), "Beta": ("6.35", 7, 7), "Gamma": ("4.25", 5, 6)}
        clients, run = ranked(matrix, criteria, table, weights=(47, 31, 22))
        found = {
            each.criterion.criterion.key: each for each in lifts_of(run, clients["Gamma"]).lifts
        }
        # The line is 6.53; from 1.55 + 1.32 + 0.47 x: x over 7.787…
        assert found["values"].after == 7.79
        assert rerated(matrix, clients["Gamma"], criteria, ("4.25", 5, 6), 0, "7.78", 1).rank == 3
        assert rerated(matrix, clients["Gamma"], criteria, ("4.25", 5, 6), 0, "7.79", 2).rank < 3
        # What gives whole ratings is not asked for a part of one.
        assert all(each.after % 1 == 0 for key, each in found.items() if key != "values")

    def test_who_rates_is_named_where_people_do(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = lifts_of(run, clients["Gamma"])
        assert found.lifts[0].raters == ["A"]
        assert told(found)[0].endswith("would be enough. Rated by A.")
        assert told(found, "ru")[0].endswith("Кто оценил: A.")


class TestValues:
    def test_less_is_asked_for_as_at_most(self, matrix, criteria):
        # A falling rule: the smaller the average invoice, the better, up to 900.
        Criterion.objects.filter(key="average_invoice").update(
            rule={"kind": "threshold", "cuts": [100, 200, 300, 400, 500, 600, 700, 800, 900],
                  "direction": "cost"}
        )  # fmt: skip
        buyers = [make_client(f"Buyer {number}") for number in range(6)]
        for number, buyer in enumerate(buyers):
            make_document(buyer, "2024-05-01", 850 - 120 * number)
        put_to_use(
            matrix, {"average_invoice": 99, "values": 1}, selection_value=2, min_coverage=0.5
        )
        found = lifts_of(rank_now(matrix), buyers[0])
        asked = found.lifts[0]
        assert asked.value < asked.part.value
        words = told(found)[0]
        assert "up to" in words
        assert " from ₽" not in words
        assert "не больше" in told(found, "ru")[0]

    @pytest.mark.parametrize("direction", ["benefit", "cost"])
    @pytest.mark.parametrize("log", [True, False])
    def test_a_rounded_value_is_still_enough(self, direction, log):
        rule = rule_from_dict(
            {"kind": "min_max", "lo": 3.3, "hi": 98_765.4, "log": log, "direction": direction}
        )
        for rating in range(2, 11):
            exact = value_for(rule, {}, rating)
            shown = shown_value(rule, {}, rating, exact, 0)
            assert apply_fitted(rule, {}, [shown]).ratings[0] >= rating
            assert abs(shown - exact) <= 1


class TestWeightsAsTold:
    def test_the_percentages_of_the_sentence_are_enough(self, matrix, criteria):
        """Not only the exact weights: those that a reader types in."""
        generator = np.random.default_rng(5)
        table = {
            f"Client {number:02}": [int(x) for x in generator.integers(1, 11, 3)]
            for number in range(12)
        }
        clients, run = ranked(matrix, criteria, table, weights=(47, 31, 22), size=3)
        tried = 0
        for one in clients.values():
            for other in clients.values():
                if one.pk >= other.pk:
                    continue
                found = compared(run, one, other)
                if not found.weights:
                    continue
                weights = np.array([0.47, 0.31, 0.22])
                for each in found.weights:
                    weights[each.criterion.position - 1] = each.shown
                    with translation.override("en"):
                        assert f"{each.shown * 100:.{each.decimals}f}" in " ".join(
                            comparison.sentences(found)
                        )
                above, below = (row_ratings(row, 3) for row in (found.above, found.below))
                assert below @ weights > above @ weights, (found.above, found.below)
                tried += 1
        assert tried > 20


class TestHonestComparisons:
    def test_where_no_change_is_enough_a_first_rating_may_be(self, matrix, criteria):
        # Alpha 1.35 + 1.2 + 7 = 9.55. Beta 9; a 10 on one of the two makes 9.5, a first 10 on the
        # third 2.7 + 7 = 9.7.
        table = {"Alpha": (9, 8, 10), "Beta": (9, 9, None)}
        clients, run = ranked(matrix, criteria, table, weights=(15, 15, 70), min_coverage=0.3)
        found = compared(run, clients["Alpha"], clients["Beta"])
        assert (found.rating.before, found.rating.after) == (None, 10)
        with translation.override("en"):
            assert comparison.sentences(found)[2] == (
                "If Beta were rated 10 on “Criterion 2”, where it has no rating yet, it would be ahead."
            )
        row = rerated(matrix, clients["Beta"], criteria, table["Beta"], 2, 10, 2)
        assert row.rank == 1

    def test_where_gaps_differ_it_is_not_said_to_be_rated_lower_on_all(self, matrix, criteria):
        clients, run = ranked(
            matrix, criteria, {"Alpha": (9, 9, None), "Beta": (2, 2, 8)}, weights=(45, 45, 10)
        )
        found = compared(run, clients["Alpha"], clients["Beta"])
        with translation.override("en"):
            words = comparison.sentences(found)[1]
        assert "it is rated higher on nothing" not in words

    def test_a_difference_too_small_for_two_decimals_is_not_zero(self):
        with translation.override("en"):
            assert comparison._points(0.004) == "0.004"
            assert comparison._points(0.62, signed=True) == "+0.62"
            assert comparison._points(0.0) == "0.00"

    def test_what_does_not_apply_is_not_shown_as_unrated(self, matrix, criteria):
        clients, _run = ranked(
            matrix, criteria, {"Alpha": (9, 6, None), "Beta": (5, 8, 8), "Gamma": (4, 4, 9)}
        )
        with acting_system("test"):
            record_opinions(
                [
                    Opinion(
                        clients["Alpha"].pk, criteria[2].pk, None, rater_name="A",
                        date=KNOWN.date(), known_from=KNOWN, not_applicable=True,
                    )
                ]
            )  # fmt: skip
        run = rank_now(matrix)
        found = compared(run, clients["Alpha"], clients["Beta"])
        part = next(p for p in found.parts if p.criterion.criterion.key == "relationship")
        alpha_first = found.above.client == clients["Alpha"]
        assert (part.first_applies, part.second_applies) == (not alpha_first, alpha_first)


class TestNoAnswer:
    def test_a_mandatory_criterion_that_is_not_rated_is_named(self, matrix, criteria):
        clients, _run = ranked(matrix, criteria, {**TABLE, "Echo": (9, 9, None)})
        with acting_system("test"):
            choices = [
                Choice(each, Decimal(weight), mandatory=each.key == "relationship")
                for each, weight in zip(criteria, (50, 30, 20), strict=True)
            ]
            settings = {"selection": "top_n", "selection_value": 2, "min_coverage": 0.6}
            activate(save_draft(draft_of(matrix, None), choices, **settings), "for the test")
        found = explained(rank_now(matrix), clients["Echo"])
        assert found.score is None
        assert lifting.lifting(found) is None
        with translation.override("en"):
            assert lifting.no_lift_words(found) == [
                "“Criterion 2” has to be rated before this client gets a place."
            ]

    def test_a_list_cut_by_profit_says_so(self, client, matrix, criteria):
        person = make_user("manager", language="en")
        clients, _run = ranked(matrix, criteria, TABLE)
        make_document(clients["Alpha"], "2024-05-01", 900, cost=100)
        put_to_use(
            matrix, dict(zip(CRITERIA, (50, 30, 20), strict=True)),
            selection="share", selection_value=0.8,
        )  # fmt: skip
        rank_now(matrix)
        client.force_login(person)
        words = "The list is cut by profit, not by points: no rating moves a client over its end."
        page = client.get(reverse("client_score", args=[clients["Beta"].pk])).content.decode()
        assert words in page
        answer = client.get(f"/api/v1/clients/{clients['Beta'].pk}/score/lift/").json()
        assert (answer["lifts"], answer["sentences"]) == ([], [words])


class TestSinceAndNext:
    def test_since_has_to_be_an_earlier_ranking_of_the_same_matrix(self, client, matrix, criteria):
        person = make_user("manager")
        clients, first = ranked(matrix, criteria, TABLE)
        later = rank_now(matrix, LATER)
        client.force_login(person)
        address = f"/api/v1/clients/{clients['Alpha'].pk}/score/change/"
        assert client.get(address, {"since": first.pk}).status_code == 200
        for wrong in (later.pk, 987_654_321):
            assert client.get(address, {"since": wrong}).status_code == 404
        assert client.get(address, {"since": "x"}).status_code == 400

    def test_the_points_lead_to_the_comparison_with_the_next_one(self, client, matrix, criteria):
        person = make_user("manager", language="en")
        clients, run = ranked(matrix, criteria, TABLE)
        client.force_login(person)
        page = client.get(reverse("client_score", args=[clients["Alpha"].pk])).content.decode()
        assert "Why above the next one?" in page
        address = f"?a={clients['Alpha'].pk}&amp;b={clients['Beta'].pk}&amp;run={run.pk}"
        assert address in page
        last = client.get(reverse("client_score", args=[clients["Delta"].pk])).content.decode()
        assert "Why above the next one?" not in last
