"""Documents with their lines: assembled, compared with what is known, written as versions.

The rows are grouped into documents in memory, because the reader has them there already and a
document is small; only headers are staged and compared in SQL, by fingerprint.  Lines of new and
changed documents then go straight to the ledger by COPY, once, with their final ids: staging
half a million lines first would write them twice.
"""

from __future__ import annotations

from accounts.services.importing.clients import Book
from accounts.services.importing.load import Load
from accounts.services.importing.organisations import organisations

from .buyers import find_buyers
from .checks import check_amounts, check_headers
from .grouping import Documents
from .headers import header_rows
from .lines import Lines
from .settlement import settle
from .totals import totals
from .versions import greet_buyers, write_headers


def load_documents(load: Load) -> None:
    """Write documents, the clients and products they name, and payments of settled ones."""
    documents = Documents(load)
    check_headers(documents)
    book = find_buyers(documents)
    check_amounts(documents)
    _write(load, documents, book)


def _write(load: Load, documents: Documents, book: Book) -> None:
    sound = documents.sound
    lines = Lines(documents)
    _write_buyers(load, documents, book)
    own = organisations({documents.organisation[number] for number in sound} - {None})
    rows = header_rows(documents, lines, own)
    lines.write(write_headers(load, rows))
    greet_buyers()
    load.report.totals |= totals(rows)
    settle(documents, rows)


def _write_buyers(load: Load, documents: Documents, book: Book) -> None:
    """Clients that only refused or waiting documents name are not made."""
    named = {documents.client[number] for number in documents.sound}
    counts = load.report.counts("clients")
    counts.created += book.write(only=named)
    counts.unchanged += len(named) - counts.created
