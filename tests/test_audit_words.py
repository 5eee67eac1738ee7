"""Whatever is written into the trail has words for people."""

import ast
from pathlib import Path

from django.conf import settings

from kam.audit.words import ACTIONS


def recorded() -> set[str]:
    """The actions that the code names where it calls ``record``."""
    found = set()
    for package in ("accounts", "kam", "reports", "scoring"):
        for path in sorted(Path(settings.BASE_DIR, package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Call) and node.args):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if name == "record" and isinstance(first, ast.Constant):
                    found.add(first.value)
    return found


def test_every_action_has_words():
    actions = recorded()
    assert len(actions) > 30
    assert sorted(actions - set(ACTIONS)) == []
