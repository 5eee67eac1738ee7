"""Why one stands above another, what changed, and what would lift a client: applied, it comes true."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse
from django.utils import translation

from kam.lib.scoping import acting_system
from scoring.models import RankingRow
from scoring.selectors.matrices import version_criteria
from scoring.services import comparison, lifting, score_change
from scoring.services.explanation import explain, row_ratings
from scoring.services.ratings import Opinion, record_opinions
from tests.factories import make_client, make_user

from .conftest import put_to_use, rank_now

pytestmark = pytest.mark.django_db
KNOWN = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
DAY, LATER = dt.date(2024, 6, 30), dt.date(2024, 9, 30)
CRITERIA = ("values", "procurement", "relationship")


@pytest.fixture
def criteria(matrix):
    """Three criteria that people rate."""
    from scoring.models import Criterion

    for number, key in enumerate(CRITERIA):
        Criterion.objects.update_or_create(
            key=key,
            defaults={
                "label_ru": f"Критерий {number}", "label_en": f"Criterion {number}", "measure": "",
                "rule": {"kind": "manual", "rounding": "integer"}, "rated_by_people": True,
                "people_share": 1,
            },
        )  # fmt: skip
    return [Criterion.objects.get(key=key) for key in CRITERIA]


def think(client, criteria, values, known=KNOWN):
    with acting_system("test"):
        record_opinions(
            Opinion(
                client.pk, criterion.pk, Decimal(value), rater_name="A", date=known.date(),
                known_from=known,
            )
            for criterion, value in zip(criteria, values, strict=True)
            if value is not None
        )  # fmt: skip


def ranked(matrix, criteria, table, weights=(50, 30, 20), size=2, owner=None, day=DAY, **settings):
    """Clients by name with these ratings, ranked; None = not rated."""
    clients = {name: make_client(name, owner=owner) for name in table}
    for name, values in table.items():
        think(clients[name], criteria, values)
    put_to_use(matrix, dict(zip(CRITERIA, weights, strict=True)), selection_value=size, **settings)
    return clients, rank_now(matrix, day)


def row_of(run, client) -> RankingRow:
    with acting_system("test"):
        return RankingRow.objects.select_related("client").get(run_id=run.pk, client=client)


TABLE = {"Alpha": (9, 6, 2), "Beta": (5, 8, 8), "Gamma": (4, 4, 9), "Delta": (2, 3, 1)}


def compared(run, one, other):
    with acting_system("test"):
        return comparison.compare(run, row_of(run, one), row_of(run, other))


class TestComparison:
    def test_the_parts_are_those_worked_out_by_hand(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = compared(run, clients["Beta"], clients["Alpha"])
        # Alpha 4.5 + 1.8 + 0.4 = 6.7; Beta 2.5 + 2.4 + 1.6 = 6.5.
        assert (found.above.client, found.below.client) == (clients["Alpha"], clients["Beta"])
        assert found.difference == pytest.approx(0.2)
        points = {part.criterion.criterion.key: part.points for part in found.parts}
        assert points == pytest.approx({"values": 2.0, "procurement": -0.6, "relationship": -1.2})
        assert [abs(part.points) for part in found.parts] == sorted(
            (abs(p) for p in points.values()), reverse=True
        )

    def test_the_new_weights_put_the_other_ahead_and_half_of_the_way_does_not(
        self, matrix, criteria
    ):
        clients, run = ranked(matrix, criteria, TABLE)
        found = compared(run, clients["Alpha"], clients["Beta"])
        with acting_system("test"):
            rows = version_criteria(run.version)
        old = np.array([row.share for row in rows])
        new = old.copy()
        for each in found.weights:
            new[each.criterion.position - 1] = each.after
        assert new.sum() == pytest.approx(1)
        a, b = (row_ratings(row, 3) for row in (found.above, found.below))
        assert b @ new > a @ new
        half = (old + new) / 2
        assert b @ half < a @ half

    def test_the_new_rating_puts_the_other_ahead_after_another_ranking(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = compared(run, clients["Alpha"], clients["Beta"])
        assert found.rating.after > found.rating.before
        at = found.rating.criterion.position - 1
        less = list(TABLE["Beta"])
        less[at] = found.rating.after - 1
        assert np.dot(less, (0.5, 0.3, 0.2)) <= found.above.score
        think(
            clients["Beta"], [found.rating.criterion.criterion], [found.rating.after],
            KNOWN + dt.timedelta(days=5),
        )  # fmt: skip
        again = rank_now(matrix)
        assert row_of(again, clients["Beta"]).place < row_of(again, clients["Alpha"]).place

    def test_what_is_rated_for_one_alone_is_told_apart(self, matrix, criteria):
        clients, run = ranked(
            matrix, criteria, {"Alpha": (9, 6, None), "Beta": (5, 8, 8), "Gamma": (1, 1, 1)}
        )
        found = compared(run, clients["Alpha"], clients["Beta"])
        assert sum(part.points for part in found.parts) == pytest.approx(found.difference)
        assert any(abs(part.from_gaps) > 0.01 for part in found.parts)

    @pytest.mark.parametrize("language", ["ru", "en"])
    def test_in_words(self, matrix, criteria, language):
        clients, run = ranked(matrix, criteria, TABLE)
        found = compared(run, clients["Alpha"], clients["Beta"])
        with translation.override(language):
            why, weights, rating = comparison.sentences(found)
        label = found.parts[0].criterion.criterion
        assert (label.label_ru if language == "ru" else label.label_en) in why
        assert "Alpha" in why
        assert ("0,20" if language == "ru" else "0.20") in why
        assert "50" in weights
        assert str(int(found.rating.after)) in rating

    def test_who_is_better_on_nothing_gets_ahead_by_no_weights(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = compared(run, clients["Alpha"], clients["Delta"])
        assert found.weights is None
        assert found.rating is None
        with translation.override("en"):
            _why, weights, rating = comparison.sentences(found)
        assert weights == "No weights put Delta ahead: it is rated higher on nothing."
        assert rating == "No single rating of Delta, raised up to 10, would be enough."

    def test_equal_clients_are_level(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, {"Alpha": (5, 5, 5), "Beta": (5, 5, 5)}, size=1)
        found = compared(run, clients["Alpha"], clients["Beta"])
        assert found.level
        with translation.override("en"):
            assert "have the same points" in comparison.sentences(found)[0]


class TestChange:
    def test_weights_and_ratings_sum_to_the_change(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        think(clients["Alpha"], criteria[1:2], [10], KNOWN + dt.timedelta(days=60))
        put_to_use(matrix, dict(zip(CRITERIA, (40, 40, 20), strict=True)), selection_value=2)
        later = rank_now(matrix, LATER)
        was, now = row_of(run, clients["Alpha"]), row_of(later, clients["Alpha"])
        with acting_system("test"):
            found = score_change.score_change(run, was, later, now)
        # Alpha 6.7 -> 9·0.4 + 10·0.4 + 2·0.2 = 8.0.
        assert found.points == pytest.approx(1.3)
        assert found.from_weights + found.from_ratings == pytest.approx(1.3)
        parts = {part.criterion.criterion.key: part for part in found.parts}
        # Shapley for two factors: half of each order.
        assert parts["procurement"].from_ratings == pytest.approx(4 * (0.3 + 0.4) / 2)
        assert parts["procurement"].from_weights == pytest.approx(0.1 * (6 + 10) / 2)
        assert parts["values"].from_ratings == 0
        assert parts["values"].from_weights == pytest.approx(-0.9)
        with translation.override("en"):
            first, second = score_change.sentences(found)
        assert "+1.30" in first
        assert "+1.40 from ratings" in first
        assert "from 6 to 10" in second

    def test_a_criterion_that_came_and_one_that_went(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        put_to_use(
            matrix, {"values": 50, "average_invoice": 50}, selection_value=2, min_coverage=0.3
        )
        later = rank_now(matrix, LATER)
        was, now = row_of(run, clients["Alpha"]), row_of(later, clients["Alpha"])
        with acting_system("test"):
            found = score_change.score_change(run, was, later, now)
        assert found.points == pytest.approx(9 - 6.7)
        assert sum(part.points for part in found.parts) == pytest.approx(found.points)
        gone = next(p for p in found.parts if p.criterion.criterion.key == "relationship")
        assert gone.share_after is None

    def test_without_a_place_before_there_is_nothing_to_compare(self, matrix, criteria):
        _clients, run = ranked(matrix, criteria, TABLE)
        new = make_client("Newcomer")
        think(new, criteria, (7, 7, 7), KNOWN + dt.timedelta(days=60))
        later = rank_now(matrix, LATER)
        with acting_system("test"):
            found = score_change.score_change(run, None, later, row_of(later, new))
        assert found.points is None
        assert found.parts is None
        with translation.override("ru"):
            assert "ещё не было места" in score_change.sentences(found)[0]


class TestLift:
    def lifting(self, run, client):
        with acting_system("test"):
            return lifting.lifting(explain(client, run, row_of(run, client)))

    def test_each_rating_alone_brings_the_client_over_the_line(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = self.lifting(run, clients["Gamma"])
        assert not found.listed
        assert found.line == pytest.approx(6.5)
        # Gamma 2.0 + 1.2 + 1.8 = 5.0; over 6.5 take 8 on the first or 10 on the second.
        assert {each.criterion.criterion.key: each.after for each in found.lifts} == {
            "values": 8, "procurement": 10,
        }  # fmt: skip
        for each in found.lifts:
            ratings = list(TABLE["Gamma"])
            ratings[each.criterion.position - 1] = each.after
            assert np.dot(ratings, (0.5, 0.3, 0.2)) > found.line
            ratings[each.criterion.position - 1] = each.after - 1
            assert np.dot(ratings, (0.5, 0.3, 0.2)) <= found.line + 1e-9
        assert next(each.criterion.criterion.key for each in found.lifts) == "values"

    def test_a_client_on_the_list_is_told_what_would_put_it_off(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = self.lifting(run, clients["Alpha"])
        assert found.listed
        assert found.lifts
        # Under the line it would be the last on the list; behind Gamma with 5.0 it is off it.
        for each in found.lifts:
            ratings = list(TABLE["Alpha"])
            ratings[each.criterion.position - 1] = each.after
            assert np.dot(ratings, (0.5, 0.3, 0.2)) < 5.0
            ratings[each.criterion.position - 1] = each.after + 1
            assert np.dot(ratings, (0.5, 0.3, 0.2)) >= 5.0

    def test_where_no_single_rating_is_enough_it_says_so(self, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        found = self.lifting(run, clients["Delta"])
        assert found.lifts == []
        with translation.override("en"):
            assert lifting.sentences(found) == [
                "No single rating would bring this client over the line; it takes more than one."
            ]

    def test_a_measure_is_told_with_the_value_that_would_be_enough(self, matrix, criteria):
        from scoring.models import Criterion
        from tests.factories import make_document

        Criterion.objects.filter(key="average_invoice").update(
            rule={"kind": "threshold", "cuts": [100, 200, 300, 400, 500, 600, 700, 800, 900]}
        )
        for number in range(6):
            buyer = make_client(f"Buyer {number}")
            make_document(buyer, "2024-05-01", 150 + 150 * number)
        put_to_use(
            matrix, {"average_invoice": 99, "values": 1}, selection_value=2, min_coverage=0.5
        )
        run = rank_now(matrix)
        client = row_of(run, buyer).client.__class__.unscoped.get(name="Buyer 1")
        found = self.lifting(run, client)
        values = {each.criterion.measure: each.value for each in found.lifts}
        assert values["average_invoice"] == 800
        with translation.override("en"):
            assert "800" in lifting.sentences(found)[0]


class TestPages:
    @pytest.fixture
    def kam(self, client):
        person = make_user("kam", language="en")
        client.force_login(person)
        return person

    def test_two_clients_side_by_side(self, client, kam, matrix, criteria):
        clients, _run = ranked(matrix, criteria, TABLE, owner=kam)
        address = reverse("ranking_comparison")
        assert "Name two clients" in client.get(address).content.decode()
        page = client.get(address, {"a": "Beta", "b": clients["Alpha"].pk}).content.decode()
        assert "Alpha stands above Beta by 0.20 points" in page
        assert "They would change places with these weights" in page
        across = client.get(address, {"a": clients["Gamma"].pk}).content.decode()
        assert "Beta stands above Gamma" in across
        assert "two sides of the key line" in across
        same = client.get(address, {"a": "Beta", "b": "Beta"}).content.decode()
        assert "one and the same client" in same

    def test_a_foreign_client_is_as_unknown_as_none(self, client, kam, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE)
        with acting_system("test"):
            own = make_client("Own", owner=kam)
        address = reverse("ranking_comparison")
        answers = [
            client.get(address, {"a": own.pk, "b": other})
            for other in (clients["Alpha"].pk, 987_654_321)
        ]
        assert [answer.status_code for answer in answers] == [422, 422]
        texts = [answer.content.decode() for answer in answers]
        assert all("There is no client with this name or INN." in text for text in texts)
        api = reverse("api:client-score-comparison", args=[own.pk])
        for other in (clients["Alpha"].pk, 987_654_321):
            assert client.get(api, {"with": other}).status_code == 404
        assert run.pk

    def test_the_points_of_a_client_tell_change_and_lift(self, client, kam, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE, owner=kam)
        think(clients["Gamma"], criteria[:1], [5], KNOWN + dt.timedelta(days=60))
        rank_now(matrix, LATER)
        address = reverse("client_score", args=[clients["Gamma"].pk])
        page = client.get(address).content.decode()
        assert "rated 8 instead of 5 would be enough." in page
        assert "the points changed by +0.50: +0.50 from ratings, 0.00 from weights" in page
        assert client.get(address, {"since": run.pk}).status_code == 200

    def test_over_rest(self, client, kam, matrix, criteria):
        clients, run = ranked(matrix, criteria, TABLE, owner=kam)
        think(clients["Gamma"], criteria[:1], [5], KNOWN + dt.timedelta(days=60))
        rank_now(matrix, LATER)
        gamma = clients["Gamma"].pk
        change = client.get(f"/api/v1/clients/{gamma}/score/change/").json()
        assert change["points"] == pytest.approx(0.5)
        assert change["earlier"]["id"] == run.pk
        assert (
            client.get(f"/api/v1/clients/{gamma}/score/change/", {"since": 987_654_321}).status_code
            == 404
        )
        lifts = client.get(f"/api/v1/clients/{gamma}/score/lift/").json()
        assert lifts["lifts"][0]["criterion"] == "values"
        address = f"/api/v1/clients/{gamma}/score/comparison/"
        found = client.get(address, {"with": clients["Alpha"].pk}).json()
        assert found["above"]["name"] == "Alpha"
        assert sum(part["points"] for part in found["parts"]) == pytest.approx(found["difference"])
        assert client.get(address).json()["above"]["name"] == "Beta"
        for wrong in ("x", 0, gamma):
            assert client.get(address, {"with": wrong}).status_code == 400
