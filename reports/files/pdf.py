"""A report as PDF, set by Typst: no system library, Cyrillic and ₽ in its own fonts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.dashboards import kept

from . import drawing
from .told import company_of, made_line, tables_of

# Columns beside the first that a page has room for; as many as any table of the portfolio has.
WIDEST = 7
TEMPLATE = Path(__file__).with_name("report.typ")


def filename(report: Any, ending: str = "pdf") -> str:
    """Of a business review for the client nothing tells what else there is."""
    name = f"kam-{slugify(getattr(report, 'name', '')) or slugify(report.kind)}"
    if report.kind == "qbr":
        name = "business-review-internal" if report.is_internal else "business-review"
    return f"{name}-{report.ends:%Y-%m-%d}.{ending}"


def write(report: Any) -> bytes:
    """The whole report; the same report gives the same figures, whenever it is asked for."""
    import typst  # its binary takes a moment, and only those who want a PDF wait for it

    with override(report.language):
        told = _told(report)
    return typst.compile(
        TEMPLATE.read_bytes(), sys_inputs={"report": json.dumps(told, ensure_ascii=False)}
    )


def _told(report: Any) -> dict:
    content = report.content
    return {
        "lang": report.language,
        "title": content["title"],
        "sub": content["sub"],
        "headline": content.get("headline", ""),
        "company": company_of(report),
        "made": made_line(report),
        "changed": _("Changed since the report before"),
        "changes": kept.changes_of(report),
        "texts": [
            {"title": each["title"], "lines": [x for x in each["text"].splitlines() if x.strip()]}
            for each in content.get("texts", ())
        ],
        "since": _("since the report before"),
        "figures": [
            {
                "label": each.label, "value": each.value,
                "delta": kept.delta_text(each.delta, each.kind), "note": each.note,
            }
            for each in kept.shown_figures(report)
        ],
        "tables": [
            {
                "title": table.title,
                "empty": table.empty,
                "heads": table.heads,
                "right": [kind not in ("text",) for kind in table.kinds],
                "rows": table.rows,
                "total": table.total,
            }
            for table in tables_of(report, WIDEST)
        ],
        "charts": [
            {
                "title": chart["title"], "sub": chart["subtitle"],
                "note": chart["note"] or chart["missing"],
                "svg": drawing.svg(chart["figure"]) if chart["figure"] else "",
            }
            for chart in content["charts"]
        ],
    }  # fmt: skip
