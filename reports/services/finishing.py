"""What makes the content of a report or a review whole, and what its content is known by."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from kam.lib.company import company
from reports.dashboards.kept import changes


def finished(told: dict[str, Any], before: Any, reader: str = "") -> dict[str, Any]:
    """The content with all that a page or a file of it says, so that none asks for it later:
    ``before``, a report of the same kind or None, and the names of company and reader."""
    kept = None
    if before is not None:
        figures = {each["key"]: each["value"] for each in before.content["figures"]}
        kept = {"ends": before.ends.isoformat(), "figures": figures}
    return told | {
        "company": company().name,
        "reader": reader,
        "before": kept,
        "changes": changes(told, before.content) if before is not None else [],
    }


def digest_of(told: dict) -> str:
    """SHA-256 of the content, whatever the order of its keys."""
    written = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
