"""The record of a decision as a file: who decided what, when, on which ground, and who was
against."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Standing
from accounts.services.exporting import csv_bytes
from kam.audit.services import record
from kam.lib import formatting
from scoring.models import Decision
from scoring.selectors.decisions import items_of, votes_of

from .words import ground_words, outcome_words

NONE = "—"


def standing_words(value: str) -> str:
    return str(Standing.Value(value).label) if value else _("none")


def facts(decision: Decision) -> list[tuple[str, str]]:
    """What the decision rests on, as label and text, in the reader's language."""
    basis, language = decision.basis, get_language() or "en"
    day = formatting.day(decision.run.as_of, language=language)
    weights = ", ".join(
        f"{names['ru' if language == 'ru' else 'en']} "
        f"{formatting.percent(names['share'], 0, language=language)}"
        for names in basis.get("weights", [])
    )
    rows = [
        (_("Matrix"), f"{basis.get('matrix', '')}, {_('version')} {basis.get('version', '')}"),
        (_("Weights"), weights),
        (_("Data as of"), day),
        (_("Checksum of the ranking"), basis.get("checksum", "")),
        (_("Prepared by"), f"{decision.author or NONE}"),
        (_("Confirmed by"), f"{decision.closed_by or NONE}"),
        (_("Reason"), decision.reason or NONE),
    ]
    confidence = basis.get("confidence")
    if confidence:
        words = _("%(draws)s weightings, seed %(seed)s; %(contested)s seats not sure") % {
            "draws": formatting.number(confidence["draws"], language=language),
            "seed": confidence["seed"],
            "contested": formatting.number(confidence["contested"], language=language),
        }
        rows.insert(4, (_("Confidence of the list"), words))
    return rows


def head() -> list[str]:
    return [
        _("Client"), _("Place"), _("Points"), _("On the list, share of weightings"), _("Standing before"), _("The ranking says"),
        _("Proposed"), _("Decided"), _("Reason"), _("Confirmed by"), _("Confirmed on"),
    ]  # fmt: skip


def lines(decision: Decision) -> list[list[Any]]:
    return [
        [
            str(item.client),
            item.place,
            None if item.score is None else round(item.score, 4),
            None if item.p_key is None else round(item.p_key, 4),
            standing_words(item.before),
            " · ".join(filter(None, (outcome_words(item.outcome), ground_words(item.ground)))),
            standing_words(item.proposed),
            standing_words(item.chosen),
            item.reason,
            str(item.applied_by or ""),
            item.applied_at.date() if item.applied_at else None,
        ]
        for item in items_of(decision)
    ]


def votes(decision: Decision) -> list[list[Any]]:
    return [
        [str(vote.person), _("for") if vote.agrees else _("against"), vote.comment, vote.at.date()]
        for vote in votes_of(decision)
    ]


def as_csv(decision: Decision) -> bytes:
    """The lines as CSV, with the ground and the votes below."""
    table = lines(decision)
    table += [[]] + [list(pair) for pair in facts(decision)]
    table += [[], *votes(decision)]
    record("decision.export", object=decision, details={"format": "csv"})
    return csv_bytes(head(), table)


def as_xlsx(decision: Decision) -> bytes:
    """A workbook of three sheets: lines, ground, votes.  Texts are texts, never formulas."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    _sheet(book, _("Lines"), head(), lines(decision), bold, day)
    _sheet(book, _("Ground"), [_("What"), _("How it was")], facts(decision), bold, day)
    vote_head = [_("Person"), _("Vote"), _("Comment"), _("When")]
    _sheet(book, _("Votes"), vote_head, votes(decision), bold, day)
    book.close()
    record("decision.export", object=decision, details={"format": "xlsx"})
    return out.getvalue()


def _sheet(book, name: str, titles: Sequence[str], rows, bold, day) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, max(len(titles) - 1, 1), 18)
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, (int, float)):
                sheet.write_number(number, column, value)
            elif hasattr(value, "isoformat"):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write_string(number, column, str(value))
