"""A file on its way through the import pages: looked at, checked, loaded, refused.

200,000 lines; KAM_BENCH_WIZARD sets another number.  Seconds stand against the promised ones, for
so many lines as there are, and so do megabytes of a process of its own.  Hostile files go the way
that every file goes, and each stands against the two seconds within which it must be refused.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import Reporter, seconds
from tests.benchmarks.bench_import import MEGABYTES, memory, write

LINES = int(os.environ.get("KAM_BENCH_WIZARD", "200000"))
# Promised for 200,000 lines.
PREVIEW, LOAD = 15 * LINES / 200_000, 30 * LINES / 200_000
REFUSAL = 2.0

_WIZARD = """
import json, re, sys
from time import perf_counter
import django
django.setup()
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from accounts.services import import_files
from kam.lib.scoping import acting_system
def peak():
    # Of this program alone: ru_maxrss would tell of the one that started it, too.
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
answer = {}
with acting_system("benchmark"), open(sys.argv[1], "rb") as file:
    upload = UploadedFile(file, "sales.csv", size=int(sys.argv[2]))
    start = perf_counter()
    row = import_files.keep(upload, None)
    import_files.check(row)
    answer["preview"] = perf_counter() - start
    answer["check_megabytes"] = peak()
    start = perf_counter()
    report = import_files.load(row, partial=False)
    answer["load"] = perf_counter() - start
    answer["load_megabytes"] = peak()
    answer["accepted"], answer["rows"] = report.accepted, report.rows
    import_files.remove_content(row)
print(json.dumps(answer))
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
            _measure(report, Path(folder))
    finally:
        databases.tear_down()


def _measure(report: Reporter, folder: Path) -> None:
    path = folder / "sales.csv"
    write(path, LINES)
    done = subprocess.run(
        [sys.executable, "-c", _WIZARD, str(path), str(path.stat().st_size)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=os.environ | {"FILES_DIR": str(folder / "files")},
    )
    answer = json.loads(done.stdout)
    assert (answer["accepted"], answer["rows"]) == ("all", LINES), answer
    report(f"preview of {LINES:,} lines ÷ promised seconds", answer["preview"] / PREVIEW, 1)
    report(f"loading of {LINES:,} lines ÷ promised seconds", answer["load"] / LOAD, 1)
    report("peak memory of the check, in MB", answer["check_megabytes"], MEGABYTES)
    report("peak memory of check and loading, in MB", answer["load_megabytes"], MEGABYTES)
    for name, make in HOSTILE.items():
        hostile = folder / "hostile"
        hostile.write_bytes(make())
        report(f"refusing {name} ÷ promised seconds", _refusal(hostile) / REFUSAL, 1)


def _refusal(path: Path) -> float:
    from accounts.importing import Refused, read, recognise

    def refuse() -> None:
        try:
            recognise(path.name, path, None)  # what keeping a file does, from its beginning
            read(path, "documents")
        except Refused:
            return
        raise AssertionError("the file was not refused")

    return seconds(refuse, 1)


def _archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a gzip that grows a thousandfold": lambda: gzip.compress(b"0" * (512 << 20), 6),
    "a workbook that grows a thousandfold": lambda: _archive(
        **{"[Content_Types].xml": b"<Types/>", "xl__workbook.xml": b" " * (512 << 20)}
    ),
    "XML that declares entities": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a>' + b"&b;" * 1_000_000 + b"</a>"
    ),
    "JSON deeper than any": lambda: b'{"result":' + b"[" * 5_000_000,
    "100 MB of NULs": lambda: b"\x00" * (100 << 20),
    "a record without an end": lambda: b'number;date;client;amount\n"' + b"x" * (64 << 20),
}
