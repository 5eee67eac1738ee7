"""Headers against the ledger: new documents, new versions of changed ones, and those as before."""

from __future__ import annotations

from accounts.services.importing.load import Load
from accounts.services.importing.staging import fetch, run, stage

from .headers import Headers

_COLUMNS = {
    "id": "bigint",
    "client_id": "bigint",
    "type": "text",
    "organisation_id": "bigint",
    "number": "text",
    "year": "smallint",
    "date": "date",
    "due": "date",
    "promised": "date",
    "shipped": "date",
    "manager": "text",
    "agreement": "text",
    "currency": "text",
    "rate": "numeric",
    "net": "numeric",
    "vat": "numeric",
    "gross": "numeric",
    "discount": "numeric",
    "cost": "numeric",
    "costed_net": "numeric",
    "known_from": "timestamptz",
    "fingerprint": "text",
}


def write_headers(load: Load, rows: Headers) -> dict[int, int]:
    """Insert new documents and new versions of changed ones, and count them.

    Returns the ids of those written by their number in the file, in order of id.
    """
    stage("staged_document", _COLUMNS | {"changed_from": "timestamptz", "document": "int"}, rows)
    _compare(load)
    run(
        """
        UPDATE accounts_document d SET known_to = s.known_from
          FROM staged_document s WHERE d.id = s.previous
        """
    )
    inserted = ", ".join(_COLUMNS)
    run(
        f"""
        INSERT INTO accounts_document ({inserted}, source, version, batch_id, paid)
        SELECT {inserted}, %s, version, %s, 0 FROM staged_document ORDER BY id
        """,
        [load.source, load.batch_id],
    )
    written = fetch(
        "SELECT document, id, previous, client_id, previous_client FROM staged_document ORDER BY id"
    )
    counts = load.report.counts("documents")
    updated = sum(previous is not None for _document, _id, previous, *_clients in written)
    counts.created += len(written) - updated
    counts.updated += updated
    counts.unchanged += len(rows) - len(written)
    for _document, _id, _previous, *clients in written:
        load.touched.update(clients)
    load.touched.discard(None)  # type: ignore[arg-type] - the client before, of a new document
    return {document: number for document, number, *_rest in written}


def _compare(load: Load) -> None:
    """Find the present version of each staged document, and drop those that say the same."""
    run(
        """
        ALTER TABLE staged_document ADD previous bigint, ADD previous_client bigint,
              ADD version integer NOT NULL DEFAULT 1, ADD same boolean
        """
    )
    # Two statements, because "equal or both absent" would keep the index of the key unused.
    for organisation in (
        "s.organisation_id IS NULL AND d.organisation_id IS NULL",
        "s.organisation_id = d.organisation_id",
    ):
        run(
            f"""
            UPDATE staged_document s
               SET previous = d.id, previous_client = d.client_id, version = d.version + 1,
                   same = d.fingerprint = s.fingerprint,
                   known_from = greatest(d.known_from, s.changed_from)
              FROM accounts_document d
             WHERE d.source = %s AND d.type = s.type AND {organisation}
               AND d.number = s.number AND d.year = s.year AND d.known_to IS NULL
            """,
            [load.source],
        )
    run("DELETE FROM staged_document WHERE same")


def greet_buyers() -> None:
    """Who bought for the first time is no prospect any more."""
    run(
        """
        UPDATE accounts_client c SET lifecycle = 'active', version = c.version + 1
          FROM (SELECT DISTINCT client_id FROM staged_document WHERE type = 'invoice') s
         WHERE c.id = s.client_id AND c.lifecycle = 'prospect'
        """
    )
