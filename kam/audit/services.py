"""Writing to the trail, in the same transaction as the change it tells of."""

from kam.lib import request_ids
from kam.lib.scoping import System, current

from .models import Event


def record(action, *, object=None, client_id=None, details=None, actor=None) -> Event:
    """Add one event.  The actor is the current one unless given; ``details`` must be JSON-ready
    and hold no secrets and no personal values."""
    actor = actor or current()
    system = isinstance(actor, System)
    person_id = getattr(actor, "asked_by_id", None) if system else getattr(actor, "pk", None)
    return Event.unscoped.create(
        actor_id=person_id,
        actor_name=str(actor or "nobody"),
        action=action,
        object_type=object._meta.label_lower if object is not None else "",
        object_id=object.pk if object is not None else None,
        client_ref=client_id,
        details=details or {},
        request_id=request_ids.present()[:64],
    )
