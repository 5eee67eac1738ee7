"""``manage.py restore``: a backup into an empty installation."""

from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kam.backup import services
from kam.backup.archive import Damaged
from kam.backup.tools import ToolFailed
from kam.jobs.holding import hold
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = (
        "Put a backup into the empty database of this installation, and its files below FILES_DIR. "
        "Brings the tables to this version, ends all sessions, and holds back what goes out."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path)
        parser.add_argument("--identity", type=Path, help="file with the age key, where encrypted")

    def handle(self, *, path: Path, identity: Path | None, **options) -> None:
        if not services.is_empty():
            raise CommandError(
                _("This database is in use. Restore into a new one, before anything else is done.")
            )
        try:
            with acting_system("command restore"):
                manifest = services.restore(path, identity)
        except (Damaged, ToolFailed) as error:
            raise CommandError(
                _("%(path)s could not be restored: %(why)s") % {"path": path, "why": error}
            ) from error
        call_command("migrate", interactive=False, verbosity=0)
        with acting_system("command restore"):
            Session.objects.all().delete()
            hold(f"restored from {path.name}, made {manifest.made}")
        self.stdout.write(
            _("Restored: %(tables)s tables, %(rows)s rows, %(files)s files, as of %(made)s.")
            % {
                "tables": len(manifest.tables),
                "rows": manifest.rows,
                "files": manifest.file_count,
                "made": manifest.made,
            }
        )
        self.stdout.write(
            _("What goes out is held back: look, then release it on the page Backups or with "
              "manage.py release_outgoing.")
        )  # fmt: skip
