"""Small rankings for tests: clients in the order of their size."""

import datetime as dt
from decimal import Decimal

import pytest

from kam.lib.scoping import acting_system
from scoring.models import Criterion, Matrix, MatrixVersion, RankingRun
from scoring.services.ranking import run_ranking
from scoring.services.versions import Choice, activate, draft_of, save_draft
from tests.factories import make_client, make_document

DAY = dt.date(2024, 6, 30)


@pytest.fixture
def as_system():
    with acting_system("test"):
        yield


@pytest.fixture
def matrix(db) -> Matrix:
    return Matrix.objects.get(is_main=True)


def make_buyers(count: int, **fields) -> list:
    """Clients that bought twice, the first one the most."""
    buyers = []
    for number in range(count):
        buyer = make_client(f"Buyer {number + 1:03}", **fields)
        net = 1000 * (count - number)
        make_document(buyer, "2022-06-30", net, cost=net / 2)
        make_document(buyer, "2024-05-01", net, cost=net / 2)
        buyers.append(buyer)
    return buyers


def rank_now(matrix: Matrix, day: dt.date = DAY) -> RankingRun:
    with acting_system("test"):
        version = matrix.versions.get(status=MatrixVersion.Status.ACTIVE)
        return run_ranking(version, day)


def put_to_use(matrix: Matrix, weights: dict[str, int], **settings) -> MatrixVersion:
    """A new active version with these criteria of the library."""
    settings = {
        "selection": "top_n", "selection_value": 3, "min_coverage": 0.6, **settings
    }  # fmt: skip
    with acting_system("test"):
        choices = [
            Choice(Criterion.objects.get(key=key), Decimal(weight))
            for key, weight in weights.items()
        ]
        version = save_draft(draft_of(matrix, None), choices, **settings)
        return activate(version, "for the test")
