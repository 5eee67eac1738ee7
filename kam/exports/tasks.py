"""Exports as jobs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kam.jobs.execution import Refused
from kam.jobs.registry import job

from . import services
from .models import Export


@job(
    services.JOB,
    title=_("Export of a list"),
    as_person=True,
    tells={"file": _("File"), "rows": _("Rows")},
)
def write_export(running, *, export_id):
    """Write a list as a file, with the rights of who asked; one that is there stays as it is."""
    row = Export.objects.select_related("author").filter(pk=export_id).first()
    if row is None:
        raise Refused(str(_("This export is not there any more.")))
    if not row.file:
        services.run(row, running)
    return {"file": row.filename, "rows": row.rows}


@job(
    services.HEAVY_JOB,
    title=_("Export of the whole company"),
    queue="heavy",
    as_person=True,
    tells={"file": _("File"), "rows": _("Rows")},
)
def write_heavy_export(running, *, export_id):
    """The same for what takes long."""
    return write_export(running, export_id=export_id)


@job("exports.expire", title=_("Removing old exports"))
def expire_exports(running):
    """Remove files that have been kept as long as they are to be."""
    return {"removed": services.expire(settings.EXPORT_FILE_DAYS)}
