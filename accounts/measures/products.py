"""Product breadth: the one measure that has to read lines."""

import numpy as np

from .reading import AS_OF, Moment, read_columns
from .served import MEMBERS_CTE, Served

# A product without a family is told apart by its own id, made negative.
_QUERY = f"""
    WITH {MEMBERS_CTE}, bought AS (
        SELECT coalesce(m.group_id, l.client_id) AS served_id,
               coalesce(p.family_id, -p.id) AS family
        FROM accounts_line l
        JOIN accounts_document d ON d.id = l.document_id
        JOIN accounts_product p ON p.id = l.product_id
        LEFT JOIN members m ON m.member_id = l.client_id
        WHERE l.date BETWEEN %(year_start)s AND %(day)s AND d.type = 'invoice'
          AND {AS_OF.format("d")}
        GROUP BY 1, 2
    )
    SELECT served_id, count(*)::float8 FROM bought GROUP BY served_id
"""


def compute(
    keys: set[str], moment: Moment, served: Served, invoices: np.ndarray
) -> dict[str, np.ndarray]:
    """``invoices``: number of invoices of the window, float64 (n,)."""
    (breadth,) = served.sums(*read_columns(_QUERY, moment.parameters, ("i8", "f8")))
    return {"breadth": np.where((breadth == 0) & (invoices > 0), np.nan, breadth)}
