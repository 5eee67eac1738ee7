"""What a file is, by its content: a table of text, a workbook, XML, HTML, JSON or a statement.

Nothing is believed of the file's name. Everything is read in pieces; a packed file is unpacked
into an unnamed temporary file and given up once it grows past the limits.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from accounts.importing.table import Issue, Refused

MAX_BYTES = 1 << 30
# Formats that are no tables are read into memory document by document, or in a child.
MAX_OTHER = {"xml": 100 << 20, "html": 20 << 20, "json": 20 << 20, "statement": 64 << 20}
MAX_XLS = 64 << 20
# A gzip that grows beyond this and beyond the ratio is a bomb; a plain ledger packs to 1:5-1:40.
SUSPECT_BYTES = 64 << 20
MAX_RATIO = 200
PIECE = 1 << 20

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of parts as the directory of an OLE file has them; a document may speak of a workbook.
_OLE_PARTS = {
    name.rstrip("\0"): name.encode("utf-16-le")
    for name in ("EncryptedPackage", "_VBA_PROJECT_CUR", "Workbook\0")
}
_KNOWN_BINARY = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"SQLite format 3",
    b"\x7fELF",
    b"MZ\x90",
    b"RIFF",
    b"PAR1",
)
# Control characters that no table of text needs; tab, line ends and form feed are left out.
CONTROLS = bytes(code for code in (*range(32), 127) if code not in (9, 10, 12, 13, 26))
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_HTML = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<style", b"<head", b"<body")
_JSON = (b'{"', b"{\r", b"{\n", b"[{", b"[\r", b"[\n", b"{ ", b"{\t", b"{}")
STATEMENT = b"1cclientbankexchange"

Container = Literal["csv", "csv.gz", "xlsx", "xls", "xml", "html", "json", "statement"]


@dataclass(slots=True)
class Content:
    """An opened file and what one pass over its bytes told.

    stream: the unpacked bytes, seekable. container: "csv.gz" is a packed table of text; other
    formats are called the same, packed or not. size: of the unpacked bytes.
    utf8_valid: all bytes are UTF-8. controls: some byte is a control character.
    head: the first bytes, at most PIECE of them.
    """

    stream: BinaryIO
    container: Container
    sha256: str
    size: int
    head: bytes
    utf8_valid: bool
    controls: bool


def refuse(code: str, **params: str | int) -> Refused:
    return Refused(Issue(None, None, code, params))


def open_content(source: str | os.PathLike[str] | bytes) -> Content:
    """Open, unpack and look through a file; raises Refused file.* , xlsx.encrypted, xml.dtd_forbidden."""
    if isinstance(source, bytes):
        return _look(io.BytesIO(source))
    stream = Path(source).open("rb")  # noqa: SIM115  (handed on, closed by `read`)
    try:
        return _look(stream)
    except BaseException:
        stream.close()
        raise


def _look(stream: BinaryIO) -> Content:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        digest.update(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise refuse("file.too_large", limit=MAX_BYTES >> 20)
    if size == 0:
        raise refuse("file.empty")
    stream.seek(0)
    magic = stream.read(8)
    stream.seek(0)
    if magic.startswith(_ZIP):
        return Content(stream, "xlsx", digest.hexdigest(), size, b"", False, False)
    if magic.startswith(_OLE):
        if size > MAX_XLS:
            raise refuse("file.too_large", limit=MAX_XLS >> 20)
        _check_ole(stream)
        return Content(stream, "xls", digest.hexdigest(), size, b"", False, False)
    container: Container = "csv"
    if magic.startswith(_GZIP):
        packed, container = stream, "csv.gz"
        stream = _unpack(packed, size)
        packed.close()
    try:
        return _look_at_text(stream, container, digest.hexdigest())
    except BaseException:
        stream.close()
        raise


def _check_ole(stream: BinaryIO) -> None:
    """Let through what holds a workbook of Excel 97-2003, by the names of its parts."""
    found: set[str] = set()
    tail = b""
    while piece := stream.read(PIECE):
        window = tail + piece
        found |= {name for name, marker in _OLE_PARTS.items() if marker in window}
        tail = piece[-64:]
    stream.seek(0)
    for name, code in (("EncryptedPackage", "xlsx.encrypted"), ("_VBA_PROJECT_CUR", "xlsx.macro")):
        if name in found:
            raise refuse(code)
    if "Workbook" not in found:
        raise refuse("file.old_excel")


def _unpack(packed: BinaryIO, packed_size: int) -> BinaryIO:
    unpacked: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  (handed on, closed by `read`)
    try:
        inflate = zlib.decompressobj(wbits=31)
        written = 0
        while piece := packed.read(PIECE // 4):
            while piece:
                plain = inflate.decompress(piece, PIECE)
                written += len(plain)
                if written > MAX_BYTES or (
                    written > SUSPECT_BYTES and written > MAX_RATIO * packed_size
                ):
                    raise refuse("file.too_large_unpacked", limit=MAX_BYTES >> 20)
                unpacked.write(plain)
                if inflate.eof:
                    # A gzip may hold several members, one after the other.
                    piece = inflate.unused_data
                    if not piece.startswith(_GZIP):
                        break
                    inflate = zlib.decompressobj(wbits=31)
                else:
                    piece = inflate.unconsumed_tail
        if not inflate.eof:
            raise refuse("file.damaged")
    except zlib.error as error:
        unpacked.close()
        raise refuse("file.damaged") from error
    except BaseException:
        unpacked.close()
        raise
    unpacked.seek(0)
    return unpacked


def _look_at_text(stream: BinaryIO, container: Container, sha256: str) -> Content:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    size, head, valid, controls = 0, b"", True, False
    while piece := stream.read(PIECE):
        head = head or piece
        size += len(piece)
        if valid:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                valid = False
        controls = controls or len(piece.translate(None, CONTROLS)) < len(piece)
    if valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            valid = False
    stream.seek(0)
    if size == 0 or (len(head) < 4096 and not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n\x1a")):
        raise refuse("file.empty")
    other = _other_format(head)
    if other is not None and size > MAX_OTHER[other]:
        raise refuse("file.too_large", limit=MAX_OTHER[other] >> 20)
    return Content(stream, other or container, sha256, size, head, valid, controls)


def _other_format(head: bytes) -> Container | None:
    """The format of what is no table of text; raises Refused for binary files and DTDs."""
    if head.startswith(_KNOWN_BINARY) or head.startswith((_GZIP, _ZIP, _OLE)):
        raise refuse("file.binary")
    sample = head[:65_536]
    wide = sample[:2] in (b"\xff\xfe", b"\xfe\xff") or _looks_wide(sample)
    if not wide and len(sample) - len(sample.translate(None, CONTROLS)) > len(sample) // 100 + 2:
        raise refuse("file.binary")
    start = sample.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:512].lower()
    if start.startswith(_HTML):
        return "html"
    if start.startswith(
        (b"<?xml", b"<!doctype", b"<!entity", b"<!--", b"<\xd0\xba\xd0\xbe\xd0\xbc")
    ):
        if _DOCTYPE.search(head[: 256 << 10].replace(b"\x00", b"")):
            raise refuse("xml.dtd_forbidden")
        return "html" if b"<html" in start else "xml"
    if start.startswith(_JSON):
        return "json"
    return "statement" if start.startswith(STATEMENT) else None


def _looks_wide(sample: bytes) -> bool:
    """Whether the bytes look like UTF-16 without a mark: zeros in every other place."""
    return wide_codec(sample) is not None


def wide_codec(sample: bytes) -> str | None:
    """UTF-16 codec by the place of high bytes: zero or 4 (Cyrillic) every other byte."""
    sample = sample[:4096]
    if len(sample) < 8 or 0 not in sample:
        return None
    half = len(sample) // 2
    even = sum(byte in (0, 4) for byte in sample[0::2])
    odd = sum(byte in (0, 4) for byte in sample[1::2])
    if odd > 0.9 * half and even < 0.3 * half:
        return "utf-16-le"
    if even > 0.9 * half and odd < 0.3 * half:
        return "utf-16-be"
    return None
