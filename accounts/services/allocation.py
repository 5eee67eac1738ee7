"""Which payment settled which document: one explicit rule, for any number of clients at once.

1. *Named by the payer.* A payment that names a document number pays the client's document of
   that number (of several, the latest not after the payment, else the nearest later one), up to
   its amount, in the order of payment dates.
2. *Oldest first.* What is left of payments, and credit notes, pays what is left of documents:
   the n-th rouble received pays the n-th rouble owed, both in the order of their dates.  A later
   fact is at the end of its queue, so it never changes an earlier allocation; only a payment
   that names a document, a fact learnt late or a changed document can.

An allocation is dated by the later of its two sides.  Money given back (a negative payment)
waits in the queue of documents at its date: it uses up money received and pays no document.

Allocations are dated twice.  ``known_from`` is when the later of both sides became known.  Where
a new fact displaces allocations, these get ``known_to``, and those that take their place are
known from that moment.  So the allocations as of T are what the rule gives for the facts as of T.

All amounts are in the company's currency, with VAT.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from accounts.measures.reading import heavy_statements, require_system
from kam.lib.company import company
from kam.lib.copy import copy_in_rows

# Two allocations of one client at a time would each displace what the other has just written.
_LOCK = 0x616C6C6F63

# Each client in allocation_clients comes with the moment before which its facts are known
# (before), the moment at which what they displace ends (at), and whether every new allocation
# begins at that moment (anew).  Otherwise only those do that come after displaced ones.
_VISIBLE = "{0}.known_from < c.before AND ({0}.known_to IS NULL OR {0}.known_to >= c.before)"
_CURRENT = dt.datetime.max.replace(tzinfo=dt.UTC)  # every version that has not been replaced

# The pairs that the rule gives for the clients in allocation_clients.
_PAIRS = f"""
CREATE TEMP TABLE allocation_pairs ON COMMIT DROP AS
WITH debt AS MATERIALIZED (
    SELECT d.id AS document_id, d.client_id, d.number, d.date, d.gross AS amount, d.known_from
    FROM accounts_document d JOIN allocation_clients c USING (client_id)
    WHERE d.type IN ('invoice', 'credit_note') AND d.gross > 0 AND {_VISIBLE.format("d")}
), money AS MATERIALIZED (
    SELECT p.id AS payment_id, NULL::bigint AS credit_note_id, p.client_id, p.date, p.amount,
           p.known_from, p.document_number AS names
    FROM accounts_payment p JOIN allocation_clients c USING (client_id)
    WHERE p.amount > 0 AND {_VISIBLE.format("p")}
    UNION ALL
    SELECT NULL, d.id, d.client_id, d.date, -d.gross, d.known_from, ''
    FROM accounts_document d JOIN allocation_clients c USING (client_id)
    WHERE d.type IN ('invoice', 'credit_note') AND d.gross < 0 AND {_VISIBLE.format("d")}
), named AS (
    SELECT DISTINCT ON (m.payment_id)
           m.client_id, m.payment_id, d.document_id, m.amount AS paid, d.amount AS owed,
           m.date AS paid_on, greatest(m.date, d.date) AS date,
           greatest(m.known_from, d.known_from) AS known_from
    FROM money m JOIN debt d ON d.client_id = m.client_id AND d.number = m.names
    WHERE m.names <> ''
    ORDER BY m.payment_id, d.date <= m.date DESC, abs(d.date - m.date), d.document_id
), running AS (
    SELECT *, sum(paid) OVER (
               PARTITION BY document_id ORDER BY paid_on, payment_id ROWS UNBOUNDED PRECEDING
           ) AS paid_so_far
    FROM named
), exact AS (
    SELECT client_id, document_id, payment_id, date, known_from,
           least(paid_so_far, owed) - least(paid_so_far - paid, owed) AS amount
    FROM running
), document_left AS (
    SELECT client_id, date, document_id, NULL::bigint AS refund_id, known_from,
           amount - coalesce(e.taken, 0) AS amount
    FROM debt LEFT JOIN (
        SELECT document_id, sum(amount) AS taken FROM exact GROUP BY document_id
    ) e USING (document_id)
    UNION ALL
    SELECT p.client_id, p.date, NULL, p.id, p.known_from, -p.amount
    FROM accounts_payment p JOIN allocation_clients c USING (client_id)
    WHERE p.amount < 0 AND {_VISIBLE.format("p")}
), money_left AS (
    SELECT client_id, date, payment_id, credit_note_id, known_from,
           amount - coalesce(e.taken, 0) AS amount
    FROM money LEFT JOIN (
        SELECT payment_id, sum(amount) AS taken FROM exact GROUP BY payment_id
    ) e USING (payment_id)
), owed AS MATERIALIZED (
    SELECT *, row_number() OVER queue AS place,
           sum(amount) OVER (queue ROWS UNBOUNDED PRECEDING) AS until
    FROM document_left WHERE amount > 0
    WINDOW queue AS (PARTITION BY client_id ORDER BY date, document_id, refund_id)
), received AS MATERIALIZED (
    SELECT *, row_number() OVER queue AS place,
           sum(amount) OVER (queue ROWS UNBOUNDED PRECEDING) AS until
    FROM money_left WHERE amount > 0
    WINDOW queue AS (PARTITION BY client_id ORDER BY date, credit_note_id, payment_id)
), bounds AS (
    SELECT client_id, until, place AS owed_place, NULL::bigint AS received_place FROM owed
    UNION ALL
    SELECT client_id, until, NULL, place FROM received
), segments AS (
    -- Between two neighbouring bounds money goes from one payment to one document: those whose
    -- own bound is the next one at or above.
    SELECT client_id, until - coalesce(lag(until) OVER upward, 0) AS amount,
           min(owed_place) OVER downward AS owed_place,
           min(received_place) OVER downward AS received_place
    FROM bounds
    WINDOW upward AS (PARTITION BY client_id ORDER BY until),
           downward AS (PARTITION BY client_id ORDER BY until DESC)
)
SELECT client_id, document_id, payment_id, NULL::bigint AS credit_note_id, date, amount,
       'exact' AS rule, known_from
FROM exact WHERE amount > 0
UNION ALL
SELECT s.client_id, o.document_id, r.payment_id, r.credit_note_id, greatest(o.date, r.date),
       s.amount, 'oldest', greatest(o.known_from, r.known_from)
FROM segments s
JOIN owed o ON o.client_id = s.client_id AND o.place = s.owed_place
JOIN received r ON r.client_id = s.client_id AND r.place = s.received_place
WHERE s.amount > 0 AND o.document_id IS NOT NULL
"""

_SAME = """
    a.document_id = p.document_id AND a.payment_id IS NOT DISTINCT FROM p.payment_id
    AND a.credit_note_id IS NOT DISTINCT FROM p.credit_note_id
    AND a.date = p.date AND a.amount = p.amount AND a.rule = p.rule
"""
_DISPLACE = f"""
CREATE TEMP TABLE allocation_displaced ON COMMIT DROP AS
SELECT a.id, a.client_id
FROM accounts_allocation a JOIN allocation_clients c USING (client_id)
LEFT JOIN allocation_pairs p ON {_SAME}
WHERE a.known_to IS NULL AND p.document_id IS NULL
"""
_CLOSE = """
UPDATE accounts_allocation a SET known_to = c.at
FROM allocation_displaced d JOIN allocation_clients c USING (client_id)
WHERE a.id = d.id
"""
_INSERT = f"""
INSERT INTO accounts_allocation
    (client_id, document_id, payment_id, credit_note_id, date, amount, rule, known_from)
SELECT p.client_id, p.document_id, p.payment_id, p.credit_note_id, p.date, p.amount, p.rule,
       CASE WHEN c.anew OR d.client_id IS NOT NULL THEN c.at ELSE p.known_from END
FROM allocation_pairs p
JOIN allocation_clients c USING (client_id)
LEFT JOIN (SELECT DISTINCT client_id FROM allocation_displaced) d USING (client_id)
LEFT JOIN (
    SELECT a.* FROM accounts_allocation a JOIN allocation_clients c USING (client_id)
    WHERE a.known_to IS NULL
) a ON {_SAME}
WHERE a.id IS NULL
"""
_HEADERS = """
UPDATE accounts_document d
SET paid = s.paid, settled_on = s.settled_on, settled_known = s.settled_known
FROM (
    SELECT d.id, coalesce(a.paid, 0) AS paid,
           CASE WHEN a.paid >= d.gross THEN a.last END AS settled_on,
           CASE WHEN a.paid >= d.gross THEN a.known END AS settled_known
    FROM accounts_document d JOIN allocation_clients c USING (client_id)
    LEFT JOIN (
        SELECT document_id, sum(amount) AS paid, max(date) AS last, max(known_from) AS known
        FROM accounts_allocation JOIN allocation_clients USING (client_id)
        WHERE known_to IS NULL GROUP BY document_id
    ) a ON a.document_id = d.id
    WHERE d.known_to IS NULL AND d.type IN ('invoice', 'credit_note') AND d.gross > 0
) s
WHERE s.id = d.id
  AND (d.paid, d.settled_on, d.settled_known)
      IS DISTINCT FROM (s.paid, s.settled_on, s.settled_known)
"""

# Money given back displaces without leaving a row, so nothing tells what it had used up before.
_MONEY_GIVEN_BACK = """
UPDATE allocation_clients c SET anew = true
WHERE EXISTS (SELECT 1 FROM accounts_payment p WHERE p.client_id = c.client_id AND p.amount < 0)
"""

# What can displace earlier allocations: facts learnt after their own day, versions that were
# replaced, and a payment meeting the document that it names, where some money of the client was
# free to go to the oldest.  One row per client and day of such a meeting, numbered by client.
# Reads the pairs of the current facts, to see which clients had free money.
_LEARNT = """
    SELECT client_id, known_from AS at FROM {table} JOIN allocation_clients USING (client_id)
    WHERE (known_from AT TIME ZONE %(zone)s)::date > date {kind}
    UNION ALL
    SELECT client_id, known_to FROM {table} JOIN allocation_clients USING (client_id)
    WHERE known_to IS NOT NULL {kind}
"""
_IS_DOCUMENT = "AND type IN ('invoice', 'credit_note')"
_MOMENTS = f"""
CREATE TEMP TABLE allocation_moments ON COMMIT DROP AS
WITH late AS MATERIALIZED (
    {_LEARNT.format(table="accounts_document", kind=_IS_DOCUMENT)}
    UNION ALL
    {_LEARNT.format(table="accounts_payment", kind="")}
), money AS (
    SELECT client_id, amount FROM accounts_payment JOIN allocation_clients USING (client_id)
    WHERE amount > 0
    UNION ALL
    SELECT client_id, -gross FROM accounts_document JOIN allocation_clients USING (client_id)
    WHERE gross < 0 {_IS_DOCUMENT}
    UNION ALL
    SELECT client_id, -amount FROM allocation_pairs WHERE rule = 'exact'
), loose AS MATERIALIZED (
    SELECT client_id FROM late
    UNION
    SELECT client_id FROM money GROUP BY client_id HAVING sum(amount) > 0
), met AS (
    SELECT p.client_id, greatest(p.known_from, d.known_from) AS at
    FROM accounts_payment p
    JOIN allocation_clients c USING (client_id)
    JOIN accounts_document d ON d.client_id = p.client_id AND d.number = p.document_number
    LEFT JOIN loose ON loose.client_id = p.client_id
    WHERE p.document_number <> '' AND p.amount > 0 AND d.gross > 0 {_IS_DOCUMENT}
      AND (loose.client_id IS NOT NULL OR d.known_from > p.known_from)
), days AS (
    SELECT client_id, (at AT TIME ZONE %(zone)s)::date AS day, max(at) AS at
    FROM (SELECT * FROM late UNION ALL SELECT * FROM met) learnt GROUP BY 1, 2
)
SELECT client_id, at, day::timestamp AT TIME ZONE %(zone)s AS day_begins,
       (day + 1)::timestamp AT TIME ZONE %(zone)s AS day_ends,
       row_number() OVER (PARTITION BY client_id ORDER BY day) AS number
FROM days
"""


@dataclass(frozen=True)
class Changes:
    """Allocations written, allocations displaced, and documents whose paid amount changed."""

    added: int
    displaced: int
    documents: int


def allocate(
    client_ids: Collection[int] | None = None,
    *,
    history: bool = False,
    at: dt.datetime | None = None,
) -> Changes:
    """Bring allocations of these clients (None: of all) in line with their current facts.

    Also keeps ``paid``, ``settled_on`` and ``settled_known`` of the documents.  Facts that are
    new displace allocations as of ``at`` (default: now).  ``history=True`` forgets all
    allocations of the clients and tells their history anew from when each fact became known: for
    a load whose facts count as known on their own or their recorded date.

    Runs for a system actor, in one transaction, one allocation at a time.
    """
    require_system()
    with transaction.atomic(), heavy_statements(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        _choose(cursor, client_ids, at or timezone.now())
        forgotten = added = 0
        if history:
            cursor.execute(
                "DELETE FROM accounts_allocation a USING allocation_clients c"
                " WHERE a.client_id = c.client_id"
            )
            forgotten = cursor.rowcount
            cursor.execute(_PAIRS)
            if moments := _find_moments(cursor):
                added = _replay(cursor, moments)
                cursor.execute(_PAIRS)
        else:
            cursor.execute(_MONEY_GIVEN_BACK)
            cursor.execute(_PAIRS)
        now_added, displaced = _apply(cursor)
        cursor.execute(_HEADERS)
        documents = cursor.rowcount
        cursor.execute("DROP TABLE allocation_clients")
    return Changes(added + now_added, displaced + forgotten, documents)


def _choose(cursor, client_ids: Collection[int] | None, at: dt.datetime) -> None:
    cursor.execute(
        "CREATE TEMP TABLE allocation_clients"
        " (client_id bigint, before timestamptz, at timestamptz, anew boolean) ON COMMIT DROP"
    )
    if client_ids is None:
        cursor.execute(
            "INSERT INTO allocation_clients SELECT id, %s, %s, false FROM accounts_client",
            [_CURRENT, at],
        )
    else:
        copy_in_rows(
            "allocation_clients",
            ["client_id", "before", "at", "anew"],
            [(pk, _CURRENT, at, False) for pk in set(client_ids)],
        )
    cursor.execute("ANALYZE allocation_clients")


def _find_moments(cursor) -> int:
    """Fill allocation_moments; returns the largest number of moments that a client has.

    Uses allocation_pairs of the current facts, and drops them where there are moments.
    """
    cursor.execute(_MOMENTS, {"zone": company().time_zone})
    cursor.execute("SELECT coalesce(max(number), 0) FROM allocation_moments")
    moments = cursor.fetchone()[0]
    if not moments:
        cursor.execute("DROP TABLE allocation_moments")
    else:
        cursor.execute("DROP TABLE allocation_pairs")
    return moments


def _replay(cursor, moments: int) -> int:
    """Tell the history of the chosen clients moment by moment; returns the allocations added.

    The first moment of every client that has one is handled in one step, then the second, and so
    on.  A moment is first reached with what was known before its day, so that allocations which
    it does not touch are known from their own time; then the facts of the day come in.
    """
    cursor.execute("ALTER TABLE allocation_clients RENAME TO allocation_chosen")
    added = 0
    for number in range(1, moments + 1):
        for bound, anew in (("day_begins", False), ("day_ends", True)):
            cursor.execute(
                f"CREATE TEMP TABLE allocation_clients ON COMMIT DROP AS"
                f" SELECT client_id, {bound} AS before, at, %s AS anew FROM allocation_moments"
                f" WHERE number = %s",
                [anew, number],
            )
            cursor.execute("ANALYZE allocation_clients")
            cursor.execute(_PAIRS)
            added += _apply(cursor)[0]
            cursor.execute("DROP TABLE allocation_clients")
    cursor.execute("ALTER TABLE allocation_chosen RENAME TO allocation_clients")
    cursor.execute("DROP TABLE allocation_moments")
    return added


def _apply(cursor) -> tuple[int, int]:
    """Make the allocations of allocation_clients those of allocation_pairs.

    Returns how many rows were added and displaced.
    """
    cursor.execute("ANALYZE allocation_pairs")
    cursor.execute(_DISPLACE)
    displaced = cursor.rowcount
    cursor.execute(_CLOSE)
    cursor.execute(_INSERT)
    added = cursor.rowcount
    cursor.execute("DROP TABLE allocation_pairs, allocation_displaced")
    return added, displaced
