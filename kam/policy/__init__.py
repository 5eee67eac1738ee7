"""The policy table: one row for every route, in one module per noun.  What the columns mean:
:mod:`kam.lib.policy`."""

from itertools import chain

from kam.lib.policy import COLLEAGUE, NOBODY, Row

from . import (
    agreements,
    clients,
    contacts,
    data,
    day,
    feedback,
    frame,
    growth,
    handovers,
    kams,
    lists,
    meetings,
    personal_data,
    plans,
    problems,
    ranking,
    receivables,
    reports,
    search,
    work,
)

MODULES = (
    frame,
    clients,
    contacts,
    agreements,
    work,
    day,
    meetings,
    receivables,
    problems,
    feedback,
    plans,
    kams,
    handovers,
    lists,
    search,
    personal_data,
    data,
    ranking,
    reports,
    growth,
)


def joined(tables) -> dict[str, Row]:
    """All rows as one table; ``ValueError`` where two modules name the same route."""
    table: dict[str, Row] = {}
    for route, row in chain.from_iterable(rows.items() for rows in tables):
        if route in table:
            raise ValueError(f"The policy has two rows for {route}.")
        table[route] = row
    return table


POLICY = joined(module.ROWS for module in MODULES)

__all__ = ["COLLEAGUE", "NOBODY", "POLICY"]
