"""A report as PDF, set by Typst: no system library, Cyrillic and ₽ in its own fonts."""

from __future__ import annotations

import json
from pathlib import Path

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from kam.lib import formatting
from kam.lib.company import company
from reports.dashboards import kept
from reports.files import drawing
from reports.models import Report

TEMPLATE = Path(__file__).with_name("report.typ")


def filename(report: Report, ending: str = "pdf") -> str:
    return f"kam-{slugify(report.kind)}-{report.ends:%Y-%m-%d}.{ending}"


def write(report: Report) -> bytes:
    """The whole report; the same report gives the same figures, whenever it is asked for."""
    import typst  # its binary takes a moment, and only those who want a PDF wait for it

    with override(report.language):
        told = _told(report)
    return typst.compile(
        TEMPLATE.read_bytes(), sys_inputs={"report": json.dumps(told, ensure_ascii=False)}
    )


def _told(report: Report) -> dict:
    content = report.content
    currency = content["currency"]
    return {
        "lang": report.language,
        "title": content["title"],
        "sub": content["sub"],
        "company": company().name,
        "made": _("Made on %(day)s for %(name)s")
        % {
            "day": formatting.day(report.made_at.date(), language=report.language),
            "name": report.person.name,
        },
        "since": _("since the report before"),
        "figures": [
            {
                "label": each.label, "value": each.value,
                "delta": delta_text(each, report.language), "note": each.note,
            }
            for each in kept.shown_figures(report)
        ],
        "tables": [
            {
                "title": table["title"],
                "empty": table["empty"],
                "heads": [column["label"] for column in table["columns"]],
                "right": [column["kind"] not in ("text",) for column in table["columns"]],
                "rows": [
                    [cell.text for cell in row] for row in kept.shown_rows(table, currency)
                ],
            }
            for table in content["tables"]
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


def delta_text(shown: kept.Shown, language: str) -> str:
    """The change as the figure shows it: signed, in its own unit."""
    if shown.delta is None:
        return ""
    if shown.kind == "percent":
        return formatting.percent(shown.delta, language=language, signed=True)
    if shown.kind == "points":
        points = formatting.number(100 * shown.delta, 1, language=language, signed=True)
        return _("%(points)s points") % {"points": points}
    return formatting.number(shown.delta, language=language, signed=True)
