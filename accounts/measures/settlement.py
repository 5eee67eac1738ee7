"""Payment delay and overdue share: what was paid when, as of a date.

The header of a document says how much is paid and since when it is paid in full.  That is the
present state; it is also the state as of T unless an allocation is dated, became known or was
displaced after T.  So the headers are read alone where nothing of the kind is recorded (every
nightly ranking), and otherwise the allocations as of T are summed per document first.
"""

import numpy as np
from django.db import connection

from .reading import AS_OF, Moment, read_columns
from .sales import ratio
from .served import Served

_CHANGED_SINCE = """
    SELECT EXISTS (SELECT 1 FROM accounts_allocation WHERE known_to >= %(end)s)
        OR EXISTS (SELECT 1 FROM accounts_allocation WHERE date > %(day)s)
        OR EXISTS (SELECT 1 FROM accounts_allocation WHERE known_from >= %(end)s)
"""

# Documents that are to be paid, with their state as of T: (client_id, date, due, gross, paid,
# settled_on).  A document of nothing is never paid, so it is never late either.
_FROM_HEADERS = f"""
    SELECT d.client_id, d.date, d.due, d.gross, d.paid, d.settled_on
    FROM accounts_document d
    WHERE d.type IN ('invoice', 'credit_note') AND d.gross > 0 AND {AS_OF.format("d")}
"""
_FROM_ALLOCATIONS = f"""
    SELECT d.client_id, d.date, d.due, d.gross, coalesce(s.paid, 0) AS paid,
           CASE WHEN s.paid >= d.gross THEN s.last END AS settled_on
    FROM accounts_document d
    LEFT JOIN (
        SELECT a.document_id, sum(a.amount) AS paid, max(a.date) AS last
        FROM accounts_allocation a WHERE {AS_OF.format("a")} GROUP BY a.document_id
    ) s ON s.document_id = d.id
    WHERE d.type IN ('invoice', 'credit_note') AND d.gross > 0 AND {AS_OF.format("d")}
"""


def changed_since(moment: Moment) -> bool:
    """Whether an allocation is dated or was changed after T, so that headers do not tell."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED_SINCE, moment.parameters)
        return cursor.fetchone()[0]


def payables(moment: Moment) -> str:
    """SELECT of (client_id, date, due, gross, paid, settled_on) as of T."""
    return _FROM_ALLOCATIONS if changed_since(moment) else _FROM_HEADERS


def compute(keys: set[str], moment: Moment, served: Served) -> dict[str, np.ndarray]:
    late = "settled_on >= %(year_start)s AND due IS NOT NULL"
    overdue = "settled_on IS NULL AND due < %(day)s"
    columns = read_columns(
        f"""
        SELECT client_id,
               coalesce(sum(gross * greatest(settled_on - due, 0)) FILTER (WHERE {late}), 0)::float8,
               coalesce(sum(gross) FILTER (WHERE {late}), 0)::float8,
               coalesce(sum((gross - paid) * (%(day)s - due)) FILTER (WHERE {overdue}), 0)::float8,
               coalesce(sum(gross - paid) FILTER (WHERE {overdue}), 0)::float8,
               coalesce(sum(gross - paid) FILTER (WHERE settled_on IS NULL), 0)::float8,
               (count(*) FILTER (WHERE date >= %(year_start)s))::float8
        FROM ({payables(moment)}) payable
        WHERE due IS NOT NULL
          AND (settled_on IS NULL OR settled_on >= %(year_start)s OR date >= %(year_start)s)
        GROUP BY client_id
        """,
        moment.parameters,
        ("i8", *("f8",) * 6),
    )
    late_days, settled, open_days, past, open_, recent = served.sums(columns[0], *columns[1:])
    result = {}
    if "payment_delay" in keys:
        result["payment_delay"] = ratio(late_days + open_days, settled + past, settled + past > 0)
    if "overdue_share" in keys:
        share = 100 * ratio(past, open_, open_ > 0)
        result["overdue_share"] = np.where((open_ <= 0) & (recent > 0), 0.0, share)
    return result
