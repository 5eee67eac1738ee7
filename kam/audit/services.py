"""Writing to the trail, in the same transaction as the change it tells of."""

from .acting import who
from .models import Event


def record(action, *, object=None, client_id=None, details=None, actor=None) -> Event:
    """Add one event.  The actor is the current one unless given; ``details`` must be JSON-ready
    and hold no secrets and no personal values."""
    person_id, name, request_id = who(actor)
    return Event.unscoped.create(
        actor_id=person_id,
        actor_name=name,
        action=action,
        object_type=object._meta.label_lower if object is not None else "",
        object_id=object.pk if object is not None else None,
        client_ref=client_id,
        details=details or {},
        request_id=request_id,
    )
