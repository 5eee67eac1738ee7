"""A run's columns in memory are what its rows say, and nobody can change them."""

import numpy as np
import pytest

from kam.lib.scoping import acting_system
from scoring import store
from scoring.models import RankingRow

from .conftest import make_buyers, put_to_use, rank_now


def test_loaded_columns_are_the_rows_in_the_order_of_places(matrix):
    put_to_use(matrix, {"profit": 50, "values": 50}, min_coverage=0.5)
    make_buyers(6)
    run = rank_now(matrix)
    columns = store.loaded(run.pk, 2)
    with acting_system("test"):
        rows = list(RankingRow.objects.filter(run_id=run.pk).order_by("place"))
    assert columns.ids.tolist() == [row.client_id for row in rows]
    assert columns.profit.tolist() == [row.profit for row in rows]
    assert sorted(columns.profit, reverse=True) == columns.profit.tolist()
    assert columns.ratings[:, 0].tolist() == [row.r1 / 100 for row in rows]
    assert np.isnan(columns.ratings[:, 1]).all()  # nobody has rated the values yet
    assert columns.applicable.all()
    assert columns.selected.tolist() == [True] * 3 + [False] * 3
    with pytest.raises(ValueError, match="read-only"):
        columns.score[0] = 10
