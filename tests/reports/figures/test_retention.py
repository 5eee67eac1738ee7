"""Retention and cohorts against a worked example, and what is left without the largest."""

import numpy as np
import pytest

from reports.figures.departure import without_largest
from reports.figures.regions import parts
from reports.figures.retention import cohorts, mean_kept, retention
from reports.figures.risk_value import bands, risk_value


def test_net_and_gross_retention_of_the_usual_example():
    # 100 at the beginning: 15 of expansion, 5 of contraction, 5 of churn; 40 from a new client.
    before = [50, 30, 15, 5, 0]
    now = [65, 30, 10, 0, 40]
    found = retention(before, now)
    assert (found.clients, found.stayed) == (4, 3)
    assert found.net == pytest.approx((100 + 15 - 5 - 5) / 100)
    assert found.gross == pytest.approx((100 - 5 - 5) / 100)


def test_retention_at_its_edges():
    assert retention([0, -5], [10, 10]).net is None
    found = retention([10, 10], [-4, np.nan])  # returned more than bought; nothing known
    assert (found.net, found.gross, found.stayed) == (-0.2, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_gross_never_exceeds_net_or_one(seed):
    rng = np.random.default_rng(seed)
    found = retention(rng.gamma(1, 100, 50), rng.gamma(1, 100, 50))
    assert found.gross <= min(found.net, 1)


def test_cohorts_by_hand():
    # Two that began in month 0 and 1 (cohort 7), one in month 6 (cohort 9), one without a cohort.
    client = [0, 0, 0, 1, 1, 2, 2, 3]
    month = [0, 2, 3, 1, 6, 6, 9, 0]
    amount = [10, 20, 15, 30, 45, 8, 4, 99]
    found = cohorts([7, 7, 9, -1], [0, 1, 6, 0], client, month, amount, 12)
    assert found.labels.tolist() == [7, 9]
    assert found.clients.tolist() == [2, 1]
    assert found.base.tolist() == [60, 8]
    # Client 0: months 0–2 = 30, 3–5 = 15; client 1: months 1–3 = 30, 4–6 = 45.
    assert found.kept[0].tolist()[:3] == [1, 1, 0]
    assert np.isnan(found.kept[0, 3]), "client 1 has not lived through months 10–12"
    assert found.kept[1, :2].tolist() == [1, 0.5]
    assert np.isnan(found.kept[1, 2:]).all()
    assert mean_kept(found).tolist()[:2] == [1, pytest.approx((60 + 4) / 68)]


def test_without_the_largest_by_hand():
    found = without_largest([40, 10, 30, 20], [1, 4, 6, -1])
    assert [each.count for each in found] == [0, 1, 3], "of four clients five cannot leave"
    assert [each.profit for each in found] == [10, 9, 4]
    assert [each.revenue for each in found] == [100, 60, 10]
    # Shares .4 .3 .2 .1, then 3/6 2/6 1/6.
    assert found[0].hhi == pytest.approx(1e4 * 0.3)
    assert found[1].hhi == pytest.approx(1e4 * 14 / 36)
    assert found[1].largest == pytest.approx(0.5)
    assert found[2].effective == 1


def test_risk_and_value_by_hand():
    assert bands([39.9, 40, 69.9, 70, np.nan], 40, 70).tolist() == [
        "bad", "watch", "watch", "good", "unknown",
    ]  # fmt: skip
    band, value, fields = risk_value([10, 90, np.nan, 50], [70, 20, 10, -5], fair=40, good=70)
    assert value.tolist() == ["A", "A", "B", ""]
    assert (fields["A"]["bad"].clients, fields["A"]["bad"].profit) == (1, 70)
    assert (fields["B"]["unknown"].profit, fields[""]["watch"].profit) == (10, -5)
    assert sum(f.clients for row in fields.values() for f in row.values()) == len(band)


def test_parts_put_the_smallest_together():
    found = parts([1, 1, 2, 3, 0], [5, 5, 4, 3, 8], [5, 0, 8, 0, 0], [1, 1, 1, 0, 1], most=2)
    assert [(p.code, p.clients, p.groups, p.amount) for p in found] == [
        (1, 2, 1, 10), (0, 1, 1, 8), (-1, 1, 2, 7),
    ]  # fmt: skip
    assert found[0].share == pytest.approx(10 / 25)
    assert [p.growth for p in found] == [1, None, pytest.approx(7 / 8 - 1)]
    assert [p.code for p in parts([0, 1], [1, 2], [0, 0], [1, 1], most=1)] == [1, 0]
