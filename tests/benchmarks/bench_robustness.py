"""How sure a list is, against the bare matrix product that no such count can do without.

10,000 weightings by 10,000 clients by ten criteria, 200 seats; then 1,000,000 clients, 1,000 seats
and weights that may be off by a fifth.
"""

import numpy as np

from scoring.engine.information import value_of_information
from scoring.engine.robustness import acceptability, seat_bounds, stability_intervals
from tests.benchmarks import Reporter, seconds

DRAWS, CLIENTS, CRITERIA, SEATS = 10_000, 10_000, 10, 200
MANY, MANY_SEATS, SUBSET = 1_000_000, 1_000, 20_000
SECONDS = 10.0


def run(report: Reporter) -> None:
    rng = np.random.default_rng(2026)
    ratings = rng.integers(1, 11, (CLIENTS, CRITERIA)).astype(np.float64)
    weights = rng.dirichlet(np.full(CRITERIA, 5.0))
    drawn = rng.dirichlet(np.ones(CRITERIA), DRAWS).astype(np.float32)
    singles = ratings.astype(np.float32)
    bare = seconds(lambda: drawn @ singles.T)

    for name, spread in (
        ("weights ± 20 %", {"tolerance": 0.2}),
        ("concentration 50", {}),
        ("all weightings", {"concentration": "uniform"}),
    ):
        ours = seconds(
            lambda spread=spread: acceptability(ratings, weights, SEATS, DRAWS, **spread)
        )
        report(f"chances of seats, {name} ÷ bare float32 product", ours / bare, 6)
    sparse = ratings.copy()
    sparse[rng.random(sparse.shape) < 0.05] = np.nan
    with_gaps = seconds(lambda: acceptability(sparse, weights, SEATS, DRAWS))
    report("the same with 5 % missing ÷ bare float32 product", with_gaps / bare, None)

    many = rng.integers(1, 11, (MANY, CRITERIA)).astype(np.float64)
    whole = seconds(
        lambda: acceptability(many, weights, MANY_SEATS, DRAWS, tolerance=0.2), repeats=1
    )
    report("chances among a million clients, bounds first ÷ 10 s", whole / SECONDS, 1)
    report(
        "seats of a million without drawing ÷ bare product",
        seconds(lambda: seat_bounds(many, weights, MANY_SEATS, 0.2)) / bare,
        None,
    )
    # Leaving out the hopeless must not change one count.
    some, seats = many[:SUBSET], SUBSET // 50
    pruned, unpruned = (
        acceptability(some, weights, seats, 2_000, tolerance=0.2, prune=prune)
        for prune in (True, False)
    )
    np.testing.assert_array_equal(pruned.p_key, unpruned.p_key)

    stable = seconds(lambda: stability_intervals(ratings, weights, SEATS))
    report("stability of every weight ÷ bare product", stable / bare, None)
    hundred = many[:100_000].copy()
    hundred[rng.random(hundred.shape) < 0.1] = np.nan
    asking = seconds(lambda: value_of_information(hundred, weights, MANY_SEATS))
    report("value of every missing rating, 100,000 clients ÷ bare product", asking / bare, None)
