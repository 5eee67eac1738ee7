"""The rows of a file that were refused, as a file to be corrected and loaded again."""

from __future__ import annotations

import os
from typing import TextIO

from accounts.importing import ReadOptions, reasons, write_refused

from .messages import text
from .report import Report


def write_refusals(
    out: TextIO, source: str | os.PathLike[str] | bytes, options: ReadOptions, report: Report
) -> int:
    """Write the refused rows of a report with their reasons, in its language; how many.

    out: opened with newline="". options: those that the file was read with. A file that was
    refused as a whole has no such rows.
    """
    why = reasons(report.errors, report.held_back, lambda issue: text(issue, report.language))
    if not why:
        return 0
    return write_refused(out, source, report.kind, options, why, report.language)
