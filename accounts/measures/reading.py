"""Reading whole columns for the measures: the moment, the statement, the arrays.

The statements here pass by the scoped managers, because they sum over everybody; they therefore
run only for a system actor.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connection, transaction

from kam.lib.copy import copy_out_binary
from kam.lib.periods import add_months, end_of_day
from kam.lib.scoping import ScopeMissing, System, current

EPOCH = dt.date(1970, 1, 1)
# Dates leave the database as whole days since EPOCH: numbers of one width, ready to subtract.
NO_DAY = -(2**31)

# The rule of accounts.selectors.facts as SQL, for a table alias.
AS_OF = (
    "{0}.date <= %(day)s AND {0}.known_from < %(end)s"
    " AND ({0}.known_to IS NULL OR {0}.known_to >= %(end)s)"
)
# An amount as whole cents in float8.  Sums of whole numbers are exact up to 2**53 (90 trillion in
# the currency), and a float8 needs no memory beside the group, as a sum of numeric does.
CENTS = "round(({0})::float8 * 100)"
IS_REVENUE = "{0}.type IN ('invoice', 'credit_note')"


@dataclass(frozen=True)
class Moment:
    """A date T and the windows that end with it.

    ``start(k)`` is the first day of the k months that end on T: with T = 31 March, ``start(3)``
    is 1 January; with T = 15 March, ``start(12)`` is 16 March a year before.
    """

    day: dt.date
    known_before: dt.datetime | None = None  # None: the end of the day

    @cached_property
    def end(self) -> dt.datetime:
        """Facts count that became known before this moment."""
        return self.known_before or end_of_day(self.day)

    @property
    def number(self) -> int:
        """T in days since EPOCH."""
        return (self.day - EPOCH).days

    def start(self, months: int) -> dt.date:
        return add_months(self.day + dt.timedelta(days=1), -months)

    @property
    def parameters(self) -> dict[str, Any]:
        return {"day": self.day, "end": self.end, "year_start": self.start(12)}


def require_system() -> None:
    """Raise ScopeMissing unless the product itself is computing (``acting_system``)."""
    if not isinstance(current(), System):
        raise ScopeMissing("measures are computed over all clients, by a system actor only")


@contextmanager
def heavy_statements() -> Iterator[None]:
    """Room for statements over the whole ledger: memory for hashes, and no time limit.

    The ledger is read as it lies: by an index on the client each row would fetch a page of its
    own (three times as long at 10 million documents).
    """
    settings = {
        "statement_timeout": "0",
        "work_mem": "256MB",
        "jit": "off",
        "enable_indexscan": "off",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        before = {}
        for name, value in settings.items():
            cursor.execute("SELECT current_setting(%s)", [name])
            before[name] = cursor.fetchone()[0]
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield
        for name, value in before.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def read_columns(
    query: str, parameters: Mapping[str, Any], dtypes: Sequence[str]
) -> list[np.ndarray]:
    """Rows of ``query`` as one array per column; no value may be NULL.

    The rows go through a temporary table, because COPY of a query runs in one process only while
    CREATE TABLE AS uses parallel workers.
    """
    with connection.cursor() as cursor:
        names = ", ".join(f"column{number}" for number in range(len(dtypes)))
        cursor.execute(
            f"CREATE TEMP TABLE measure_rows ({names}) ON COMMIT DROP AS {query}", parameters
        )
        columns = copy_out_binary("SELECT * FROM measure_rows", dtypes)
        cursor.execute("DROP TABLE measure_rows")
    return columns
