"""Contacts reached and related organisations."""

import numpy as np

from .reading import AS_OF, Moment, read_columns
from .served import MEMBERS_CTE, Served

_CONTACTS = f"""
    WITH {MEMBERS_CTE}
    SELECT coalesce(m.group_id, i.client_id), count(DISTINCT i.contact_id)::float8
    FROM accounts_interaction i
    LEFT JOIN members m ON m.member_id = i.client_id
    WHERE i.contact_id IS NOT NULL AND i.date >= %(year_start)s AND {AS_OF.format("i")}
    GROUP BY 1
"""


def compute(keys: set[str], moment: Moment, served: Served) -> dict[str, np.ndarray]:
    result = {}
    if "contacts_reached" in keys:
        columns = read_columns(_CONTACTS, moment.parameters, ("i8", "f8"))
        (result["contacts_reached"],) = served.sums(*columns)
    if "related_organisations" in keys:
        (members,) = served.sums(served.member_ids, np.ones(len(served.member_ids)))
        result["related_organisations"] = np.maximum(members - 1, 0)
    return result
