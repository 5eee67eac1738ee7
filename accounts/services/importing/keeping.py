"""What an import changes is written down while it runs, so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import ImportBatch

from .staging import run


@contextmanager
def keeping_changes(batch: ImportBatch) -> Iterator[None]:
    """Within the caller's transaction, let the database write down what this import does.

    An exception ends the transaction, or the savepoint around this block, and the setting with it.
    """
    run("SELECT set_config('kam.import_batch', %s, true)", [str(batch.pk)])
    yield
    run("SELECT set_config('kam.import_batch', '', true)")
