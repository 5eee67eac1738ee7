"""Ways to see a file (its sheets, its delimiters), and how well each fits a kind of file."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from accounts.importing.container import Content
from accounts.importing.encodings import Encoding
from accounts.importing.fields import FIELDS
from accounts.importing.headers import place_header
from accounts.importing.records import Records
from accounts.importing.synonyms import fields_of, left_out, normalise
from accounts.importing.table import ReadOptions
from accounts.importing.textfile import DELIMITERS, LONGEST_RECORD, Block, hinted_delimiter

SAMPLE_ROWS = 500
# Words of file names, sheets and titles that speak for a kind; the first that fits counts.
_HINTS: dict[str, re.Pattern[str]] = {
    "payments": re.compile(r"плат[её]ж|оплат|поступлен|выписк|payment|receipt|\bbank", re.I),
    "contacts": re.compile(r"контактн|контакты|contact|people", re.I),
    "ratings": re.compile(r"оценк|рейтинг|rating|score", re.I),
    "interactions": re.compile(r"взаимодейств|звонк|встреч|\bдел[ао]\b|activit|interaction|call", re.I),
    "products": re.compile(r"номенклатур|товары|прайс|product|goods|catalog", re.I),
    "documents": re.compile(
        r"реализац|продаж|сч[её]т|накладн|документ|отгруз|заказ|сделк|invoice|sales|order|deal|document",
        re.I,
    ),
    "clients": re.compile(r"контрагент|клиент|компани|покупател|client|customer|compan|account", re.I),
}  # fmt: skip
_HINT_POINTS = 1.5
# What it counts that nothing is missing: a list of documents without sums is no list of clients.
_COMPLETE = 2.0
# What makes a list one of people, and a list of dated rows one of interactions.
_PERSON = re.compile(
    r"фио|ф\. ?и\. ?о|контакт|имя|фамили|должност|contact|person|first ?name|last ?name|position|job",
    re.IGNORECASE,
)
_PERSONAL = frozenset({"name", "phone", "email", "role"})
_INTERACTION = frozenset({"kind", "subject", "text", "satisfaction"})


@dataclass(slots=True)
class Look:
    """A way to see the beginning of a file. rows, places: records and their numbers.

    records: how they are to be taken; its blocks are spent. evenness: share of rows as wide as
    most are. kind: the only one that this way has, if so.
    """

    records: Records
    rows: list[list[str]]
    places: list[int]
    delimiter: str | None = None
    evenness: float = 1.0
    kind: str | None = None

    def again(self) -> Records:
        """The records once more, to be read from the first on."""
        block = Block(self.places[0], [*self.rows], numbers=[*self.places]) if self.rows else None
        return replace(
            self.records,
            blocks=iter([block] if block else []),
            notes=[*self.records.notes],
            errors=[*self.records.errors],
        )


@dataclass(slots=True)
class Fit:
    """How a look fits a kind. points: known columns, less for unknown ones, more for hints."""

    kind: str
    look: Look
    place: int | None
    titles: Sequence[str]
    complete: bool
    named: int
    points: float

    @property
    def weight(self) -> tuple[float, float, int]:
        return self.points + _COMPLETE * self.complete, self.look.evenness, len(self.titles)


def look_at(records: Records, kind: str | None = None) -> Look:
    """The first records of a sheet or of a made table."""
    rows: list[list[str]] = []
    places: list[int] = []
    for block in records.blocks:
        rows.extend(block.records)
        places.extend(block.places())
        if len(rows) >= SAMPLE_ROWS:
            break
    return Look(records, rows[: SAMPLE_ROWS + 1], places[: SAMPLE_ROWS + 1], kind=kind)


def looks_at_text(content: Content, encoding: Encoding, options: ReadOptions) -> Iterator[Look]:
    """The beginning of a text by each delimiter that it may have."""
    head, cut = content.head, content.size > len(content.head)
    text = head.decode(encoding.codec, "surrogateescape" if encoding.mixed else "replace")
    first_line = io.StringIO(text, newline="").readline()
    given = options.delimiter or hinted_delimiter(first_line)
    csv.field_size_limit(LONGEST_RECORD)
    for delimiter in (given,) if given and len(given) == 1 else DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = list(itertools.islice(reader, SAMPLE_ROWS + 1))
        if cut and len(rows) <= SAMPLE_ROWS:
            # The end of the sample has torn its last record.
            rows = rows[:-1]
        widths = Counter(len(cells) for cells in rows if cells)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
        records = Records(
            iter(()),
            even=True,
            may_be_damaged=encoding.mixed or not content.utf8_valid,
            controls=content.controls,
        )
        yield Look(
            records,
            rows[:SAMPLE_ROWS],
            list(range(1, min(len(rows), SAMPLE_ROWS) + 1)),
            delimiter,
            count / sum(widths.values()) if width > 1 else 0.0,
        )


def fit(kind: str, look: Look, name: str, options: ReadOptions) -> Fit:
    """How the look fits a kind. Raises Refused file.balance."""
    mapping = {**look.records.mapping, **options.map}
    at = None if options.header_row is None else options.header_row - 1
    found = place_header(kind, look.rows, mapping, 0 if look.records.exact else at)
    if found is None:
        return Fit(kind, look, None, (), False, 0, 0.0)
    place, cells = found
    given = {normalise(title): field for title, field in mapping.items()}
    certain: set[str] = set()
    possible: set[str] = set()
    unknown = 0
    for title in filter(str.strip, cells):
        target = given.get(normalise(title))
        candidates = fields_of(kind, title) if target is None else (target,) if target else ()
        if len(candidates) == 1:
            certain.update(candidates)
        possible.update(candidates)
        unknown += not candidates and target is None and not left_out(kind, title)
    complete = all(
        any(set(each.split("+")) <= possible for each in group) for group in FIELDS[kind].needs
    )
    if kind == "interactions":
        complete = complete and bool(possible & _INTERACTION)
    points = len(certain) + 0.25 * len(possible - certain) - 0.25 * unknown
    if kind == "contacts" and not any(map(_PERSON.search, cells)):
        points -= len(_PERSONAL & certain)
    above = " ".join(cell for row in look.rows[:place] for cell in row)[:500]
    for hint, words in _HINTS.items():
        if any(words.search(text) for text in (name, look.records.sheet or "", above)):
            points += _HINT_POINTS * (hint == kind)
            break
    return Fit(kind, look, place, cells, complete, len(certain), points)
