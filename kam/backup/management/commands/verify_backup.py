"""``manage.py verify_backup``: try a backup by a real restore into a scratch database."""

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.backup import services
from kam.backup.archive import Damaged
from kam.backup.tools import ToolFailed
from kam.lib import formatting
from kam.lib.periods import company_zone
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = "Restore a backup into a scratch database and compare every table and file with it."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path)
        parser.add_argument("--identity", type=Path, help="file with the age key, where encrypted")

    def handle(self, *, path: Path, identity: Path | None, **options) -> None:
        try:
            with acting_system("command verify_backup"):
                manifest = services.verify(path, identity)
        except (Damaged, ToolFailed) as error:
            raise CommandError(
                _("%(path)s is no good backup: %(why)s") % {"path": path, "why": error}
            ) from error
        made = dt.datetime.fromisoformat(manifest.made).astimezone(company_zone())
        self.stdout.write(
            _("%(path)s is good: %(tables)s tables, %(rows)s rows, %(files)s files, of %(made)s.")
            % {
                "path": path,
                "tables": len(manifest.tables),
                "rows": manifest.rows,
                "files": manifest.file_count,
                "made": formatting.moment(made, language=get_language() or "en"),
            }
        )
