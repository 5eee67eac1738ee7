"""Original files of imports in which a person stands."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import BulkLoad, ImportFile

from .masking import Traces, emails_in, folded_email, folded_phone, phones_in

# Of a packed file no more is looked through: a bomb is not worth the memory.
MOST_BYTES = 256 * 2**20
_PIECE = 4 * 2**20
_OVERLAP = 1_000
_TAG = re.compile(r"<[^>]*>")
UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
_ENCODINGS = ("utf-8", "cp1251", "utf-16-le", "utf-16-be")


@dataclass(frozen=True)
class FoundFile:
    """A file that names the person, or could not be looked through (``readable`` is false)."""

    row: ImportFile
    readable: bool = True

    @property
    def goes(self) -> bool:
        """Whether destroying the person removes the file: not while it waits to be loaded."""
        return self.readable and not self.row.is_busy and not self.row.is_open


def look(traces: Traces) -> list[FoundFile]:
    """Kept files that name the person, the latest first."""
    found = []
    for row in ImportFile.objects.select_related("job").exclude(file=""):
        try:
            with row.file.open("rb") as file:
                if _names(file, traces):
                    found.append(FoundFile(row))
        except FileNotFoundError:
            continue
        except UNREADABLE:
            found.append(FoundFile(row, readable=False))
    return found


def look_loads(traces: Traces) -> list[BulkLoad]:
    """Rows that programs have sent and that are still kept, where they name the person."""
    loads = BulkLoad.objects.select_related("job").filter(content__isnull=False)
    return [
        load for load in loads.iterator(chunk_size=20)
        if traces.is_in(zlib.decompress(load.content).decode("utf-8", "replace"))
    ]  # fmt: skip


def ways_in(row: ImportFile) -> tuple[set[str], set[str]]:
    """All e-mails and phones that stand in a kept file, folded; none where it cannot be read."""
    emails: set[str] = set()
    phones: set[str] = set()
    try:
        with row.file.open("rb") as file:
            for text in _said_in(file):
                said = _TAG.sub(" ", text) if "<" in text else text
                emails.update(map(folded_email, emails_in(said)))
                phones.update(map(folded_phone, phones_in(said)))
    except UNREADABLE:
        pass
    return emails, phones


def _names(file, traces: Traces) -> bool:
    return any(_said(text, traces) for text in _said_in(file))


def _said_in(file) -> Iterator[str]:
    """The texts of a file, also inside gzip, ZIP and XLSX."""
    start = file.read(4)
    file.seek(0)
    left = [MOST_BYTES]
    if start[:2] == b"\x1f\x8b":
        with gzip.open(file) as unpacked:
            yield from _texts_of(unpacked, left)
    elif start == b"PK\x03\x04":
        with zipfile.ZipFile(file) as box:
            for inner in box.infolist():
                with box.open(inner) as part:
                    yield from _texts_of(part, left)
    else:
        yield from _texts_of(file, left)


def _texts_of(file, left: list[int]) -> Iterator[str]:
    for piece in _pieces(file, left):
        yield from _texts(piece)


def _pieces(file: io.IOBase, left: list[int]) -> Iterator[bytes]:
    """The file in pieces that overlap, so that nobody is cut in two.  Raises OSError past all
    bounds."""
    kept = b""
    while piece := file.read(_PIECE):
        left[0] -= len(piece)
        if left[0] < 0:
            raise OSError("larger than what is looked through")
        yield kept + piece
        kept = piece[-_OVERLAP:]


def _texts(piece: bytes) -> Iterator[str]:
    """What the bytes may mean; an encoding that does not fit finds nobody."""
    for encoding in _ENCODINGS:
        if encoding.startswith("utf-16") and b"\x00" not in piece:
            continue
        yield piece.decode(encoding, "ignore")


def _said(text: str, traces: Traces) -> bool:
    if traces.is_in(text):
        return True
    if "<" in text and traces.is_in(_TAG.sub(" ", text)):
        return True
    return "\\u" in text and traces.is_in(_unescaped(text))


def _unescaped(text: str) -> str:
    return re.sub(r"\\u[0-9a-fA-F]{4}", lambda m: str(json.loads(f'"{m.group()}"')), text)
