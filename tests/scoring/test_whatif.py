"""What-if: the list as it would be, equal to what a real run of the saved draft gives."""

from decimal import Decimal

import numpy as np
import pytest

from kam.lib.scoping import acting_system
from scoring import store
from scoring.models import Criterion, MatrixVersion, VersionCriterion
from scoring.services.versions import Choice, activate, draft_of, save_draft
from scoring.services.whatif import board_of, what_if
from tests.factories import make_client, make_document
from tests.scoring.conftest import make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db
CUT = {"selection": "top_n", "selection_value": 3, "min_coverage": 0.6}
POINTS = {
    "kind": "piecewise",
    "knots": [[0, 10], [12, 6], [60, 1]],
    "rounding": "integer",
}


def rows(version, **weights) -> list[VersionCriterion]:
    """Criteria of a version with other weights; of the library where the version lacks them."""
    stored = {row.criterion.key: row for row in version.criteria.select_related("criterion")}
    found = []
    for key, weight in weights.items():
        row = stored.get(key)
        if row is None:
            criterion = Criterion.objects.get(key=key)
            row = VersionCriterion(
                criterion=criterion,
                measure=criterion.measure,
                rule=criterion.rule,
                rated_by_people=criterion.rated_by_people,
                people_share=criterion.people_share,
            )
        row.weight = Decimal(weight)
        found.append(row)
    return found


@pytest.fixture
def ranked(matrix):
    """Six even buyers; three more with large invoices, late, so that tenure and size disagree."""
    put_to_use(matrix, {"profit": 60, "average_invoice": 30, "tenure": 10})
    buyers = make_buyers(6)
    for number in range(3):
        late = make_client(f"Late {number}")
        make_document(late, "2024-06-01", 9000 - number, cost=8000)
        buyers.append(late)
    rank_now(matrix)
    matrix.refresh_from_db()
    return buyers


def ask(matrix, criteria, **settings):
    return what_if(matrix.current_run, criteria, **{**CUT, **settings})


def real_run(matrix, criteria, **settings):
    """Save these criteria, put them to use, rank: what the what-if promised."""
    choices = [
        Choice(
            row.criterion, row.weight, row.measure, row.rule, row.rated_by_people,
            row.people_share, row.mandatory,
        )
        for row in criteria
    ]  # fmt: skip
    with acting_system("test"):
        activate(save_draft(draft_of(matrix, None), choices, **{**CUT, **settings}), "test")
    run = rank_now(matrix)
    return run, store.read(run.pk, len(choices))


def assert_same(found, run, stored):
    assert (found.size, found.rated) == (run.selected, run.rated)
    assert found.line == (pytest.approx(run.line) if run.line is not None else None)
    assert found.tie_at_line == run.tie_at_line
    assert [row.client_id for row in found.rows] == stored.client_id[stored.rank > 0].tolist()
    assert [row.after for row in found.rows] == stored.rank[stored.rank > 0].tolist()
    assert [row.selected for row in found.rows] == (
        stored.selected[stored.rank > 0].astype(bool).tolist()
    )
    assert [row.score for row in found.rows] == pytest.approx(
        stored.score[stored.rank > 0].tolist(), abs=1e-12
    )


@pytest.mark.parametrize(
    ("weights", "settings"),
    [
        ({"profit": 60, "average_invoice": 30, "tenure": 10}, {}),
        ({"profit": "12.5", "average_invoice": "12.5", "tenure": 75}, {}),
        ({"average_invoice": 90, "tenure": 10}, {}),
        ({"tenure": 1, "average_invoice": 1}, {"selection": "threshold", "selection_value": 6}),
        ({"profit": 1, "tenure": 2}, {"selection": "share", "selection_value": 0.5}),
        ({"profit": 40, "values": 60}, {}),
        ({"profit": 40, "values": 30, "solvency": 30}, {"min_coverage": 0.3}),
    ],
)
def test_it_equals_a_real_run_of_the_saved_draft(matrix, ranked, weights, settings):
    version = matrix.current_run.version
    found = ask(matrix, rows(version, **weights), **settings)
    run, stored = real_run(matrix, rows(version, **weights), **settings)
    assert_same(found, run, stored)


def test_it_equals_a_real_run_with_a_changed_rule(matrix, ranked):
    version = matrix.current_run.version
    criteria = rows(version, profit=20, tenure=80)
    criteria[1].rule = POINTS
    found = ask(matrix, criteria)
    again = rows(version, profit=20, tenure=80)
    again[1].rule = POINTS
    assert_same(found, *real_run(matrix, again))


def test_it_tells_who_comes_who_goes_and_who_moves(matrix, ranked):
    names = {buyer.pk: buyer.name for buyer in ranked}
    version = matrix.current_run.version
    same = ask(matrix, rows(version, profit=60, average_invoice=30, tenure=10))
    assert same.same
    assert (same.entrants, same.leavers, same.moves, same.moved) == ([], [], [], 0)
    before = {row.client_id: row for row in same.rows}
    assert {names[pk] for pk, row in before.items() if row.selected} == {
        "Buyer 001", "Buyer 002", "Buyer 003",
    }  # fmt: skip
    found = ask(matrix, rows(version, average_invoice=100))
    assert [names[move.client_id] for move in found.entrants] == ["Late 0", "Late 1", "Late 2"]
    assert {names[move.client_id] for move in found.leavers} == {
        "Buyer 001", "Buyer 002", "Buyer 003",
    }  # fmt: skip
    for move in [*found.entrants, *found.leavers, *found.moves]:
        assert move.before == before[move.client_id].after
        assert move.change == move.before - move.after
    moved = {row.client_id for row in found.rows if row.after != row.before}
    assert found.moved == len(moved)
    assert 0 < found.share < found.share_before < 1
    sizes = [abs(move.change) for move in found.moves]
    assert sizes == sorted(sizes, reverse=True)
    assert all(
        sum(row.parts) == pytest.approx(row.score) for row in found.rows if row.coverage == 1
    )


def test_criteria_without_weight_are_left_out(matrix, ranked):
    version = matrix.current_run.version
    with_zero = ask(matrix, rows(version, profit=50, tenure=50, average_invoice=0))
    without = ask(matrix, rows(version, profit=50, tenure=50))
    assert with_zero.rows == without.rows
    with pytest.raises(ValueError, match="above zero"):
        ask(matrix, rows(version, profit=0))


def test_warnings_name_the_criteria(matrix, ranked):
    version = matrix.current_run.version
    found = ask(matrix, rows(version, tenure=80, values=20))
    assert {notice.code for notice in found.notices} == {"dominant_weight"}
    make_buyers(30)
    rank_now(matrix)
    matrix.refresh_from_db()
    found = ask(matrix, rows(version, profit=1, average_invoice=1, partners=1))
    told = {notice.code: notice.criteria for notice in found.notices}
    assert told["correlated"] == (0, 1)
    assert told["indiscriminate"] == (2,)


def test_without_clients_there_is_nothing_to_show(matrix):
    rank_now(matrix)
    matrix.refresh_from_db()
    found = ask(matrix, rows(matrix.current_run.version, profit=1, tenure=1))
    assert (found.rows, found.size, found.share, found.same) == ([], 0, None, True)


def test_columns_are_kept_and_never_written_to(matrix, ranked):
    version = matrix.current_run.version
    first = board_of(matrix.current_run, rows(version, profit=1, tenure=1))
    second = board_of(matrix.current_run, rows(version, profit=7, tenure=2))
    assert first is second
    before = first.ratings.copy()
    ask(matrix, rows(version, profit=3, tenure=4))
    assert np.array_equal(first.ratings, before, equal_nan=True)
    assert MatrixVersion.objects.filter(status="draft").count() == 0
