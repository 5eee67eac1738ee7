"""Child processes that read what a hostile file could make expensive: bounded memory and time.

A child prints, for each sheet or table, its name as a JSON string and then one array per row;
null ends its answer. Whatever goes wrong in it ends the child, never the worker.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from accounts.importing.container import refuse
from accounts.importing.numbers import NATIVE
from accounts.importing.textfile import Block

MEMORY = 1 << 30


def sheets(
    script: Path, *arguments: str, seconds: int, most: int, size: int, unreadable: str
) -> Iterator[tuple[str, Iterator[Block]]]:
    """Run `script` alone and give its sheets by name, each with its records in blocks.

    arguments: those of the script, behind its limits of memory and CPU seconds. most: what it
    may answer, in bytes. size: records per block. Cells are text as the reader of delimited
    files gives them; a number of the sheet has NATIVE in front, an empty cell is "".
    Raises Refused `unreadable` where the child gives up.
    """
    process = subprocess.Popen(
        [sys.executable, "-I", str(script), str(MEMORY), str(seconds), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
    )
    # CPU time is limited in the child; this ends one that waits.
    timer = threading.Timer(2 * seconds, process.kill)
    timer.start()
    try:
        yield from _answers(process, most, size, unreadable)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _answers(
    process: subprocess.Popen[bytes], most: int, size: int, unreadable: str
) -> Iterator[tuple[str, Iterator[Block]]]:
    assert process.stdout is not None
    answered = 0
    name: str | None = None
    rows: list[list[str]] = []
    while line := process.stdout.readline(most):
        answered += len(line)
        if answered > most:
            raise refuse("file.too_large_unpacked", limit=most >> 20)
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise refuse(unreadable) from error
        if isinstance(answer, str):
            if name is not None:
                yield name, in_blocks(rows, size)
            name, rows = answer, []
        elif answer is None:
            if name is not None:
                yield name, in_blocks(rows, size)
            return
        else:
            rows.append([_text(cell) for cell in answer])
    raise refuse(unreadable)


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        # Fifteen digits are what a spreadsheet keeps; more is noise of binary fractions.
        cell = int(cell) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    return f"{NATIVE}{cell}"


def in_blocks(rows: list[list[str]], size: int) -> Iterator[Block]:
    for start in range(0, len(rows), size):
        yield Block(start + 1, rows[start : start + size])
