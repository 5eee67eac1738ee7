"""The engine is arithmetic: importing it brings in neither Django nor SciPy nor pandas."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_engine_needs_numpy_only():
    modules = sorted(p.stem for p in (ROOT / "scoring" / "engine").glob("*.py"))
    names = [f"scoring.engine.{m}" for m in modules if m != "__init__"]
    program = (
        f"import sys, {', '.join(names)}; "
        "print([m for m in ('django', 'scipy', 'pandas', 'plotly') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_scipy_comes_with_the_first_linear_programme_and_not_before():
    program = """
import sys
from scoring.engine.weights import ahp, best_worst
from scoring.engine.robustness import acceptability, seat_bounds, stability_intervals
from scoring.engine.explain import flip, lift
from scoring.engine.information import value_of_information

r, w = [[9, 4, 7], [6, 9, 5], [8, 6, 4]], [5, 3, 2]
ahp([[1, 2, None], [None, 1, 3], [None, None, 1]])
acceptability(r, w, 1, 100)
seat_bounds(r, w, 1, 0.2)
stability_intervals(r, w, 1)
flip(r[0], r[1], w)
lift(r[1], w, 7)
value_of_information([[9, None, 7], *r], w, 1)
print("scipy" in sys.modules)
best_worst(0, 2, [1, 2, 8], [8, 5, 1])
print("scipy" in sys.modules)
"""
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["False", "True"]
