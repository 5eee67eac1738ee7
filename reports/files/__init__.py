"""A kept report as a file: every format draws the figures of the same snapshot."""

from collections.abc import Callable

from reports.models import Report

from . import pdf, xlsx

# Ending -> how it is written, and what it is.
FILES: dict[str, tuple[Callable[[Report], bytes], str]] = {
    "pdf": (pdf.write, "application/pdf"),
    "xlsx": (xlsx.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
