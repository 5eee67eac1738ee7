"""``manage.py backup``: everything into one file, tried by a real restore."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kam.backup import services
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = (
        "Write database and kept files into one file, restore it into a scratch database, and "
        "compare every table. Exit code 1 where there is no good backup."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", default=settings.BACKUP_FOLDER)
        parser.add_argument("--no-check", action="store_true", help="do not try a restore")

    def handle(self, *, folder: str, no_check: bool, **options) -> None:
        if not folder:
            raise CommandError(_("Name a folder, or set BACKUP_FOLDER."))
        target = Path(folder).absolute()
        with acting_system("command backup"):
            row = services.make(target, check=not no_check)
        if row.error or row.fault:
            raise CommandError(
                _("There is no good backup: %(why)s") % {"why": row.error or row.fault}
            )
        self.stdout.write(
            _("%(path)s: %(rows)s rows, %(files)s files, %(seconds).1f s. SHA-256 %(sum)s")
            % {
                "path": target / row.name,
                "rows": row.rows,
                "files": row.files,
                "seconds": row.seconds,
                "sum": row.sha256,
            }
        )
        if no_check:
            self.stderr.write(_("It was not tried: run verify_backup."))
