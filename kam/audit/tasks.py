"""Sealing the trail and holding it against its seals, as jobs."""

from django.utils.translation import gettext_lazy as _

from kam.jobs.registry import job

from .sealing import seal, verify
from .services import record


@job("audit.seal", title=_("Sealing of the audit trail"), tells={"events": _("Events")})
def seal_trail(running):
    return {"events": seal()}


@job(
    "audit.verify",
    title=_("Check of the audit trail"),
    queue="heavy",
    max_attempts=1,
    tells={"events": _("Events"), "faults": _("Altered, removed or slipped in")},
)
def verify_trail(running):
    """Hold the trail against its seals; what was found is itself an event."""
    found = verify()
    counts = {"seals": found.seals, "events": found.events, "faults": len(found.faults)}
    record("audit.verified", details=counts)
    return counts
