"""Payment delay and overdue share: what was paid when, as of a date.

The header of a document says how much is paid and since when it is paid in full.  That is the
present state; it is also the state as of T unless an allocation is dated, became known or was
displaced after T.  So the headers alone are read, in the same pass as the sales, where nothing of
the kind is recorded (every nightly ranking); otherwise the allocations as of T are summed per
document first.
"""

import numpy as np
from django.db import connection

from .reading import AS_OF, CENTS, Moment, read_columns
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


def aggregates(moment: Moment) -> dict[str, tuple[str, str]]:
    """name -> (SQL, dtype) of the sums over payables, or over the headers themselves."""
    year = moment.start(12)
    judged = "gross > 0 AND due IS NOT NULL"
    settled = f"{judged} AND settled_on >= '{year}'"
    open_ = f"{judged} AND settled_on IS NULL"
    overdue = f"{open_} AND due < '{moment.day}'"
    gross, unpaid = CENTS.format("gross"), CENTS.format("gross - paid")
    sums = {
        "settled_late_days": (f"{gross} * (settled_on - due)", f"{settled} AND settled_on > due"),
        "settled": (gross, settled),
        "overdue_days": (f"{unpaid} * (date '{moment.day}' - due)", overdue),
        "overdue": (unpaid, overdue),
        "open": (unpaid, open_),
    }
    return {
        name: (f"coalesce(sum({amount}) FILTER (WHERE {where}), 0) / 100", "f8")
        for name, (amount, where) in sums.items()
    } | {"payable": (f"(count(*) FILTER (WHERE {judged} AND date >= '{year}'))::float8", "f8")}


def totals(moment: Moment, served: Served) -> dict[str, np.ndarray]:
    """The sums of ``aggregates`` from the allocations as of T: name -> float64 (n,)."""
    asked = aggregates(moment)
    client_ids, *columns = read_columns(
        f"SELECT client_id, {', '.join(text for text, _ in asked.values())}"
        f" FROM ({_FROM_ALLOCATIONS}) payable GROUP BY client_id",
        moment.parameters,
        ("i8", *(dtype for _, dtype in asked.values())),
    )
    return dict(zip(asked, served.sums(client_ids, *columns), strict=True))


def measure(key: str, total: dict[str, np.ndarray]) -> np.ndarray:
    """One measure from the totals: float64 (n,), NaN = missing."""
    if key == "payment_delay":
        weight = total["settled"] + total["overdue"]
        return ratio(total["settled_late_days"] + total["overdue_days"], weight, weight > 0)
    share = 100 * ratio(total["overdue"], total["open"], total["open"] > 0)
    return np.where((total["open"] <= 0) & (total["payable"] > 0), 0.0, share)
