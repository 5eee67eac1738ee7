"""``manage.py import_company``: the file of a company into an empty installation."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kam.exports.company.bundle import NotTaken
from kam.exports.company.entering import read_company
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = (
        "Take the file of export_company into an empty installation of the same version: all of "
        "it, or nothing. Run it after migrate, before anybody has been set up."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", metavar="FILE.zip")

    def handle(self, *, path: str, **options) -> None:
        if not Path(path).is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        try:
            with acting_system("command import_company"):
                manifest = read_company(Path(path))
        except NotTaken as refused:
            raise CommandError(f"{refused} {_('Nothing was written.')}") from refused
        self.stdout.write(
            _("%(company)s is here: %(rows)s rows, %(files)s files.")
            % {
                "company": manifest.get("company") or _("The company"),
                "rows": sum(entry["rows"] for entry in manifest["tables"]),
                "files": len(manifest["files"]),
            }
        )
        if not manifest["secrets"]:
            self.stdout.write(
                _(
                    "Nobody has a password yet. Give an administrator one with "
                    "“manage.py changepassword E-MAIL”; the others ask for a new one when they "
                    "sign in. Programs need new keys."
                )
            )
