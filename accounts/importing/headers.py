"""Which record is the header, and which column is which field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.importing.fields import FIELDS
from accounts.importing.numbers import NATIVE
from accounts.importing.synonyms import fields_of, left_out, normalise, russian_name
from accounts.importing.table import Issue, Refused

LOOK_ROWS = 30
MAX_COLUMNS = 1_000
# Of several columns for one of these fields the first is taken and the others are left out.
_FIRST_TAKES_IT = frozenset({"phone", "email", "status", "deal_stage", "posted", "deleted"})
# In a list of deals, which is known by their stage, what columns mean that could be two fields.
_OF_DEALS = {("number", "client"): "number", ("client_name", "product_name"): ""}
_CYRILLIC = re.compile("[А-Яа-яЁё]")
_DIGIT = re.compile(r"\d")
_UNIT = re.compile(r"\s*(?:,\s.*|[(\[].*)$", re.DOTALL)
_BALANCE = re.compile(r"\s*оборотно-?\s?сальдовая ведомость", re.IGNORECASE)


@dataclass(slots=True)
class Header:
    """The header found. last: place of its last record among those given. columns: position ->
    field.

    titles: position -> header as written. width: cells that a record must have. told_by: field
    that has no column -> header of the one that tells it.
    """

    last: int
    titles: dict[int, str]
    columns: dict[int, str]
    width: int
    ignored: list[str] = field(default_factory=list)
    told_by: dict[str, str] = field(default_factory=dict)
    warnings: list[Issue] = field(default_factory=list)

    @property
    def russian(self) -> bool:
        """Whether the file speaks Russian, so that tax numbers are to be ИНН."""
        return any(
            _CYRILLIC.search(title) or normalise(title) in {"inn", "kpp", "rq_inn", "rq_kpp"}
            for title in self.titles.values()
        )

    def title_of(self, name: str) -> str:
        """Header of the column that holds a field, or the field's own name."""
        for position, mapped in self.columns.items():
            if mapped == name:
                return self.titles[position]
        return self.told_by.get(name, name)


def known_cells(kind: str, cells: Sequence[str], mapping: Mapping[str, str]) -> int:
    """How many different cells of a record are names of columns of this kind of file."""
    wanted = {normalise(name) for name in mapping}
    names = {normalise(cell) for cell in cells if cell.strip() and len(cell) < 200}
    return sum(
        bool(name in wanted or fields_of(kind, name) or left_out(kind, name)) for name in names
    )


def find_header(
    kind: str,
    records: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    at: int | None = None,
) -> Header:
    """The header among the first records; raises Refused header.* , column.missing or map.*.

    at: its place where it is known.
    """
    found = place_header(kind, records, mapping, at)
    if found is None:
        first = next((cells for cells in records if any(cell.strip() for cell in cells)), [])
        raise Refused(
            Issue(None, None, "header.not_found", {"found": _listed(_titles(first).values())})
        )
    last, cells = found
    if len(cells) > MAX_COLUMNS:
        raise Refused(
            Issue(last + 1, None, "header.too_wide", {"found": len(cells), "limit": MAX_COLUMNS})
        )
    header = Header(last, _titles(cells), {}, len(cells))
    _map(kind, header, mapping, last + 1)
    _settle_total(header)
    _check_needs(kind, header, last + 1)
    return header


def place_header(
    kind: str,
    records: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    at: int | None = None,
) -> tuple[int, Sequence[str]] | None:
    """Place of the header's last record, and its cells; of two merged records made one.

    Raises Refused file.balance for a turnover balance sheet of 1С, which lists no documents.
    """
    look = records[:LOOK_ROWS]
    if at is not None:
        return (at, records[at]) if 0 <= at < len(records) else None
    for cells in look:
        if any(_BALANCE.match(cell) for cell in cells):
            raise Refused(Issue(None, None, "file.balance"))
    scores = [known_cells(kind, cells, mapping) for cells in look]
    best = max(range(len(look)), key=lambda index: (scores[index], -index), default=None)
    if best is None:
        return None
    for upper in range(max(0, best - 1), min(best + 1, len(look) - 1)):
        merged = _merged(kind, look[upper], look[upper + 1])
        if merged and known_cells(kind, merged, mapping) > scores[best]:
            return upper + 1, merged
    return (best, look[best]) if _is_header(look[best], scores[best]) else None


def _merged(kind: str, upper: Sequence[str], lower: Sequence[str]) -> list[str] | None:
    """Two records of names as one: «Сумма» above «без НДС» is «Сумма без НДС»."""
    if any(_DIGIT.search(cell) for cell in (*upper, *lower)) or not any(map(str.strip, lower)):
        return None
    titles, group = [], ""
    width = max(len(upper), len(lower))
    for above, below in zip(_padded(upper, width), _padded(lower, width), strict=True):
        starts = bool(above)
        group = above if starts or not below else group
        titles.append(_title(kind, group if starts or below else "", below, starts=starts))
    return titles


def _padded(cells: Sequence[str], width: int) -> list[str]:
    bare = [cell.strip(" \t\r\n\u00a0\ufeff") for cell in cells]
    return bare + [""] * (width - len(bare))


def _title(kind: str, above: str, below: str, *, starts: bool) -> str:
    """The name that is known: of both, of the lower cell, of the upper one where it begins."""
    if not above or not below:
        return below or above
    group = _UNIT.sub("", above)
    names = [f"{group} {below}", f"{below} {group}", below, *([above] if starts else [])]
    for name in names:
        if len(fields_of(kind, name)) == 1:
            return name
    return f"{group} {below}"


def _is_header(cells: Sequence[str], score: int) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    if score == 0:
        return False
    return score >= 2 or not any(cell.startswith(NATIVE) or _DIGIT.search(cell) for cell in filled)


def _titles(cells: Sequence[str]) -> dict[int, str]:
    return {
        position: cell.strip(" \t\r\n\u00a0\ufeff").removeprefix(NATIVE)[:120]
        for position, cell in enumerate(cells)
        if cell.strip(" \t\r\n\u00a0\ufeff")
    }


def _map(kind: str, header: Header, mapping: Mapping[str, str], row: int) -> None:
    fields = FIELDS[kind].fields
    asked = _asked(kind, header, mapping, row)
    taken: dict[str, int] = {}
    unsure: list[tuple[int, tuple[str, ...]]] = []
    for position, name in asked.items():
        if name:
            _take(header, taken, position, name, row)
    by_hand = set(taken)
    for position, title in header.titles.items():
        if position in asked:
            continue
        candidates = fields_of(kind, title)
        if len(candidates) > 1:
            unsure.append((position, candidates))
        elif candidates and candidates[0] in fields and candidates[0] not in by_hand:
            _take(header, taken, position, candidates[0], row)
    for position, candidates in unsure:
        if "deal_stage" in taken and candidates in _OF_DEALS:
            if name := _OF_DEALS[candidates]:
                taken.setdefault(name, position)
            continue
        free = [name for name in candidates if name not in taken]
        if free:
            raise Refused(
                Issue(
                    row,
                    header.titles[position],
                    "header.ambiguous",
                    {"fields": ", ".join(candidates), "example": candidates[0]},
                )
            )
    header.columns = {position: name for name, position in taken.items()}
    header.ignored = [
        title for position, title in header.titles.items() if position not in header.columns
    ]


def _asked(kind: str, header: Header, mapping: Mapping[str, str], row: int) -> dict[int, str]:
    """Positions that the person mapped by hand -> field, "" to leave the column out."""
    asked: dict[int, str] = {}
    for name, target in mapping.items():
        if target in ("-", ""):
            target = ""
        elif target not in FIELDS[kind].fields:
            raise Refused(
                Issue(
                    None,
                    name[:120],
                    "map.unknown_field",
                    {"field": target[:60], "known": ", ".join(FIELDS[kind].fields)},
                )
            )
        exact = [position for position, title in header.titles.items() if title == name.strip()]
        alike = exact or [
            position
            for position, title in header.titles.items()
            if normalise(title) == normalise(name)
        ]
        if not alike:
            raise Refused(
                Issue(
                    row,
                    name[:120],
                    "map.unknown_column",
                    {"found": _listed(header.titles.values())},
                )
            )
        if len(alike) > 1 and target:
            raise Refused(
                Issue(row, header.titles[alike[1]], "header.duplicate", {"field": target})
            )
        asked.update(dict.fromkeys(alike, target))
    return asked


def _take(header: Header, taken: dict[str, int], position: int, name: str, row: int) -> None:
    if name not in taken:
        taken[name] = position
    elif name not in _FIRST_TAKES_IT:
        raise Refused(
            Issue(
                row,
                header.titles[position],
                "header.duplicate",
                {"field": name, "other": header.titles[taken[name]]},
            )
        )


def _settle_total(header: Header) -> None:
    """«Всего», "Total": with VAT where the file also has the sum before it, else the amount."""
    by_field = {name: position for position, name in header.columns.items()}
    position = by_field.get("total")
    if position is None:
        return
    has_vat = bool(by_field.keys() & {"vat", "vat_rate", "amount_net"})
    if has_vat and "gross" not in by_field:
        header.columns[position] = "gross"
    elif not by_field.keys() & {"amount", "amount_net", "gross"}:
        header.columns[position] = "amount"
    else:
        del header.columns[position]
        header.ignored.append(header.titles[position])
        header.warnings.append(
            Issue(header.last + 1, header.titles[position], "column.total_ignored")
        )


def _check_needs(kind: str, header: Header, row: int) -> None:
    present = set(header.columns.values())
    missing = [
        group
        for group in FIELDS[kind].needs
        if not any(set(name.split("+")) <= present for name in group)
    ]
    if not missing:
        return
    shown = [russian_name(kind, group[0]) if header.russian else group[0] for group in missing]
    raise Refused(
        Issue(
            row,
            ", ".join(shown),
            "column.missing",
            {
                "missing": "; ".join(" / ".join(group) for group in missing),
                "example": missing[0][0],
                "found": _listed(header.titles.values()),
            },
        )
    )


def _listed(titles: Iterable[str]) -> str:
    names = [title[:40] for title in titles]
    more = f" … (+{len(names) - 30})" if len(names) > 30 else ""
    return ", ".join(names[:30]) + more
