"""Workbooks of Excel 97-2003, written byte by byte: a stream of BIFF8 records in an OLE file.

[MS-XLS] and [MS-CFB]; only what a table needs: texts, numbers and days.
"""

from __future__ import annotations

import datetime as dt
import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
DAY = dt.date(1899, 12, 30)


def workbook(rows, sheet="Лист1", extra=b"", protected=False) -> bytes:
    """rows: lists of str, int, float, dt.date or None. extra: bytes put behind the stream."""
    return _ole("Workbook", _stream(rows, sheet, protected), extra)


def other(name="WordDocument") -> bytes:
    return _ole(name, b"x" * 5000, b"")


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 0x0600))


def _text(text: str) -> bytes:
    return b"\x01" + text.encode("utf-16-le")


def _stream(rows, sheet: str, protected: bool) -> bytes:
    formats = b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, code, 0, 0, 0, 0, 0, 0, 0, 0))
        for code in (0, 14)  # general, day
    )
    lock = _record(0x002F, struct.pack("<HHH", 1, 1, 1)) if protected else b""
    name = bytes([len(sheet)]) + _text(sheet)
    globals_ = _bof(5) + lock + _record(0x0042, struct.pack("<H", 1200)) + formats
    size = len(globals_) + 4 + 6 + len(name) + 4
    globals_ += _record(0x0085, struct.pack("<IBB", size, 0, 0) + name) + _record(0x000A, b"")
    width = max(map(len, rows), default=0)
    body = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                text = struct.pack("<HHHH", row, column, 0, len(cell)) + _text(cell)
                body += _record(0x0204, text)
            elif cell is not None:
                is_day = isinstance(cell, dt.date)
                value = float((cell - DAY).days if is_day else cell)
                body += _record(0x0203, struct.pack("<HHHd", row, column, int(is_day), value))
    return globals_ + _bof(0x10) + body + _record(0x000A, b"")


def _ole(name: str, stream: bytes, extra: bytes) -> bytes:
    # Streams below 4,096 bytes would live in a smaller store of their own.
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // SECTOR)
    tables = -(-(sectors + 3) // (SECTOR // 4 - 1))
    chain = [FAT] * tables + [END] + [*range(tables + 2, tables + 1 + sectors), END]
    chain += [FREE] * (tables * SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, tables, tables, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    entries = _entry("Root Entry", 5, END, 0, child=1)
    entries += _entry(name, 2, tables + 1, len(stream)) + _entry("", 0, 0, 0) * 2
    body = stream.ljust(sectors * SECTOR, b"\0")
    return header + struct.pack(f"<{len(chain)}I", *chain) + entries + body + extra


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    wide = f"{name}\0".encode("utf-16-le") if name else b""
    head = wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
