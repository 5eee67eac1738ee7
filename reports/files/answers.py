"""A kept report handed out as a file, to a browser and to a program alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from . import FILES
from .pdf import filename


def handed_out(report: Any, ending: str) -> HttpResponse:
    """ending: one of FILES."""
    write, kind = FILES[ending]
    response = HttpResponse(write(report), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{filename(report, ending)}"'
    return response
