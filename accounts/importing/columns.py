"""Raw columns -> typed columns: the sign and order of each column, cell errors, tax numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import cast

from accounts.importing import cells
from accounts.importing.cells import LONGEST_CELL, Bad, Memo, Parse, is_rate, without_mark
from accounts.importing.collect import Packed, Raw
from accounts.importing.contacts import email_holds, phone_holds
from accounts.importing.dates import date_order_shown, dotted
from accounts.importing.documents import parts_of
from accounts.importing.fields import FIELDS, Cell, Field
from accounts.importing.identifiers import Checked, check_inn, check_kpp, tolerated
from accounts.importing.numbers import decimal_sign_shown, has_gaps, needs_decimal_sign, parse_plain
from accounts.importing.numbers_column import Numbers
from accounts.importing.table import (
    DateOrder,
    DecimalSign,
    Issue,
    Meta,
    ReadOptions,
    Refused,
    Value,
)

_NUMERIC = frozenset({Cell.NUMBER, Cell.COUNT, Cell.RATE})
_RUSSIA = frozenset(
    {"ru", "rus", "россия", "рф", "российская федерация", "russia", "russian federation", "643"}
)
_LONGEST_TAX_NUMBER = {"inn": 12, "kpp": 9}
# Values in messages are cut to this many characters.
_SHOWN = 60


class Columns:
    """Typed columns in the making. values: field -> cells; bad: indexes of rows with errors."""

    def __init__(
        self,
        kind: str,
        raw: Raw,
        options: ReadOptions,
        meta: Meta,
        *,
        check_controls: bool,
        from_1904: bool,
    ) -> None:
        self.kind = kind
        self.fields = FIELDS[kind].fields
        self.raw = raw
        self.options = options
        self.meta = meta
        self.check_controls = check_controls
        self.from_1904 = from_1904
        self.values: dict[str, Sequence[Value]] = {}
        self.bad: set[int] = set()
        self.errors: list[Issue] = []
        self.warnings: list[Issue] = []
        self.signs: dict[str, DecimalSign | None] = {}
        self._settle_vat_column()
        if kind == "documents":
            self._settle_document_column()

    def title(self, name: str) -> str:
        return self.raw.header.title_of(name)

    def error(self, index: int, name: str | None, code: str, **params: str | int) -> None:
        """An error of the row at an index of the columns."""
        self.bad.add(index)
        column = None if name is None else self.title(name)
        self.errors.append(Issue(self.raw.rows[index], column, code, params))

    def warn(self, index: int | None, name: str | None, code: str, **params: str | int) -> None:
        row = None if index is None else self.raw.rows[index]
        column = None if name is None else self.title(name)
        self.warnings.append(Issue(row, column, code, params))

    def convert(self) -> None:
        """Type every column; the raw cells of each are dropped as soon as it is done."""
        for name, field in self.fields.items():
            if field.cell in _NUMERIC and name in self.raw.columns:
                self.signs[name] = decimal_sign_shown(self.raw.columns[name])
        checked: dict[str, list[str]] = {}
        for name, field in self.fields.items():
            if name not in self.raw.columns or field.cell is Cell.SKIP:
                continue
            raw = self.raw.columns.pop(name)
            if field.cell in (Cell.INN, Cell.KPP):
                checked[name] = list(raw)
                continue
            self.values[name] = self._typed(name, field, raw)
            if field.required and has_gaps(self.values[name]):
                self._missing(name)
        self._tax_numbers(checked)
        self._row_needs()

    def _typed(self, name: str, field: Field, raw: list[str] | Packed) -> Sequence[Value]:
        memo = Memo(self._parser(name, field, raw))
        if isinstance(raw, Packed):
            return self._numbers(name, field, raw, memo)
        values = self._usable(name, field, raw, memo, 0)
        if field.cell is Cell.EMAIL:
            values = self._soft(name, values, email_holds, "email.invalid", lower=True)
        elif field.cell is Cell.PHONE:
            values = self._soft(name, values, phone_holds, "phone.invalid", lower=False)
        return values

    def _numbers(self, name: str, field: Field, raw: Packed, memo: Memo) -> Sequence[Value]:
        """A long column, most of whose numbers are different."""
        found = Numbers()
        for piece in raw.pieces():
            plain = parse_plain(piece, self.signs[name] or ".")
            memo.clear()
            values = plain or self._usable(name, field, piece, memo, len(found))
            found.extend(cast("list[Decimal | None]", values))
        return found

    def _usable(
        self, name: str, field: Field, texts: list[str], memo: Memo, first: int
    ) -> list[Value]:
        """The values of cells from the row at ``first`` on; None where one could not be used."""
        found = list(map(memo.__getitem__, texts))
        if memo.bad:
            self._report(name, field, texts, found, first)
            found = [None if isinstance(value, Bad) else value for value in found]
        return cast("list[Value]", found)

    def _parser(self, name: str, field: Field, raw: Iterable[str]) -> Parse:
        cell = field.cell
        if cell in _NUMERIC:
            sign = self._sign(name, raw)
            if cell is Cell.COUNT:
                return cells.count_parser(sign)
            if cell is Cell.RATE:
                return cells.rate_parser(sign, vat=name == "vat_rate")
            return cells.vat_parser(sign) if name == "vat" else cells.number_parser(sign)
        if cell is Cell.DATE:
            return cells.date_parser(self._order(name, raw), from_1904=self.from_1904)
        if cell is Cell.CURRENCY:
            return cells.parse_currency
        if cell is Cell.TYPE:
            return cells.parse_type
        if cell is Cell.CODE:
            return cells.code_parser(field, set(raw), check_controls=self.check_controls)
        return cells.text_parser(field, check_controls=self.check_controls)

    def _sign(self, name: str, raw: Iterable[str]) -> DecimalSign:
        sign = self.signs.get(name) or self.options.decimal
        if sign is None and not needs_decimal_sign(raw):
            return "."
        sign = sign or self._sign_of_file()
        if sign is None:
            example = next(text for text in raw if "," in text or "." in text)
            raise Refused(
                Issue(
                    None,
                    self.title(name),
                    "number.ambiguous_decimal",
                    {"value": _cut(example)},
                )
            )
        self.meta.decimals[self.title(name)] = self.signs[name] = sign
        return sign

    def _sign_of_file(self) -> DecimalSign | None:
        """What the other columns agree on, else what the delimiter implies."""
        shown = {sign for sign in self.signs.values() if sign}
        if len(shown) == 1:
            return shown.pop()
        if self.meta.delimiter == ";":
            return ","
        return "." if self.meta.delimiter == "," else None

    def _order(self, name: str, raw: Iterable[str]) -> DateOrder:
        texts = set(raw)
        order = date_order_shown(texts)
        if order in ("open", "mixed"):
            if self.options.dates is None:
                code = "date.ambiguous_order" if order == "open" else "date.mixed_order"
                example = next(text for text in raw if "/" in text or "-" in text)
                raise Refused(Issue(None, self.title(name), code, {"value": _cut(example)}))
            order = self.options.dates
        shown = "dmy" if any(map(dotted, texts)) else "ymd"
        self.meta.dates[self.title(name)] = order or shown
        return "dmy" if order is None or order == "ymd" else order  # type: ignore[return-value]

    def _report(
        self, name: str, field: Field, texts: list[str], found: list[Value | Bad], first: int
    ) -> None:
        for index, (text, value) in enumerate(zip(texts, found, strict=True), start=first):
            if not isinstance(value, Bad):
                continue
            if field.cell is Cell.COUNT:
                self.warn(index, name, value.code, value=_cut(text))
            elif value.code == "cell.too_long":
                limit = min(field.longest, LONGEST_CELL)
                self.error(index, name, value.code, length=len(text), limit=limit)
            else:
                self.error(index, name, value.code, value=_cut(text))

    def _soft(
        self,
        name: str,
        values: list[Value],
        holds: Callable[[str], bool],
        code: str,
        *,
        lower: bool,
    ) -> list[Value]:
        """Checks that only warn."""
        for index, value in enumerate(values):
            if isinstance(value, str):
                if not holds(value):
                    self.warn(index, name, code, value=_cut(value))
                if lower:
                    values[index] = value.lower()
        return values

    def _missing(self, name: str) -> None:
        for index, value in enumerate(self.values[name]):
            if value is None and index not in self.bad:
                self.error(index, name, "cell.missing")

    def _row_needs(self) -> None:
        for group in FIELDS[self.kind].row_needs:
            present = [self.values[name] for name in group if name in self.values]
            if not present or not all(map(has_gaps, present)):
                continue
            for index, row in enumerate(zip(*present, strict=True)):
                if index not in self.bad and not any(row):
                    name = next(name for name in group if name in self.values)
                    self.error(index, name, "cell.missing")

    def _settle_vat_column(self) -> None:
        """A column «НДС» whose cells are rates is the column of rates."""
        raw = self.raw.columns
        if "vat" in raw and "vat_rate" not in raw:
            filled = [text for text in set(raw["vat"]) if text.strip()]
            if filled and sum(map(is_rate, filled)) * 2 > len(filled):
                raw["vat_rate"] = raw.pop("vat")
                columns = self.raw.header.columns
                columns.update({at: "vat_rate" for at, name in columns.items() if name == "vat"})

    def _settle_document_column(self) -> None:
        """A column «Документ» tells number, date and type where no columns of their own do."""
        raw, header = self.raw.columns, self.raw.header
        given = raw.pop("document", None)
        if given is None:
            return
        parts = [parts_of(without_mark(text)) or ("", text, "") for text in given]
        title = self.title("document")
        for at, name in enumerate(("type", "number", "date")):
            told = [part[at] for part in parts]
            if name in raw:
                pairs = zip(raw[name], told, strict=True)
                raw[name] = [own if own.strip() else other for own, other in pairs]
            elif name == "number" or any(told) or not parts:
                raw[name] = told
                header.told_by[name] = title
        if "date" not in raw:
            shown = {"value": _cut(parts[0][1])}
            raise Refused(Issue(self.raw.header_row, title, "document.no_date", shown))

    # Tax numbers: ИНН decides whether КПП may be there, the country whether both are checked.

    def _tax_numbers(self, raw: dict[str, list[str]]) -> None:
        if "inn" in raw:
            self._inn(raw["inn"], raw)
        elif "kpp" in raw:
            self.values["kpp"] = self._kpp(raw["kpp"], None)

    def _foreign(self) -> list[bool] | None:
        """Per row whether tax numbers are another country's; None = of no row."""
        column = self.values.get("client_country") or self.values.get("country")
        by_default = not self.raw.header.russian
        if column is None:
            return [True] * len(self.raw.rows) if by_default else None
        foreign = {
            country: by_default if country is None else str(country).casefold() not in _RUSSIA
            for country in set(column)
        }
        return [foreign[country] for country in column]

    def _inn(self, raw: list[str], columns: dict[str, list[str]]) -> None:
        foreign = self._foreign()
        known: dict[str, Checked] = {}
        found: list[Checked] = []
        for index, text in enumerate(raw):
            text = without_mark(text)
            if foreign is not None and foreign[index]:
                found.append(Checked(self._tolerated(index, "inn", text)))
                continue
            checked = known.get(text)
            if checked is None:
                checked = known[text] = check_inn(text)
            found.append(checked)
            if checked.error:
                self.error(index, "inn", checked.error, value=_cut(text))
            elif checked.warning:
                self.warn(index, "inn", checked.warning, value=checked.value or "")
            elif checked.value is None and self.kind == "clients":
                self.warn(index, "inn", "client.no_inn")
        self.values["inn"] = [checked.value for checked in found]
        second = columns.get("kpp")
        if second is None and not any(checked.kpp for checked in known.values()):
            return
        texts = [
            (text if text.strip() else checked.kpp or "")
            for text, checked in zip(second or [""] * len(found), found, strict=True)
        ]
        self.values["kpp"] = self._kpp(texts, foreign)

    def _tolerated(self, index: int, name: str, text: str) -> str | None:
        """A tax number of another country, where it is as short as we keep them."""
        number = tolerated(text)
        if number is not None and len(number) > _LONGEST_TAX_NUMBER[name]:
            self.warn(index, name, "inn.foreign_long", value=_cut(number))
            return None
        return number

    def _kpp(self, raw: list[str], foreign: list[bool] | None) -> list[Value]:
        inns = self.values.get("inn") or [None] * len(raw)
        values: list[Value] = []
        for index, (text, inn) in enumerate(zip(raw, inns, strict=True)):
            text = without_mark(text)
            if foreign is not None and foreign[index]:
                values.append(self._tolerated(index, "kpp", text))
                continue
            checked = check_kpp(text, inn if isinstance(inn, str) else None)
            values.append(checked.value)
            if checked.error and index not in self.bad:
                self.error(index, "kpp", checked.error, value=_cut(text))
            elif checked.warning:
                self.warn(index, "kpp", checked.warning, value=_cut(text))
        return values


def _cut(text: str) -> str:
    text = without_mark(text).strip()
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
