"""What a client may read in a business review: who adds a column says by that line that they may."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import (
    Benefit,
    Document,
    Goal,
    GoalReading,
    Invitation,
    MinutesVersion,
    Need,
    Promise,
)

# What the client may read of each table; sums and counts are made of the same columns.
ALLOWED: dict[type, tuple[str, ...]] = {
    Promise: ("what", "side", "due", "state", "settled_on", "owner__name"),
    Goal: ("pk", "what_for", "unit", "start", "target", "due"),
    GoalReading: ("goal", "day", "value"),
    Benefit: ("what", "amount"),
    # Of minutes the part that is for the client, and of that the decisions.
    MinutesVersion: ("meeting", "content"),
    Document: ("type", "date", "net", "promised", "shipped"),
    Need: ("what", "by_when", "state"),
    Invitation: ("initiative__name", "initiative__kind", "initiative__starts", "state"),
}
# Rows that a table has room for.
MOST = 40


def read(rows: QuerySet) -> QuerySet:
    """The rows as dictionaries of what the client may read."""
    return rows.values(*ALLOWED[rows.model])
