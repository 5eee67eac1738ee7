"""Columns of any kind as binary COPY bytes, without a Python loop over rows.

Every field is laid out at its full width in one matrix of bytes; the parts that a row does not
use (the tail of a short text, the value of a NULL) are then cut out by one mask.  PostgreSQL
strips the leading zero digits of a numeric, so numerics have a fixed width too.
Source of the formats: PostgreSQL manual, COPY, "Binary Format"; numeric_recv for numerics.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection

from kam.lib.copy import raw_cursor

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_CHUNK = 2**20  # bytes handed to the connection at a time
_WHOLE_GROUPS = 4  # groups of four decimal digits before the point: all that int64 can hold
_POSTGRES_EPOCH = np.datetime64("2000-01-01", "D")
_POSTGRES_EPOCH_MOMENT = np.datetime64("2000-01-01T00:00:00", "us")


@dataclass(frozen=True)
class Field:
    """One column of n rows: bytes (n, width) uint8, and how many of them each row uses.

    ``used`` is None where every row uses all; −1 in it stands for NULL.
    """

    name: str
    data: np.ndarray
    used: np.ndarray | None = None


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)


def _used(width: int, missing: np.ndarray | None) -> np.ndarray | None:
    return None if missing is None else np.where(missing, -1, width).astype(np.int32)


def whole(name: str, values: np.ndarray, size: int = 8, missing: np.ndarray | None = None) -> Field:
    """smallint, integer or bigint by ``size`` 2, 4, 8."""
    return Field(name, _bytes(values.astype(f">i{size}")), _used(size, missing))


def numeric(
    name: str, values: np.ndarray, decimals: int = 2, missing: np.ndarray | None = None
) -> Field:
    """int64 ``values`` counted in units of 10**−decimals (decimals 0..4) as numeric.

    Raises OverflowError above 9.2e14 whole units.
    """
    factor = 10 ** (4 - decimals)
    sizes = np.abs(values.astype(np.int64))
    if len(sizes) and sizes.max() > np.iinfo(np.int64).max // factor:
        raise OverflowError(f"{name}: a value is too large")
    scaled = sizes * factor
    groups = np.empty((len(values), 4 + _WHOLE_GROUPS + 1), dtype=">i2")
    groups[:, 0] = _WHOLE_GROUPS + 1
    groups[:, 1] = _WHOLE_GROUPS - 1  # weight of the first group
    groups[:, 2] = np.where(values < 0, 0x4000, 0)
    groups[:, 3] = decimals
    for position in range(_WHOLE_GROUPS, -1, -1):
        groups[:, 4 + position] = scaled % 10_000
        scaled //= 10_000
    data = _bytes(groups)
    return Field(name, data, _used(data.shape[1], missing))


def dates(name: str, values: np.ndarray) -> Field:
    """datetime64[D] as date; NaT is NULL."""
    missing = np.isnat(values)
    days = (np.where(missing, _POSTGRES_EPOCH, values) - _POSTGRES_EPOCH).astype(np.int64)
    return whole(name, days, 4, missing if missing.any() else None)


def moments(name: str, values: np.ndarray) -> Field:
    """datetime64[us] in UTC as timestamptz; NaT is NULL."""
    missing = np.isnat(values)
    micros = np.where(missing, _POSTGRES_EPOCH_MOMENT, values) - _POSTGRES_EPOCH_MOMENT
    return whole(name, micros.astype(np.int64), 8, missing if missing.any() else None)


def encoded(texts: Sequence[str]) -> np.ndarray:
    """Texts as UTF-8 in a NumPy array of bytes, wide enough for the longest."""
    return np.array([text.encode() for text in texts], dtype=bytes)


def text(name: str, values: np.ndarray) -> Field:
    """An array of bytes (UTF-8) as text."""
    used = np.char.str_len(values).astype(np.int32)
    return Field(name, _bytes(values), used)


def constant(name: str, value: str, rows: int) -> Field:
    """The same text in every row."""
    raw = np.frombuffer(value.encode(), dtype=np.uint8)
    return Field(name, np.broadcast_to(raw, (rows, len(raw))))


def encode(fields: Sequence[Field]) -> bytes:
    """The rows as COPY expects them, with header and trailer."""
    rows = len(fields[0].data)
    width = 2 + sum(4 + field.data.shape[1] for field in fields)
    block = np.empty((rows, width), dtype=np.uint8)
    block[:, 0:2] = np.frombuffer(len(fields).to_bytes(2, "big"), dtype=np.uint8)
    cut: list[tuple[int, Field]] = []
    at = 2
    for field in fields:
        size = field.data.shape[1]
        used = np.full(rows, size, dtype=np.int32) if field.used is None else field.used
        block[:, at : at + 4] = _bytes(used.astype(">i4"))
        block[:, at + 4 : at + 4 + size] = field.data
        if field.used is not None:
            cut.append((at + 4, field))
        at += 4 + size
    if not cut:
        return _HEADER + block.tobytes() + _TRAILER
    keep = np.ones((rows, width), dtype=bool)
    for start, field in cut:
        size = field.data.shape[1]
        assert field.used is not None
        keep[:, start : start + size] = np.arange(size) < field.used[:, None]
    return _HEADER + block[keep].tobytes() + _TRAILER


def copy_in(table: str, fields: Sequence[Field]) -> int:
    """Append the fields' rows to ``table``; the number of rows."""
    rows = len(fields[0].data)
    if rows:
        names = ", ".join(field.name for field in fields)
        with connection.cursor() as cursor:
            raw_cursor(cursor).copy_expert(
                f"COPY {table} ({names}) FROM STDIN (FORMAT binary)",
                io.BytesIO(encode(fields)),
                _CHUNK,
            )
    return rows
