"""``manage.py figures``: the figures of the ledger at a date, as a table or as JSON."""

import argparse
import datetime as dt
import json
import unicodedata
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts.services.figures import Figures, figures
from kam.lib.scoping import acting_system


def iso_date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a date (YYYY-MM-DD): {text}") from error


def natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


class Command(BaseCommand):
    help = "Figures of all documents dated and known by a date (default: the last document's)."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=iso_date, metavar="DATE")
        parser.add_argument("--top", type=natural, default=10, metavar="N")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, as_of: dt.date | None, top: int, json: bool, **options) -> None:
        with acting_system("command figures"):
            found = figures(as_of, top)
        self.stdout.write(as_json(found) if json else as_table(found))


def as_json(found: Figures) -> str:
    return json.dumps(found.as_json(), ensure_ascii=False, indent=2)


def as_table(found: Figures) -> str:
    """Two columns, words on the left and numbers on the right, in the language of the reader."""

    def number(value: Decimal | int | None) -> str:
        if value is None:
            return "—"
        return number_format(value, use_l10n=True, force_grouping=True)

    rows: list[tuple[str, str]] = [
        (_("As of"), date_format(found.as_of, "SHORT_DATE_FORMAT")),
        (_("Clients"), number(found.clients)),
        (_("Clients that bought"), number(found.buying_clients)),
        (_("Invoices and credit notes"), number(found.documents)),
        (_("Sum of invoices"), number(found.gross)),
        (_("Sum of credit notes"), number(found.credits)),
        (_("Revenue"), number(found.net)),
        (_("Average invoice"), number(found.mean_invoice)),
        (_("Median invoice"), number(found.median_invoice)),
        (_("Share of the largest 20% of clients"), number(found.top20_share)),
        (_("Days to pay, weighted by amount"), number(found.weighted_days_to_pay)),
        (_("Share paid late"), number(found.late_share)),
        (_("Days sales outstanding"), number(found.dso)),
        (_("Rows in quarantine"), number(found.quarantined_rows)),
        (_("Amount in quarantine"), number(found.quarantined_amount)),
    ]
    sections = [rows]
    if found.top:
        sections.append([(one.name, number(one.net)) for one in found.top])
    sections.append([(month, number(net)) for month, net in found.net_by_month.items()])
    headings = ["", _("Largest clients"), _("Revenue by month")]
    if not found.top:
        headings.pop(1)
    left = max(width(row[0]) for section in sections for row in section)
    right = max(width(row[1]) for section in sections for row in section)
    lines = []
    for heading, section in zip(headings, sections, strict=True):
        lines += ["", heading] if heading else []
        lines += [
            f"{text}{' ' * (left - width(text))}  {' ' * (right - width(value))}{value}"
            for text, value in section
        ]
    return "\n".join(lines)


def width(text: str) -> int:
    """Columns of a terminal that the text takes: wide letters take two, accents none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
