"""A kept report as a file: every format draws the figures of the same snapshot."""

from collections.abc import Callable
from typing import Any

from . import pdf, slides, xlsx

_OFFICE = "application/vnd.openxmlformats-officedocument"
# Ending -> how it is written, and what it is.
FILES: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "pdf": (pdf.write, "application/pdf"),
    "xlsx": (xlsx.write, f"{_OFFICE}.spreadsheetml.sheet"),
    "pptx": (slides.write, f"{_OFFICE}.presentationml.presentation"),
}
