"""The detectors against published and independently computed examples, and at their edges."""

import datetime as dt
import math
import random

import pytest
from scipy import stats

from accounts.radar import budget, paying, rhythm, trend, word

DAY = dt.date(2026, 3, 16)


def days_every(gap: int, many: int, last: dt.date) -> list[dt.date]:
    return [last - dt.timedelta(days=gap * back) for back in range(many)]


# --- Rhythm -----------------------------------------------------------------------------------------


def test_equal_gaps_have_the_least_spread_and_are_half_over_at_their_length():
    own = rhythm.rhythm_of([math.log(10)] * 8, None)
    assert own.spread == rhythm.LEAST_SPREAD
    assert own.usual == pytest.approx(10)
    assert own.overdue(10) == pytest.approx(0.5)
    # One sided 5 % of a log-normal: exp(mean + 1.6449 sd).
    assert own.overdue(10 * math.exp(1.6448536 * 0.15)) == pytest.approx(0.05, abs=1e-6)
    assert own.overdue(0) == 1.0


def test_a_window_holds_four_gaps_of_five():
    own = rhythm.Rhythm(math.log(30), 0.4)
    low, high = own.window
    lognormal = stats.lognorm(s=0.4, scale=30)
    assert lognormal.cdf(high) - lognormal.cdf(low) == pytest.approx(0.8)


def test_short_histories_are_drawn_to_the_segment():
    segment = rhythm.Rhythm(math.log(20), 0.5)
    own = rhythm.rhythm_of([math.log(10)] * 4, segment)
    assert own.mean == pytest.approx((4 * math.log(10) + 4 * math.log(20)) / 8)
    assert own.spread == pytest.approx(4 * 0.5 / 8)
    few = rhythm.rhythm_of([math.log(10)] * 3, segment)
    assert (few.mean, few.spread, few.gaps) == (segment.mean, segment.spread, 3)
    assert rhythm.rhythm_of([math.log(10)] * 3, None) is None


def test_a_segment_speaks_by_those_with_a_rhythm():
    assert rhythm.segment_rhythm([]) is None
    assert rhythm.segment_rhythm([[1.0, 2.0]]) is None
    found = rhythm.segment_rhythm([[1.0] * 4, [3.0] * 5, [9.0]])
    assert (found.mean, found.spread) == (2.0, rhythm.LEAST_SPREAD)


def test_late_order_turns_from_nothing_to_watch_to_alarm():
    orders = days_every(10, 12, DAY)

    def at(after):
        return rhythm.late_order(orders, None, DAY + dt.timedelta(days=after))[1]

    assert at(11) is None
    assert at(13).level == 1
    assert at(14).level == 2
    evidence = at(14).evidence
    assert (evidence["days"], evidence["usual"], evidence["gaps"]) == (14, 10.0, 11)
    assert evidence["last"] == DAY.isoformat()


def test_orders_of_one_day_are_one_and_those_ahead_do_not_count():
    orders = days_every(10, 12, DAY)
    later = [*orders, *orders, DAY + dt.timedelta(days=400)]
    day = DAY + dt.timedelta(days=14)
    assert rhythm.late_order(later, None, day) == rhythm.late_order(orders, None, day)


@pytest.mark.parametrize("days", [[], [DAY]])
def test_without_a_rhythm_nothing_is_said(days):
    assert rhythm.late_order(days, None, DAY + dt.timedelta(days=900)) == (None, None)


def test_nobody_is_silent_within_a_month():
    talks = days_every(2, 30, DAY)
    assert rhythm.late_order(talks, None, DAY + dt.timedelta(days=20))[1] is not None
    assert rhythm.silence(talks, None, DAY + dt.timedelta(days=20))[1] is None
    assert rhythm.silence(talks, None, DAY + dt.timedelta(days=30))[1].key == "silence"


# --- Revenue ----------------------------------------------------------------------------------------

# NIST/SEMATECH e-Handbook 6.3.2.3: mean 325, sigma 0.635, k half a sigma.
NIST_CUSUM = [324.93, 324.68, 324.73, 324.35, 325.35, 325.23, 324.13, 324.53]


def test_cusum_of_the_nist_handbook():
    lower = [trend.cusum(NIST_CUSUM[: n + 1], 325, 0.635) * 0.635 for n in range(8)]
    assert [round(each, 2) for each in lower] == [0.0, 0.0, 0.0, 0.33, 0.0, 0.0, 0.55, 0.71]


def test_theil_sen_agrees_with_scipy():
    rng = random.Random(7)
    for fall in (0.0, 3.0, -2.0):
        values = [100 - fall * at + rng.gauss(0, 8) for at in range(12)]
        ours = trend.theil_sen(values)
        theirs = stats.theilslopes(values, alpha=0.9)
        assert ours.value == pytest.approx(theirs.slope)
        # SciPy rounds the ranks of the interval; ours go outwards, so ours holds theirs.
        assert ours.low <= theirs.low_slope
        assert ours.high >= theirs.high_slope
        s = sum(
            (values[j] > values[i]) - (values[j] < values[i])
            for i in range(12)
            for j in range(i + 1, 12)
        )
        z = (s - (s > 0) + (s < 0)) / math.sqrt(12 * 11 * 29 / 18)
        assert ours.chance == pytest.approx(stats.norm.cdf(z))


def test_the_rank_sum_agrees_with_scipy_with_ties_too():
    rng = random.Random(5)
    for _ in range(20):
        recent = [rng.randint(0, 9) for _ in range(6)]
        before = [rng.randint(2, 12) for _ in range(12)]
        theirs = stats.mannwhitneyu(recent, before, alternative="less", method="asymptotic")
        assert trend.lower_by_chance(recent, before) == pytest.approx(theirs.pvalue)
    assert trend.lower_by_chance([1.0] * 6, [1.0] * 12) == 1.0


def test_a_level_line_has_no_slope():
    assert trend.theil_sen([5.0] * 12) == trend.Slope(0.0, 0.0, 0.0, 0.5)
    with pytest.raises(ValueError, match="three"):
        trend.theil_sen([1.0, 2.0])


def test_a_fall_is_found_and_a_steady_level_is_not():
    rng = random.Random(3)
    steady = [1000 + rng.gauss(0, 60) for _ in range(24)]
    assert trend.falling_revenue(steady)[1] is None
    fallen = steady[:18] + [value * 0.6 for value in steady[18:]]
    found = trend.falling_revenue(fallen)[1]
    assert (found.key, found.level) == ("revenue", 2)
    assert 30 < found.evidence["fall"] < 50
    assert found.evidence["cusum"] > trend.LIMIT


@pytest.mark.parametrize(
    "months", [[], [0.0] * 30, [100.0] * 17, [-5.0] * 24, [0.0] * 12 + [100.0] * 6]
)
def test_what_has_no_level_falls_nowhere(months):
    assert trend.falling_revenue(months)[1] is None


def test_a_season_is_no_fall():
    year = [50, 60, 90, 140, 200, 240, 250, 230, 180, 120, 70, 50]
    months = [float(value) for value in year * 3]  # the last half-year is the weak one
    months = months[6:] + months[:6]
    assert trend.is_seasonal(months)
    assert trend.falling_revenue(months[:36])[1] is None


def test_huge_and_tiny_amounts_alike():
    months = [1000.0] * 18 + [500.0] * 6
    base = trend.falling_revenue(months)[1]
    for scale in (1e-6, 1e12):
        other = trend.falling_revenue([value * scale for value in months])[1]
        assert other.level == base.level
        assert other.evidence["cusum"] == base.evidence["cusum"]


@pytest.mark.parametrize(
    "families, level",
    [
        ([6, 5, 4], 1),
        ([6, 4, 3], 2),
        ([6, 6, 5], None),
        ([2, 1, 0], None),
        ([5, 4], None),
        ([], None),
    ],
)
def test_fewer_families_twice_in_a_row(families, level):
    found = trend.narrower(families)
    assert (found.level if found else None) == level


# --- Payments ---------------------------------------------------------------------------------------


def test_ewma_of_the_nist_handbook():
    # NIST/SEMATECH e-Handbook 6.3.2.4: weight 0.3, begun at 50.
    values = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5]
    means = [round(paying.ewma(values[: n + 1], 50, 0.3), 2) for n in range(10)]
    assert means == [50.6, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33]


def paid_late(late_by_month: list[int]) -> list[paying.Paid]:
    start = dt.date(2024, 1, 10)
    return [
        paying.Paid(start + dt.timedelta(days=30 * at), late)
        for at, late in enumerate(late_by_month)
    ]


def test_payment_that_drifts_and_payment_that_does_not():
    first = [1, 2, 0, 3, 1, 2, 1, 0, 2, 1, 3, 1, 2]
    assert paying.slower(paid_late([*first, 2, 1, 0, 2, 1, 3])) is None
    found = paying.slower(paid_late([*first, 10, 14, 18, 22, 25, 30]))
    assert (found.key, found.level) == ("payments", 2)
    assert found.evidence["usual"] == 1.0
    assert found.evidence["now"] == pytest.approx(
        round(paying.ewma([10, 14, 18, 22, 25, 30], 1.0), 1)
    )


def test_too_few_payments_say_nothing():
    assert paying.slower([]) is None
    assert paying.slower(paid_late([0] * 13 + [60] * 4)) is None
    assert paying.slower(paid_late([0] * 7)) is None


# --- People, promises, volume -----------------------------------------------------------------------


def test_a_lost_person_matters_until_another_comes():
    left = DAY - dt.timedelta(days=20)
    gone = word.Person(1, left, dt.date(2020, 1, 1))
    assert word.lost_contact([], DAY) is None
    assert word.lost_contact([gone], DAY).level == 2
    stays = word.Person(2, None, dt.date(2020, 1, 1))
    assert word.lost_contact([gone, stays], DAY).level == 1
    came = word.Person(3, None, left + dt.timedelta(days=3))
    assert word.lost_contact([gone, came], DAY) is None
    assert word.lost_contact([word.Person(1, DAY - dt.timedelta(days=91))], DAY) is None
    assert word.lost_contact([word.Person(1, DAY + dt.timedelta(days=1))], DAY) is None
    assert word.lost_contact([gone], DAY).evidence["contacts"] == [1]


def test_promises_broken_or_long_overdue():
    def ago(days):
        return DAY - dt.timedelta(days=days)

    assert word.broken_promises([word.Promised(1, ago(7))], DAY) is None
    assert word.broken_promises([word.Promised(1, ago(8))], DAY).level == 1
    assert word.broken_promises([word.Promised(1, ago(200), ago(91))], DAY) is None
    two = word.broken_promises([word.Promised(1, ago(8)), word.Promised(2, ago(90), ago(90))], DAY)
    assert (two.level, two.evidence["promises"]) == (2, [1, 2])
    assert (two.evidence["broken"], two.evidence["overdue"]) == (1, 1)


def test_volume_behind_an_even_pace():
    year = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))

    def at(day, bought, amount=1200.0):
        return word.missed_volume([word.Committed(5, *year, amount, bought)], day)

    assert at(dt.date(2026, 2, 1), 0.0) is None  # before a quarter of the time
    half = dt.date(2026, 7, 2)  # 183 of 365 days
    assert at(half, 1200 * 183 / 365 * 0.86) is None
    assert at(half, 1200 * 183 / 365 * 0.84).level == 1
    assert at(half, 1200 * 183 / 365 * 0.5).level == 2
    assert at(dt.date(2027, 1, 15), 1199.0).level == 2
    assert at(dt.date(2027, 1, 15), 1200.0) is None
    assert at(dt.date(2027, 4, 5), 0.0) is None
    assert at(half, 0.0, amount=0.0) is None
    assert word.missed_volume([], DAY) is None


# --- Budget -----------------------------------------------------------------------------------------


def test_benjamini_hochberg_of_the_paper():
    # Benjamini and Hochberg 1995, section 4.1: four of fifteen at 5 %.
    chances = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    assert budget.benjamini_hochberg(chances, 0.05) == [True] * 4 + [False] * 11


def test_benjamini_hochberg_agrees_with_scipy_in_any_order_and_with_ties():
    rng = random.Random(11)
    for _ in range(50):
        chances = [round(rng.random() ** 3, 2) for _ in range(rng.randint(1, 30))]
        adjusted = stats.false_discovery_control(chances)
        assert budget.benjamini_hochberg(chances) == [bool(p <= 0.2 + 1e-12) for p in adjusted]
    assert budget.benjamini_hochberg([]) == []
    with pytest.raises(ValueError, match="between"):
        budget.benjamini_hochberg([1.5])


def test_the_budget_takes_the_most_important_first_for_each_person():
    def candidate(id, person, level, weight, chance=None):
        return budget.Candidate(id, person, level, weight, chance)

    rows = [
        candidate(1, "a", 1, 900),
        candidate(2, "a", 2, 10),
        candidate(3, "a", 2, 500, 0.02),
        candidate(4, "a", 2, 500, 0.01),
        candidate(5, "b", 1, 1),
    ]
    assert budget.chosen(rows, {}, 2) == [4, 3, 5]
    assert budget.chosen(rows, {"a": 1}, 2) == [4, 5]
    assert budget.chosen(rows, {"a": 7, "b": 2}, 2) == []
    assert budget.chosen([], {}, 2) == []
