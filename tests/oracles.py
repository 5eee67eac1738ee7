"""Published and hand-derived cases that lie beside the project, where they are present."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "oracles"


def oracle(name: str) -> Any:
    """The parsed file `name`.json; skips the test where the folder is not beside the project."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"../shared/oracles/{name}.json is not beside the project")
    return json.loads(path.read_text(encoding="utf-8"))
