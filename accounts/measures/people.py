"""Contacts reached, related organisations, and loyalty."""

import numpy as np

from .reading import AS_OF, Moment, read_columns
from .served import MEMBERS_CTE, Served

_CONTACTS = f"""
    WITH {MEMBERS_CTE}
    SELECT coalesce(m.group_id, i.client_id), count(DISTINCT i.contact_id)::float8
    FROM accounts_interaction i
    LEFT JOIN members m ON m.member_id = i.client_id
    WHERE i.contact_id IS NOT NULL AND i.date >= %(year_start)s AND {AS_OF.format("i")}
      AND NOT EXISTS (SELECT FROM accounts_contactblock b
                       WHERE b.contact_id = i.contact_id AND b.since <= %(day)s
                         AND coalesce(least(b.until, b.ended_on), 'infinity') > %(day)s)
    GROUP BY 1
"""

# What the client said on the scale of 1 to 10: in talks and surveys, and of promises kept.
_SAID = f"""
    WITH {MEMBERS_CTE}, said AS (
        SELECT i.client_id, i.satisfaction FROM accounts_interaction i
         WHERE i.satisfaction IS NOT NULL AND i.date >= %(year_start)s AND {AS_OF.format("i")}
        UNION ALL
        SELECT p.client_id, p.satisfaction FROM accounts_promise p
         WHERE p.satisfaction IS NOT NULL AND p.side = 'ours'
           AND p.settled_on BETWEEN %(year_start)s AND %(day)s
    )
    SELECT coalesce(m.group_id, s.client_id), sum(s.satisfaction)::float8, count(*)::float8
    FROM said s LEFT JOIN members m ON m.member_id = s.client_id
    GROUP BY 1
"""
# In how many of the four quarters that end on the date something was invoiced.
_BOUGHT = f"""
    WITH {MEMBERS_CTE}
    SELECT coalesce(m.group_id, d.client_id),
           count(DISTINCT (d.date >= %(half)s)::int * 2
                        + CASE WHEN d.date >= %(half)s THEN (d.date >= %(last)s)::int
                               ELSE (d.date >= %(third)s)::int END)::float8
    FROM accounts_document d
    LEFT JOIN members m ON m.member_id = d.client_id
    WHERE d.type = 'invoice' AND d.date >= %(year_start)s AND {AS_OF.format("d")}
    GROUP BY 1
"""
FEWEST_ANSWERS = 3
_QUARTERS = 4


def _loyalty(moment: Moment, served: Served) -> np.ndarray:
    """Float64 (n,), 0 to 10; NaN with fewer than FEWEST_ANSWERS answers."""
    said, answers = served.sums(*read_columns(_SAID, moment.parameters, ("i8", "f8", "f8")))
    quarters = {"last": moment.start(3), "half": moment.start(6), "third": moment.start(9)}
    columns = read_columns(_BOUGHT, moment.parameters | quarters, ("i8", "f8"))
    (bought,) = served.sums(*columns)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (said / answers + 10 * bought / _QUARTERS) / 2
    return np.where(answers >= FEWEST_ANSWERS, value, np.nan)


def compute(keys: set[str], moment: Moment, served: Served) -> dict[str, np.ndarray]:
    result = {}
    if "contacts_reached" in keys:
        columns = read_columns(_CONTACTS, moment.parameters, ("i8", "f8"))
        (result["contacts_reached"],) = served.sums(*columns)
    if "related_organisations" in keys:
        (members,) = served.sums(served.member_ids, np.ones(len(served.member_ids)))
        result["related_organisations"] = np.maximum(members - 1, 0)
    if "loyalty" in keys:
        result["loyalty"] = _loyalty(moment, served)
    return result
