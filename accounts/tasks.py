"""Computing over all clients, as jobs."""

from django.utils.translation import gettext_lazy as _

from kam.jobs.registry import job

from .services import potential


@job(
    potential.JOB,
    title=_("Growth potential of all clients"),
    queue="heavy",
    tells={"clients": _("Clients")},
)
def refresh_potential(running):
    return {"clients": potential.refresh(progress=running.progress)}
