"""``manage.py export_company``: the whole company into one file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kam.audit.services import record
from kam.exports.company.leaving import write_company
from kam.exports.services import one_moment, today
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = (
        "Write every table of the company as CSV, with the kept files and a manifest, into one "
        "ZIP. It holds personal data: keep it as you keep the database."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="DIR|FILE.zip", help="where to; must not be there yet")
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="also password hashes and API keys, for a server with the same secret key",
        )

    def handle(self, *, path: str, with_secrets: bool, **options) -> None:
        target = Path(path)
        if target.is_dir():
            target = target / f"company-{today():%Y-%m-%d}.zip"
        if target.exists():
            raise CommandError(_("%(path)s is there already.") % {"path": target})
        if not target.parent.is_dir():
            raise CommandError(_("There is no directory %(path)s.") % {"path": target.parent})
        unfinished = target.with_name(f".{target.name}.unfinished")
        unfinished.touch(mode=0o600)
        try:
            with acting_system("command export_company"):
                with one_moment():
                    manifest = write_company(unfinished, secrets=with_secrets)
                rows = sum(entry["rows"] for entry in manifest["tables"])
                record("company.exported", details={"rows": rows, "secrets": with_secrets})
            unfinished.rename(target)
        finally:
            unfinished.unlink(missing_ok=True)
        for name in manifest["missing_files"]:
            self.stderr.write(_("The file %(name)s is not kept any more.") % {"name": name})
        self.stdout.write(
            _("%(path)s: %(rows)s rows of %(tables)s tables, %(files)s files.")
            % {
                "path": target,
                "rows": rows,
                "tables": len(manifest["tables"]),
                "files": len(manifest["files"]),
            }
        )
