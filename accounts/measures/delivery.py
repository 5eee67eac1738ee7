"""On time in full: what was promised by orders against what was shipped."""

import numpy as np

from .reading import AS_OF, Moment, read_columns
from .sales import ratio
from .served import Served

_QUERY = f"""
    SELECT d.client_id, count(*)::float8,
           (count(*) FILTER (
               WHERE d.shipped <= d.promised AND d.shipped <= %(day)s AND NOT EXISTS (
                   SELECT 1 FROM accounts_line l
                   WHERE l.document_id = d.id AND l.shipped_quantity < l.quantity)
           ))::float8
    FROM accounts_document d
    WHERE d.type = 'order' AND d.promised BETWEEN %(year_start)s AND %(day)s
      AND {AS_OF.format("d")}
    GROUP BY d.client_id
"""


def compute(keys: set[str], moment: Moment, served: Served) -> dict[str, np.ndarray]:
    client_ids, promised, kept = read_columns(_QUERY, moment.parameters, ("i8", "f8", "f8"))
    promised, kept = served.sums(client_ids, promised, kept)
    return {"on_time_in_full": 100 * ratio(kept, promised, promised > 0)}
