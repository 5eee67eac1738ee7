"""Rankings from invoices, checked with a calculator."""

import datetime as dt

import pytest

from kam.lib.scoping import acting_system
from scoring.models import Matrix, RankingRow
from scoring.services.ranking import run_ranking
from tests.factories import make_client, make_document

pytestmark = pytest.mark.django_db
T = dt.date(2024, 6, 30)


@pytest.fixture
def as_system():
    with acting_system("test"):
        yield


@pytest.fixture
def matrix():
    return Matrix.objects.get(is_main=True)


def test_first_matrix_ranks_from_invoices(as_system, matrix):
    big, small, prospect = make_client("Big"), make_client("Small"), make_client("Prospect")
    make_document(big, "2022-06-30", 1000, cost=500)
    make_document(big, "2024-05-01", 1000, cost=500)
    make_document(small, "2024-05-01", 10, cost=5)
    run = run_ranking(matrix.versions.get(), T)
    rows = list(RankingRow.objects.filter(run_id=run.pk).order_by("place"))
    assert [row.client_id for row in rows] == [big.pk, small.pk, prospect.pk]
    # profit 10, average invoice 10, tenure of two years 5: (40·10 + 40·10 + 20·5) / 100
    assert (rows[0].r1, rows[0].r2, rows[0].r3) == (1000, 1000, 500)
    assert rows[0].score == pytest.approx(9.0)
    assert [row.rank for row in rows] == [1, 2, 0]
    assert rows[2].r3 == -1
    assert rows[2].coverage == pytest.approx(0.5)
