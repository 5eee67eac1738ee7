"""Rebates that clients have earned by their agreements, and the profit that they leave."""

import numpy as np

from .reading import AS_OF, Moment, read_columns
from .served import Served

# Months end with their last day: one that is not over by T has no row yet.
_EARNED = f"""
    SELECT r.client_id, sum(r.amount)::float8
    FROM accounts_rebateaccrual r
    WHERE r.date >= %(year_start)s AND {AS_OF.format("r")}
    GROUP BY r.client_id
"""


def compute(
    keys: set[str], moment: Moment, served: Served, profit: np.ndarray
) -> dict[str, np.ndarray]:
    (earned,) = served.sums(*read_columns(_EARNED, moment.parameters, ("i8", "f8")))
    result = {"rebates": earned, "profit_after_rebates": profit - earned}
    return {key: result[key] for key in keys}
