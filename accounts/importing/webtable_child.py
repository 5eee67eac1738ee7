"""Runs alone: reads the tables of one web page and writes their cells as JSON. See webtable.py.

Arguments: memory in bytes, seconds of CPU, path, encoding, how many rows of each table to give
(0: all), most rows and columns that one may have. Output: for each table its name as a JSON string, then one array per row; null at the end. Nothing of the
project is imported.
"""

import json
import re
import resource
import sys
from html.parser import HTMLParser

ENDS_CELL = frozenset({"td", "th", "tr", "table", "tbody", "thead", "tfoot"})
SPACES = re.compile(r"[ \t\r\n]+")
SILENT = frozenset({"script", "style", "title"})


class Tables(HTMLParser):
    """Rows of the outermost tables that have any; a table in a cell is text of the cell."""

    def __init__(self, first: int, rows: int, columns: int) -> None:
        super().__init__(convert_charrefs=True)
        self.first, self.rows, self.columns = first, rows, columns
        self.tables: list[list[list[str]]] = []
        self.depth = self.silent = 0
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.span = (1, 1)
        # Column -> rows that a cell above still reaches down.
        self.below: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
                self.below = {}
        elif self.depth != 1:
            return
        elif tag == "tr":
            self.end_row()
            self.row = []
        elif tag in ("td", "th"):
            self.end_cell()
            if self.row is None:
                self.row = []
            given = dict(attrs)
            self.span = (number(given.get("colspan")), number(given.get("rowspan")))
            self.cell = []
        elif tag in ("br", "p", "div") and self.cell:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "table":
            if self.depth == 1:
                self.end_row()
            self.depth = max(0, self.depth - 1)
        elif self.depth == 1 and tag in ENDS_CELL:
            self.end_cell()
            if tag != "td" and tag != "th":
                self.end_row()

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.silent:
            self.cell.append(SPACES.sub(" ", data))

    def end_cell(self) -> None:
        if self.cell is None or self.row is None:
            return
        while self.below.get(len(self.row)):
            self.below[len(self.row)] -= 1
            self.row.append("")
        text = "\n".join(line.strip() for line in "".join(self.cell).split("\n"))
        across, down = self.span
        start = len(self.row)
        self.row.extend([text.strip(), *[""] * (across - 1)])
        if down > 1:
            self.below.update(dict.fromkeys(range(start, start + across), down - 1))
        self.cell = None
        if len(self.row) > self.columns:
            raise SystemExit(4)

    def end_row(self) -> None:
        self.end_cell()
        if self.row is None:
            return
        for column in list(self.below):
            if column >= len(self.row):
                self.below[column] -= 1
        self.below = {column: left for column, left in self.below.items() if left > 0}
        if not self.first or len(self.tables[-1]) < self.first:
            self.tables[-1].append(self.row)
        if len(self.tables[-1]) > self.rows:
            raise SystemExit(4)
        self.row = None


def tamed(text: str) -> str:
    """The page without what makes the parser look through the rest of it again and again:
    comments, scripts, sections, and a tag that is not closed at the end."""
    for start, end in (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>")):
        kept, at, lower = [], 0, text.lower()
        while (found := lower.find(start, at)) >= 0:
            kept.append(text[at:found])
            at = lower.find(end, found)
            if at < 0:
                break
            at += len(end)
        text = "".join(kept) if at < 0 else "".join([*kept, text[at:]])
    text = text.replace("<![", "<")
    return text[: text.rfind(">") + 1]


def number(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and len(text) < 6 and int(text) else 1


def main(memory: int, seconds: int, path: str, encoding: str, *most: int) -> None:
    for what, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(what, (ceiling, ceiling))
        except (ValueError, OSError) as error:
            # macOS does not bound address space; sizes and CPU time remain.
            if sys.platform != "darwin":
                raise SystemExit(3) from error
    parser = Tables(*most)
    with open(path, encoding=encoding, errors="replace") as file:
        parser.feed(tamed(file.read()))
    parser.close()
    if parser.tables:
        parser.end_row()
    out = sys.stdout
    for at, table in enumerate(parser.tables, 1):
        if table:
            out.write(json.dumps(f"table {at}") + "\n")
            for row in table:
                out.write(json.dumps(row) + "\n")
    out.write("null\n")
    out.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], *map(int, sys.argv[5:8]))
