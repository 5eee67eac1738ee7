"""The nightly backup as a job, on a queue of its own: it alone needs the owner of the database."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.jobs.execution import Refused
from kam.jobs.registry import job

from . import services

MAKE = "backup.make"


@job(
    MAKE,
    title=gettext_lazy("Backup"),
    queue="backup",
    max_attempts=1,
    tells={"file": gettext_lazy("File"), "rows": gettext_lazy("Rows")},
)
def make_backup(running):
    """Write a backup and try it by a real restore; fails aloud where either does not work."""
    if not settings.BACKUP_FOLDER:
        raise Refused(_("Set BACKUP_FOLDER: where should it go?"))
    folder = Path(settings.BACKUP_FOLDER)
    row = services.make(folder)
    if row.error or row.fault:
        raise Refused(_("There is no good backup: %(why)s") % {"why": row.error or row.fault})
    services.thin(folder, settings.BACKUP_KEEP_DAYS)
    return {"file": row.name, "rows": row.rows}
