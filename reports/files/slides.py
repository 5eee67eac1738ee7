"""A report as slides: figures and tables as tables, charts as charts whose numbers can be edited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.dashboards import kept

from . import native_charts
from .steady import steady
from .told import in_xml, made_line, tables_of

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

INK, QUIET, ACCENT, LINE, PAPER = "1D2433", "5B6577", "17694A", "DDE1E8", "F4F6F3"
FONT = "Arial"
WIDTH, HEIGHT, SIDE = 13.333, 7.5, 0.6  # inches
ROOM = 4.9  # inches for the rows of a table on one slide
WIDEST = 10  # columns of a table beside the first
WORDS = 10  # sentences on one slide
BLANK = 6  # the layout of python-pptx's template that holds nothing
LONGEST_CELL = 160
TITLE = 24  # points


def write(report: Any) -> bytes:
    """The whole report; the same report gives the same bytes, whenever it is asked for."""
    from pptx import Presentation  # takes a moment, and only those who want slides wait for it
    from pptx.util import Inches

    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDTH), Inches(HEIGHT)
    with override(report.language):
        _properties(show, report)
        for draw in (_cover, _figures, _changes, _texts, _charts, _tables):
            draw(show, report)
    held = BytesIO()
    show.save(held)
    return steady(held.getvalue(), report.made_at)


def _properties(show: Presentation, report: Any) -> None:
    known, made = show.core_properties, report.made_at.replace(tzinfo=None, microsecond=0)
    known.title, known.subject = report.content["title"], report.content["sub"]
    known.author = known.last_modified_by = report.content.get("company", "")
    known.language, known.keywords, known.comments = report.language, "", ""
    known.created = known.modified = known.last_printed = made
    known.revision = 1


# --- Slides -------------------------------------------------------------------------------------


def _cover(show: Presentation, report: Any) -> None:
    slide, content = _blank(show), report.content
    _text(slide, content.get("company", ""), 0.9, 0.5, 14, QUIET)
    _text(slide, content["title"], 1.9, 1.6, 36, INK, bold=True)
    _text(slide, content["sub"], 3.5, 0.5, 16, QUIET)
    if content.get("headline"):
        _text(slide, content["headline"], 4.3, 1.6, 20, ACCENT)
    _text(slide, made_line(report), 6.7, 0.4, 11, QUIET)


def _figures(show: Presentation, report: Any) -> None:
    earlier, currency = kept.before_of(report), report.content["currency"]
    heads = [_("Figure"), _("Value"), _("In the report before"), _("Change")]
    rows = [
        [
            _with_note(shown.label, shown.note), shown.exact,
            kept.text_of(earlier.get(each["key"]), each["kind"], currency),
            kept.delta_text(shown.delta, shown.kind),
        ]
        for shown, each in zip(
            kept.shown_figures(report), report.content["figures"], strict=True
        )
    ]  # fmt: skip
    if not earlier:
        heads, rows = heads[:2], [row[:2] for row in rows]
    if rows:
        _table(show, _("Figures"), heads, rows, [False, True, True, True])


def _with_note(label: str, note: str) -> str:
    return f"{label} ({note})" if note else label


def _changes(show: Presentation, report: Any) -> None:
    _sentences(show, _("Changed since the report before"), kept.changes_of(report))


def _texts(show: Presentation, report: Any) -> None:
    for each in report.content.get("texts", ()):
        _sentences(
            show, each["title"], [line for line in each["text"].splitlines() if line.strip()]
        )


def _charts(show: Presentation, report: Any) -> None:
    from pptx.util import Inches

    for each in report.content["charts"]:
        slide = _titled(show, each["title"])
        top = _below(each["title"])
        _text(slide, each["subtitle"], top, 0.4, 13, QUIET)
        drawn = native_charts.data_of(each["figure"], report.language) if each["figure"] else None
        if drawn is None:
            _text(slide, each["missing"] or each["note"], 2.2, 1.0, 18, QUIET)
            continue
        frame = slide.shapes.add_chart(
            drawn.kind,
            Inches(SIDE),
            Inches(top + 0.5),
            Inches(WIDTH - 2 * SIDE),
            Inches(6.6 - top - 0.5),
            drawn.data,
        )
        frame._element.nvGraphicFramePr.cNvPr.set("descr", each["title"])
        native_charts.dress(frame.chart, drawn, FONT, QUIET, LINE)
        if each["note"]:
            _text(slide, each["note"], 6.75, 0.4, 11, QUIET)


def _tables(show: Presentation, report: Any) -> None:
    for table in tables_of(report, WIDEST):
        if not table.rows:
            _text(_titled(show, table.title), table.empty, 2.2, 1.0, 18, QUIET)
            continue
        rows = [*table.rows, table.total] if table.total else table.rows
        _table(
            show, table.title, table.heads, rows, [kind != "text" for kind in table.kinds],
            [2.4 if kind == "text" else 1.0 for kind in table.kinds],
        )  # fmt: skip


# --- Parts of a slide ---------------------------------------------------------------------------


def _parts(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _blank(show: Presentation) -> Slide:
    return show.slides.add_slide(show.slide_layouts[BLANK])


def _titled(show: Presentation, title: str) -> Slide:
    slide = _blank(show)
    _text(slide, title, 0.45, _below(title) - 0.45, TITLE, INK, bold=True)
    return slide


def _below(title: str) -> float:
    """Where a title ends, in inches from the top."""
    return 0.6 + _lines(title, WIDTH - 2 * SIDE, TITLE) * TITLE * 1.2 / 72


def _text(
    slide: Slide, text: str, top: float, height: float, size: int, colour: str, *, bold=False
) -> None:
    from pptx.enum.text import MSO_AUTO_SIZE
    from pptx.util import Inches

    box = slide.shapes.add_textbox(
        Inches(SIDE), Inches(top), Inches(WIDTH - 2 * SIDE), Inches(height)
    )
    frame = box.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    _write(frame.paragraphs[0], text, size, colour, bold=bold)


def _write(paragraph: Any, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    run = paragraph.add_run()
    run.text = in_xml(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = RGBColor.from_string(colour)


def _sentences(show: Presentation, title: str, lines: Sequence[str]) -> None:
    from pptx.util import Inches, Pt

    for part in _parts(lines, WORDS):
        slide = _titled(show, title)
        box = slide.shapes.add_textbox(
            Inches(SIDE), Inches(1.5), Inches(WIDTH - 2 * SIDE), Inches(5.4)
        )
        box.text_frame.word_wrap = True
        for number, line in enumerate(part):
            frame = box.text_frame
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(8)
            _write(paragraph, line, 16, INK)


def _table(
    show: Presentation, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]],
    right: Sequence[bool], widths: Sequence[float] | None = None,
) -> None:  # fmt: skip
    from pptx.util import Inches

    weights = list(widths or [2.4, *(1.0 for _head in heads[1:])])[: len(heads)]
    inches = [(WIDTH - 2 * SIDE) * weight / sum(weights) for weight in weights]
    size = 12 if len(heads) <= 5 else 10
    shown = [[_shortened(text) for text in row] for row in rows]
    parts = list(_fitting(shown, inches, size))
    for number, part in enumerate(parts, 1):
        numbered = f"{title} ({number}/{len(parts)})" if len(parts) > 1 else title
        slide = _titled(show, numbered)
        heights = [_height(row, inches, size) for row in (heads, *part)]
        shape = slide.shapes.add_table(
            len(part) + 1, len(heads), Inches(SIDE), Inches(1.35), Inches(WIDTH - 2 * SIDE),
            Inches(sum(heights)),
        )  # fmt: skip
        shape._element.nvGraphicFramePr.cNvPr.set("descr", title)
        grid = shape.table
        for column, width in enumerate(inches):
            grid.columns[column].width = Inches(width)
        for row, height in enumerate(heights):
            grid.rows[row].height = Inches(height)
        for column, text, row, is_head in _cells(heads, part):
            _cell(grid.cell(row, column), text, size, right[column], is_head=is_head)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def _height(row: Sequence[str], inches: Sequence[float], size: int) -> float:
    """What a row takes, in inches: letters are half as wide as they are high, and words break."""
    lines = max(_lines(text, width, size) for text, width in zip(row, inches, strict=True))
    return 0.16 + max(1, lines) * size * 1.25 / 72


def _lines(text: str, width: float, size: int) -> int:
    return ceil(len(text) / max(1.0, (width - 0.14) * 72 / (0.56 * size)))


def _fitting(
    rows: Sequence[Sequence[str]], inches: Sequence[float], size: int
) -> Iterator[Sequence[Sequence[str]]]:
    """Rows in parts that fit on a slide each."""
    part: list[Sequence[str]] = []
    room = ROOM
    for row in rows:
        height = _height(row, inches, size)
        if part and height > room:
            yield part
            part, room = [], ROOM
        part.append(row)
        room -= height
    if part:
        yield part


def _cells(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[tuple]:
    for column, head in enumerate(heads):
        yield column, head, 0, True
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            yield column, text, number, False


def _cell(cell: Any, text: str, size: int, right: bool, *, is_head: bool) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches

    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(PAPER if is_head else "FFFFFF")
    cell.margin_left = cell.margin_right = Inches(0.07)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _write(paragraph, text, size, QUIET if is_head else INK)
