"""``manage.py import KIND FILE``: take a file of another system in."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.importing import KINDS, Issue, ReadOptions, Refused, recognise
from accounts.models import User
from accounts.services.importing import Counts, Report, run, write_refusals
from accounts.services.importing.messages import text

_ERRORS_SHOWN = 20
_ANY = "auto"


class Command(BaseCommand):
    help = (
        "Import a file: CSV (also .gz), XLSX, HTML named .xls, CommerceML, a bank statement of "
        "1CClientBankExchange, a page of Bitrix24 or amoCRM. Columns are found by their names in "
        "Russian or English. Exit code: 0 all rows taken in, 1 some refused, 2 nothing written."
    )

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=(*KINDS, _ANY), help="auto: found by content")
        parser.add_argument("file")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="take this column as this field; an empty field leaves the column out",
        )
        parser.add_argument("--source", default="default", help="the system the file comes from")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="the person who asks")
        parser.add_argument("--on-error", choices=("partial", "reject"), default="partial")
        history = parser.add_mutually_exclusive_group()
        history.add_argument(
            "--history",
            dest="history",
            action="store_true",
            default=None,
            help="facts were known on their own date (default for the first import of its kind)",
        )
        history.add_argument("--no-history", dest="history", action="store_false", default=None)
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument(
            "--vat",
            metavar="MEANING",
            help="how amounts are meant where the file is unclear: included, excluded or none; "
            "a rate may follow, as in included:20",
        )
        parser.add_argument("--decimal", choices=(".", ","), help="decimal sign where unclear")
        parser.add_argument("--dates", choices=("dmy", "mdy", "ymd"), help="order where unclear")
        parser.add_argument("--encoding")
        parser.add_argument("--delimiter")
        parser.add_argument("--sheet", help="the sheet to read, by its name")
        parser.add_argument(
            "--refused",
            metavar="FILE",
            help="write refused rows with their reasons to this CSV file",
        )
        parser.add_argument("--header-row", type=int, metavar="ROW", help="where the header is")

    def handle(self, *args, **options):
        person = self._person(options)
        language = person.language if person else settings.LANGUAGE_CODE
        answers = ReadOptions(
            map=self._map(options, language),
            decimal=options["decimal"],
            dates=options["dates"],
            vat=options["vat"],
            encoding=options["encoding"],
            delimiter=options["delimiter"],
            sheet=options["sheet"],
            header_row=options["header_row"],
        )
        if options["kind"] == _ANY:
            options["kind"] = self._kind(options, answers, language)
        report = run(
            options["file"],
            options["kind"],
            source=options["source"],
            options=answers,
            on_error=options["on_error"],
            history=options["history"],
            dry_run=options["dry_run"],
            asked_by=person,
        )
        if options["refused"] and (report.errors or report.held_back):
            with Path(options["refused"]).open("w", encoding="utf-8", newline="") as out:
                write_refusals(out, options["file"], answers, report)
        self._answer(report, options["as_json"])

    def _kind(self, options, answers: ReadOptions, language: str) -> str:
        """The kind of file that the content shows."""
        path = Path(options["file"])
        try:
            kind = recognise(path.name, path, options=answers).kind
        except Refused as refusal:
            self._refuse(options, refusal.issue, language)
        except OSError:
            self._refuse(
                options, Issue(None, None, "file.unreadable", {"file": path.name}), language
            )
        if kind.sure == "asked":
            self._refuse(options, Issue(None, None, "kind.unclear"), language)
        return kind.value

    def _person(self, options) -> User | None:
        email = options["email"]
        if not email:
            return None
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            issue = Issue(None, None, "user.unknown", {"email": email})
            self._refuse(options, issue, settings.LANGUAGE_CODE)
        return person

    def _map(self, options, language: str) -> dict[str, str]:
        mapping = {}
        for pair in options["map"]:
            # A header may hold the sign, a field never does.
            header, sign, field = pair.rpartition("=")
            if not sign or not header:
                issue = Issue(None, None, "map.invalid", {"value": pair})
                self._refuse(options, issue, language)
            mapping[header] = field
        return mapping

    def _refuse(self, options, issue: Issue, language: str) -> None:
        if not options["as_json"]:
            raise CommandError(text(issue, language), returncode=2)
        report = Report(kind=options["kind"], source=options["source"], language=language)
        report.errors.append(issue)
        report.refuse()
        self._answer(report, True)

    def _answer(self, report: Report, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
        else:
            with override(report.language):
                self._tell(report)
        if report.exit_code:
            raise SystemExit(report.exit_code)

    def _tell(self, report: Report) -> None:
        self.stdout.write(_outcome(report))
        for name, counts in report.entities.items():
            if counts != Counts():
                self.stdout.write(f"  {_entity(name)}: {_counts(counts)}")
        if report.quarantined_rows:
            self.stdout.write(
                "  "
                + ngettext(
                    "%(rows)s row for %(amount)s names no known client and waits in quarantine",
                    "%(rows)s rows for %(amount)s name no known client and wait in quarantine",
                    report.quarantined_rows,
                )
                % {"rows": report.quarantined_rows, "amount": report.quarantined_amount}
            )
        answer = report.as_json()
        for heading, listed in (
            (_("Refused:"), answer["errors"]),
            (_("Please note:"), answer["warnings"]),
        ):
            if not listed:
                continue
            self.stdout.write(heading)
            for finding in listed[:_ERRORS_SHOWN]:
                self.stdout.write(f"  {finding['message']}")
            if len(listed) > _ERRORS_SHOWN:
                more = len(listed) - _ERRORS_SHOWN
                self.stdout.write(
                    "  " + _("… and %(count)s more; --json lists all") % {"count": more}
                )


def _outcome(report: Report) -> str:
    rows = {"rows": report.rows}
    if report.accepted == "reject":
        return _("Nothing was written.")
    if report.dry_run:
        return _("Dry run: nothing was written. It would be:")
    if report.accepted == "partial":
        return (
            _("Taken in, except for what is listed as refused. Rows in the file: %(rows)s") % rows
        )
    return _("Everything was taken in. Rows in the file: %(rows)s") % rows


def _entity(name: str) -> str:
    names = {
        "clients": _("clients"),
        "contacts": _("contacts"),
        "products": _("products"),
        "documents": _("documents"),
        "payments": _("payments"),
        "interactions": _("interactions"),
        "ratings": _("ratings"),
        "groups": _("groups"),
        "memberships": _("memberships in groups"),
    }
    return names.get(name, name)


def _counts(counts: Counts) -> str:
    return _("%(created)s new, %(updated)s changed, %(unchanged)s as before") % {
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
    }
