"""The scoring engine against pymcdm, a known library for the same arithmetic, and against memory.

One million clients by ten criteria; KAM_BENCH_CLIENTS sets another number.
"""

import os
import subprocess
import sys

import numpy as np

from scoring.engine.ratings import DecileBand, rate
from scoring.engine.score import competition_rank, order, weighted_score
from tests.benchmarks import Reporter, seconds

CLIENTS = int(os.environ.get("KAM_BENCH_CLIENTS", "1000000"))
CRITERIA = 10


def run(report: Reporter) -> None:
    rng = np.random.default_rng(2026)
    ratings = rng.integers(1, 11, (CLIENTS, CRITERIA)).astype(np.float64)
    weights = rng.dirichlet(np.ones(CRITERIA))

    ours = seconds(lambda: weighted_score(ratings, weights))
    theirs, preferences = _pymcdm(ratings, weights)
    scores = weighted_score(ratings, weights)
    # Both must have done the same work, or the ratio says nothing.
    np.testing.assert_allclose(scores.score, preferences, rtol=1e-9)
    report("pymcdm ÷ ours: weighted sum and rank", theirs / ours, 5, "higher")

    # What no library can do without: the bare product and one sort.
    bare = seconds(lambda: np.argsort(ratings @ weights))
    report("score, coverage, bounds, rank ÷ bare product and sort", ours / bare, 5)
    sparse = ratings.copy()
    sparse[rng.random(sparse.shape) < 0.05] = np.nan
    with_gaps = seconds(lambda: weighted_score(sparse, weights))
    report("the same with 5 % missing ÷ bare product and sort", with_gaps / bare, 6)
    report("score, coverage, bounds, rank ÷ one read of memory", ours / seconds(ratings.sum), None)

    one_sort = seconds(lambda: np.argsort(scores.score))
    ranking = seconds(lambda: competition_rank(scores.score))
    report("ranks ÷ one sort", ranking / one_sort, 3)
    profit, ids = rng.normal(size=CLIENTS), np.arange(CLIENTS)
    ordering = seconds(lambda: order(scores.score, scores.coverage, ratings, weights, profit, ids))
    report("order with four tie-breakers ÷ one sort", ordering / one_sort, 25)

    amounts = np.round(rng.lognormal(8, 2, CLIENTS), 2)
    amount_sort = seconds(lambda: np.sort(amounts))
    banding = seconds(lambda: rate(DecileBand(), amounts))
    report("decile bands of a column ÷ its sort", banding / amount_sort, 5)

    report("import of the engine, without Django ÷ 0.4 s", _import_seconds() / 0.4, 1)


def _pymcdm(ratings: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    from pymcdm.helpers import rrankdata
    from pymcdm.methods import WSM

    # Ratings are on one scale already: its own normalisation is left out of the race.
    method = WSM(normalization_function=lambda column, cost: column)
    types = np.ones(len(weights))
    found: list[np.ndarray] = []

    def work() -> None:
        preferences = method(ratings, weights, types)
        rrankdata(preferences)
        found.append(preferences)

    return seconds(work, repeats=1), found[0]


def _import_seconds() -> float:
    """A fresh interpreter that imports the engine, less one that imports nothing."""
    modules = ("ratings", "score", "explain", "selection", "robustness", "information")
    engine = "import " + ", ".join(f"scoring.engine.{module}" for module in modules)

    def start(program: str) -> None:
        subprocess.run([sys.executable, "-c", program], check=True)

    return seconds(lambda: start(engine), repeats=5) - seconds(lambda: start(""), repeats=5)
