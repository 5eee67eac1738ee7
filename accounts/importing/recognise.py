"""`recognise`: what a file is, from its beginning, before anybody has said anything about it.

The engine that will read the file reads its first rows as a trial; what it cannot settle becomes
a question, is answered for the time being, and the trial goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from accounts.importing.commerceml import kinds_inside
from accounts.importing.container import Content, open_content, refuse
from accounts.importing.encodings import Encoding, detect
from accounts.importing.fields import FIELDS, KINDS
from accounts.importing.guess import SAMPLE_ROWS, Fit, Look, fit, look_at, looks_at_text
from accounts.importing.headers import LOOK_ROWS, find_header
from accounts.importing.numbers import NATIVE
from accounts.importing.opening import Source, records_of
from accounts.importing.pages import kind_of_page
from accounts.importing.reading import assemble
from accounts.importing.recognised import Choice, Column, Recognised, Sure
from accounts.importing.synonyms import fields_of
from accounts.importing.systems import SYSTEMS, system_of
from accounts.importing.table import (
    DateOrder,
    DecimalSign,
    Issue,
    Meta,
    ReadOptions,
    Refused,
    Table,
)
from accounts.importing.textfile import DELIMITERS

ENCODINGS = ("utf-8", "cp1251", "cp866", "koi8-r", "utf-16", "cp1252")
SHOWN_ROWS = 20
_EXAMPLES = 3
_LONGEST_SHOWN = 200
_MOST_QUESTIONS = 40
_PLAIN = ("csv", "csv.gz")
# A kind is sure where it knows so many more columns than the next best.
_CLEARLY = 2.0


@dataclass(slots=True)
class _Trial:
    """What reading the first rows came to. asked: choices that the file leaves open;
    asked_columns: titles of columns to be asked about."""

    options: ReadOptions
    meta: Meta
    asked: set[str] = field(default_factory=set)
    asked_columns: set[str] = field(default_factory=set)
    problems: list[Issue] = field(default_factory=list)
    table: Table | None = None


def recognise(
    name: str, data: Source, kind: str | None = None, options: ReadOptions | None = None
) -> Recognised:
    """What a file is and how it would be read, each finding with how sure it is.

    name: as the person calls the file; a hint, never believed. kind, options: what the person
    has settled already. Raises Refused where no answer could make the file readable.
    """
    if kind is not None and kind not in FIELDS:
        raise ValueError(f"unknown kind of file: {kind}")
    options = options or ReadOptions()
    content = open_content(data)
    try:
        meta = Meta(content.container, content.sha256)
        encoding = detect(content, options.encoding) if content.container in _PLAIN else None
        possible = _kinds(content)
        # Of a format that says what it holds the fullest kind is proposed, the others offered.
        kinds = (kind,) if kind else possible if possible is KINDS else possible[:1]
        found = [
            fit(each, look, name, options)
            for look in _looks(content, data, kinds, options, meta, encoding)
            for each in kinds
            if look.kind in (None, each)
        ]
        if not found:
            raise refuse("sheet.unknown", value=(options.sheet or "")[:60])
        best = max(found, key=lambda each: each.weight)
        trial = _try(best, options, meta)
        return _described(
            name, content, encoding, _kind(kind, possible, found, best), found, best, trial
        )
    finally:
        content.stream.close()


def _kinds(content: Content) -> tuple[str, ...]:
    """Kinds of which the file may be."""
    content.stream.seek(0)
    if content.container == "statement":
        return ("payments",)
    if content.container == "json":
        return (kind_of_page(content.stream.read()),)
    if content.container == "xml":
        kinds = tuple(kinds_inside(content.stream))
        if not kinds:
            raise refuse("file.no_rows")
        return kinds
    return KINDS


def _looks(
    content: Content,
    data: Source,
    kinds: tuple[str, ...],
    options: ReadOptions,
    meta: Meta,
    encoding: Encoding | None,
) -> Iterator[Look]:
    if encoding is not None:
        meta.encoding = encoding.label
        yield from looks_at_text(content, encoding, options)
    elif content.container in ("xlsx", "xls", "html"):
        for records in records_of(content, data, kinds[0], options, meta, SAMPLE_ROWS):
            yield look_at(records)
    else:
        for kind in kinds:
            content.stream.seek(0)
            for records in records_of(content, data, kind, options, meta, SAMPLE_ROWS):
                yield look_at(records, kind)


def _try(best: Fit, options: ReadOptions, meta: Meta) -> _Trial:
    """Read the first rows; answer what is open for the time being, and say that it is."""
    meta.delimiter = best.look.delimiter
    trial = _Trial(options, meta)
    russian = any("а" <= letter <= "я" for title in best.titles for letter in title.casefold())
    titles = [title.strip() for title in best.titles]
    for _ in range(_MOST_QUESTIONS):
        trial.meta = replace(meta, columns={}, ignored=[], decimals={}, dates={}, vat=None)
        try:
            trial.table = assemble(best.kind, best.look.again(), trial.options, trial.meta)
        except Refused as refusal:
            trial.problems.append(refusal.issue)
            if refusal.issue.column:
                trial.asked_columns.add(refusal.issue.column)
            if not _answer(trial, refusal.issue, titles, russian):
                break
        else:
            break
    return trial


def _answer(trial: _Trial, issue: Issue, titles: list[str], russian: bool) -> bool:
    """Whether the question could be answered for the time being."""
    options = trial.options
    if issue.code == "number.ambiguous_decimal" and options.decimal is None:
        sign: DecimalSign = "," if russian else "."
        trial.options, name = replace(options, decimal=sign), "decimal"
    elif issue.code in ("date.ambiguous_order", "date.mixed_order") and options.dates is None:
        order: DateOrder = "dmy" if russian else "mdy"
        trial.options, name = replace(options, dates=order), "dates"
    elif issue.code == "vat.unclear" and options.vat is None:
        trial.options, name = replace(options, vat="included" if russian else "excluded"), "vat"
    elif issue.code in ("header.ambiguous", "header.duplicate") and issue.column:
        if issue.column in options.map or titles.count(issue.column) > 1:
            return False
        trial.options, name = replace(options, map={**options.map, issue.column: ""}), ""
    else:
        return False
    trial.asked.add(name)
    return True


def _described(
    name: str,
    content: Content,
    encoding: Encoding | None,
    kind: Choice,
    found: list[Fit],
    best: Fit,
    trial: _Trial,
) -> Recognised:
    look, meta = best.look, trial.meta
    cells = [cell for row in look.rows[:50] for cell in row]
    if content.container == "json":
        system, signs = ("amocrm" if b'"_embedded"' in content.head else "bitrix24"), 3
    else:
        system, signs = system_of(content.container, name, best.titles, cells)
    sheets = list(dict.fromkeys(each.look.records.sheet for each in found))
    return Recognised(
        name=name,
        container=content.container,
        sha256=content.sha256,
        size=content.size,
        kind=kind,
        system=Choice(system, "sure" if signs >= 3 else "likely", SYSTEMS),
        encoding=_encoding(content, encoding, meta, trial.options),
        delimiter=Choice(
            look.delimiter,
            "sure" if trial.options.delimiter or best.named >= 2 else "likely",
            DELIMITERS if look.delimiter else (),
        ),
        sheet=Choice(
            look.records.sheet,
            "sure" if len(sheets) == 1 or best.complete else "likely",
            tuple(sheet for sheet in sheets if sheet),
        ),
        header_row=_header_row(best, trial.options),
        decimal=_by_column(trial, "decimal", meta.decimals, (",", ".")),
        dates=_by_column(trial, "dates", meta.dates, ("dmy", "mdy", "ymd")),
        vat=_vat(best.kind, trial),
        columns=_columns(best, trial),
        sample=tuple(tuple(map(_shown, row)) for row in look.rows[:SHOWN_ROWS]),
        problems=tuple(trial.problems),
        options=replace(
            trial.options,
            encoding=trial.options.encoding,
            delimiter=look.delimiter or trial.options.delimiter,
            sheet=look.records.sheet or trial.options.sheet,
        ),
        table=trial.table,
    )


def _kind(given: str | None, possible: tuple[str, ...], found: list[Fit], best: Fit) -> Choice:
    weights: dict[str, float] = {}
    for each in found:
        weights[each.kind] = max(weights.get(each.kind, 0.0), each.weight[0])
    others = [weight for name, weight in weights.items() if name != best.kind]
    sure: Sure = "likely"
    if given or not others:
        sure = "sure"
    elif not best.complete:
        sure = "asked"
    elif best.weight[0] - max(others) >= _CLEARLY:
        sure = "sure"
    return Choice(best.kind, sure, possible if len(possible) > 1 else ())


def _encoding(
    content: Content, encoding: Encoding | None, meta: Meta, options: ReadOptions
) -> Choice:
    if meta.encoding is None:
        return Choice(None)
    sure: Sure = "sure"
    if encoding is not None and encoding.mixed:
        sure = "asked"
    elif not options.encoding and not content.utf8_valid and "BOM" not in meta.encoding:
        sure = "likely"
    return Choice(meta.encoding, sure, ENCODINGS)


def _header_row(best: Fit, options: ReadOptions) -> Choice:
    if best.look.records.exact:
        return Choice(None)
    rows = tuple(str(place) for place in best.look.places[:LOOK_ROWS])
    if best.place is None:
        return Choice(None, "asked", rows)
    sure: Sure = "sure" if best.named >= 3 or options.header_row is not None else "likely"
    return Choice(str(best.look.places[best.place]), sure, rows)


def _by_column(trial: _Trial, name: str, shown: dict[str, str], options: tuple[str, ...]) -> Choice:
    """A setting that each column shows for itself: open only where some do not."""
    if name in trial.asked:
        given = trial.options.decimal if name == "decimal" else trial.options.dates
        return Choice(given, "asked", options)
    found = list(dict.fromkeys(shown.values()))
    if not found:
        return Choice(None)
    return Choice(found[0], "sure" if len(found) == 1 else "likely", options)


def _vat(kind: str, trial: _Trial) -> Choice:
    options = ("included", "excluded", "none")
    if kind != "documents":
        return Choice(None)
    if "vat" in trial.asked or trial.table is None:
        return Choice(trial.options.vat, "asked", options)
    guessed = any(issue.code == "vat.amount_unknown" for issue in trial.table.warnings)
    silent = trial.meta.vat == "none" and trial.options.vat is None
    return Choice(trial.meta.vat, "likely" if guessed or silent else "sure", options)


def _columns(best: Fit, trial: _Trial) -> tuple[Column, ...]:
    """Every column of the header with its field; of none where the header was not found."""
    if best.place is None:
        return ()
    placed: dict[int, str] = {}
    if trial.table is not None:
        mapping = {**best.look.records.mapping, **trial.options.map}
        at = 0 if best.look.records.exact else trial.options.header_row
        header = find_header(
            best.kind, best.look.rows, mapping, at - 1 if at and not best.look.records.exact else at
        )
        placed = {
            position: trial.table.meta.columns.get(header.titles[position], name)
            for position, name in header.columns.items()
        }
    columns = []
    for position, cell in enumerate(best.titles):
        title = cell.strip(" \t\r\n\u00a0\ufeff").removeprefix(NATIVE)[:120]
        if not title:
            continue
        candidates = fields_of(best.kind, title)
        name = placed.get(position)
        if trial.table is None and len(candidates) == 1:
            name = candidates[0]
        sure: Sure = "sure" if name and candidates in ((), (name,)) else "likely"
        if title in trial.asked_columns or (name is None and len(candidates) > 1):
            sure = "asked"
        columns.append(Column(title, name, sure, candidates, _examples(best, position)))
    return tuple(columns)


def _examples(best: Fit, position: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in best.look.rows[(best.place or 0) + 1 :]:
        text = _shown(row[position]).strip() if position < len(row) else ""
        if text:
            found[text] = None
        if len(found) == _EXAMPLES:
            break
    return tuple(found)


def _shown(cell: str) -> str:
    """A cell as people see it: printable, and not longer than a line or two."""
    text = cell.removeprefix(NATIVE)[:_LONGEST_SHOWN]
    return "".join(
        letter if letter.isprintable() or letter in "\n\u00a0\u202f" else "\ufffd"
        for letter in text
    )
