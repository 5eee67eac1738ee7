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
