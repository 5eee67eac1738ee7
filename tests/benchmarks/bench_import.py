"""A large file of documents against the bare COPY of the same rows, in time and in memory.

500,000 lines; KAM_BENCH_LINES sets another number. The rival is COPY of the rows that the import
leaves in the ledger, headers and lines, into empty tables of the same columns and indexes: what
writing them costs when they have been read, resolved and compared already. Told beside it: COPY
of the file as it is into a table without index or constraint.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import Reporter, seconds

LINES = int(os.environ.get("KAM_BENCH_LINES", "500000"))
MEGABYTES = 600
_LINES_PER_DOCUMENT = 5

_IMPORT = """
import json, re, sys
from time import perf_counter
import django
django.setup()
from accounts.services.importing import run
start = perf_counter()
report = run(sys.argv[1], "documents", source=sys.argv[2])
took = perf_counter() - start
# Of this program alone: ru_maxrss would tell of the one that started it, too.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
answer = {"seconds": took, "megabytes": peak, "accepted": report.accepted}
print(json.dumps(answer | {name: report.entities[name].changed for name in ("documents",)}))
"""


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench")
    databases.set_up()
    try:
        with tempfile.TemporaryDirectory(dir=memory()) as folder:
            _measure(report, Path(folder) / "sales.csv")
    finally:
        databases.tear_down()


def memory() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _measure(report: Reporter, path: Path) -> None:
    write(path)
    plain = seconds(lambda: _plain_copy(path))
    first = _import(path, "first")
    assert first["accepted"] == "all", first
    assert first["documents"] == LINES // _LINES_PER_DOCUMENT, first
    bare = _ledger_copy(path.parent)
    # The shortest of three, as for its rivals: each as another system's file, so all of it is new.
    imports = [first] + [_import(path, source) for source in ("second", "third")]
    shortest = min(done["seconds"] for done in imports)
    longest = max(done["seconds"] for done in imports)
    report("import of lines ÷ bare COPY of the same rows", shortest / bare, 8)
    report("the longest of three imports ÷ the same", longest / bare, None)
    report("the shortest ÷ COPY of the file without indexes", shortest / plain, None)
    report("peak memory of the import, in MB", first["megabytes"], MEGABYTES)
    again = _import(path, "first")
    assert again["documents"] == 0, again
    report("the same file again ÷ bare COPY", again["seconds"] / bare, None)
    from accounts.importing import read

    reading = seconds(lambda: read(path, "documents"), 1)
    report("reading the file alone ÷ bare COPY", reading / bare, None)


def _import(path: Path, source: str) -> dict:
    """In a process of its own, so that its peak of memory is the import's."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, str(path), source],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _plain_copy(path: Path) -> None:
    from django.db import connection, transaction

    from kam.lib.copy import raw_cursor

    with transaction.atomic(), connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            """
            CREATE TEMPORARY TABLE bare (
                number text, date date, client text, client_name text, product text, family text,
                quantity numeric, unit_price numeric, discount numeric, cost numeric
            ) ON COMMIT DROP
            """
        )
        raw_cursor(cursor).copy_expert("COPY bare FROM STDIN (FORMAT csv, HEADER)", file)


def _ledger_copy(folder: Path) -> float:
    """Seconds for the documents and lines that are now in the ledger, the best of three."""
    from django.db import connection, transaction

    from kam.lib.copy import raw_cursor

    tables = ("accounts_document", "accounts_line")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        for table in tables:
            with (folder / table).open("wb") as file:
                raw_cursor(cursor).copy_expert(f"COPY {table} TO STDOUT", file)

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            for table in tables:
                cursor.execute(f"CREATE TABLE runs.bare (LIKE public.{table} INCLUDING ALL)")
                with (folder / table).open("rb") as file:
                    raw_cursor(cursor).copy_expert("COPY runs.bare FROM STDIN", file)
                cursor.execute("DROP TABLE runs.bare")

    return seconds(copy)


def write(path: Path, lines: int = LINES) -> None:
    """Invoices of a wholesaler, the same at every run."""
    random_ = random.Random(2026)
    clients, products = max(lines // 100, 1), 2_000
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "number,date,client,client_name,product,family,quantity,unit_price,discount,cost\n"
        )
        for number in range(lines // _LINES_PER_DOCUMENT):
            client = int(clients * random_.random() ** 2)
            day = f"{2023 + number % 3}-{random_.randint(1, 12):02}-{random_.randint(1, 28):02}"
            head = f"S-{number:07},{day},c{client},Client {client}"
            for _ in range(_LINES_PER_DOCUMENT):
                product = random_.randrange(products)
                quantity = random_.randint(1, 200)
                price = random_.randint(100, 500_000)
                cost = quantity * price * random_.randint(50, 90) // 100
                file.write(
                    f"{head},p{product},Family {product % 40},{quantity},"
                    f"{price // 100}.{price % 100:02},0.0{random_.randint(0, 9)},"
                    f"{cost // 100}.{cost % 100:02}\n"
                )
