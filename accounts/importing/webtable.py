"""Tables of a web page, which some CRM systems save under the name of .xls."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from accounts.importing import child
from accounts.importing.container import Content
from accounts.importing.encodings import Encoding
from accounts.importing.textfile import Block

MAX_ROWS = 200_000
MAX_COLUMNS = 256
_CHILD = Path(__file__).with_name("webtable_child.py")
_MOST_ANSWER = 128 << 20


def tables(
    content: Content, encoding: Encoding, size: int, first: int = 0
) -> Iterator[tuple[str, Iterator[Block]]]:
    """Tables of the page in order, named "table 1" and so on. first: rows of each, 0 = all.

    A cell over several columns or rows fills the first and leaves the others empty, as a sheet
    does. Raises Refused html.unreadable where the child gives up.
    """
    with tempfile.NamedTemporaryFile(suffix=".html") as copy:
        content.stream.seek(0)
        shutil.copyfileobj(content.stream, copy)
        copy.flush()
        yield from child.sheets(
            _CHILD,
            copy.name,
            encoding.codec,
            str(first),
            str(MAX_ROWS),
            str(MAX_COLUMNS),
            seconds=2 + 2 * (content.size >> 20),
            most=_MOST_ANSWER,
            size=size,
            unreadable="html.unreadable",
        )
