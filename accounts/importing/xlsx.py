"""Workbooks: looked through before parsing, then parsed by calamine in a bounded child process.

A workbook of 1 KB can ask a parser for 512 GB (one cell at the far corner), so sizes, parts and
coordinates are counted first, and whatever still goes wrong ends a child, not the worker.
"""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from accounts.importing import child
from accounts.importing.container import MAX_RATIO, PIECE, refuse
from accounts.importing.textfile import Block

MAX_UNPACKED = 100 << 20
MAX_PARTS = 500
MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_AREA = 20_000_000
CHILD_SECONDS = 60
_CHILD = Path(__file__).with_name("xlsx_child.py")
# What the child may answer, in characters: unpacked cells of a file within MAX_UNPACKED.
_MAX_ANSWER = 4 * MAX_UNPACKED
_SUSPECT = 20 << 20

_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(row|c)(?=[\s/>])([^>]*)>")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']\s*([A-Za-z]*)([0-9]+)\s*["']""")
_ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""", re.IGNORECASE)
_DATE_1904 = re.compile(rb"""<(?:[\w.-]+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
_OVERLAP = 4096
# What the zip module and its decompressors raise over a damaged archive.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,  # names that are not in their encoding, places before the start
)


@dataclass(slots=True)
class Workbook:
    """A checked workbook. from_1904: its day serials count from 1904-01-01."""

    from_1904: bool
    sheet: str | None = None


def check(stream: BinaryIO, size: int) -> Workbook:
    """Look through the archive without parsing it; raises Refused file.* or xlsx.*."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if len(parts) > MAX_PARTS:
                raise refuse("xlsx.too_many_parts", limit=MAX_PARTS)
            if any(part.flag_bits & 1 for part in parts):
                raise refuse("xlsx.encrypted")
            declared = sum(part.file_size for part in parts)
            if declared > MAX_UNPACKED or (declared > _SUSPECT and declared > MAX_RATIO * size):
                raise refuse("file.too_large_unpacked", limit=MAX_UNPACKED >> 20)
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise refuse("xlsx.macro")
            if "xl/workbook.xml" not in names:
                raise refuse("file.unsupported", format="ZIP")
            if len({name.lower() for name in names}) < len(names):
                raise refuse("file.damaged")
            return _check_parts(archive, parts)
    except _DAMAGE as error:
        raise refuse("file.damaged") from error


def _check_parts(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Workbook:
    unpacked, from_1904 = 0, False
    for part in parts:
        name = part.filename.lower()
        is_xml = name.endswith((".xml", ".rels", ".vml"))
        corner = _Corner() if name.startswith("xl/worksheets/") else None
        tail = b""
        with archive.open(part) as stream:
            while piece := stream.read(PIECE // 4):
                unpacked += len(piece)
                if unpacked > MAX_UNPACKED:
                    raise refuse("file.too_large_unpacked", limit=MAX_UNPACKED >> 20)
                if not is_xml:
                    continue
                if not tail:
                    _check_start(piece)
                window = tail + piece
                if _DTD.search(window):
                    raise refuse("xlsx.dtd")
                if name == "xl/workbook.xml" and _DATE_1904.search(window):
                    from_1904 = True
                # Tags are counted once: what follows the last whole tag waits for the rest.
                cut = window.rfind(b">") + 1
                if corner is not None:
                    corner.count(window[:cut] if cut else b"")
                    tail = window[cut:]
                    if len(tail) > MAX_UNPACKED // 2:
                        raise refuse("file.damaged")
                else:
                    tail = window[-_OVERLAP:]
    return Workbook(from_1904)


def _check_start(piece: bytes) -> None:
    """Only UTF-8 parts: in UTF-16 the checks of bytes would see nothing."""
    if piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in piece[:256]:
        raise refuse("xlsx.encoding")
    match = _ENCODING.match(piece.lstrip(b"\xef\xbb\xbf \t\r\n"))
    if match and match[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise refuse("xlsx.encoding")


class _Corner:
    """Furthest row and column that a sheet speaks of; cells without a reference count on."""

    def __init__(self) -> None:
        self.row = self.column = self.last_row = self.last_column = 0

    def count(self, text: bytes) -> None:
        for tag, attributes in _TAG.findall(text):
            reference = _REFERENCE.search(attributes)
            if tag == b"row":
                row = int(reference[2][:10]) if reference else self.row + 1
                self.row, self.column = row, 0
            elif reference:
                self.column = _column_number(reference[1])
                self.row = int(reference[2][:10])
            else:
                self.column += 1
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)
        if (
            self.last_row > MAX_ROWS
            or self.last_column > MAX_COLUMNS
            or self.last_row * self.last_column > MAX_AREA
        ):
            raise refuse("xlsx.too_many_cells", rows=MAX_ROWS, columns=MAX_COLUMNS)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def sheets(path: Path, size: int, first: int = 0) -> Iterator[tuple[str, Iterator[Block]]]:
    """Visible sheets of a checked workbook in order, each with its records in blocks.

    A date is ISO, a formula without a value is "". first: so many rows of each sheet, 0 = all.
    Raises Refused xlsx.unreadable where the child gives up.
    """
    return child.sheets(
        _CHILD,
        str(path),
        str(first),
        seconds=CHILD_SECONDS,
        most=_MAX_ANSWER,
        size=size,
        unreadable="xlsx.unreadable",
    )
