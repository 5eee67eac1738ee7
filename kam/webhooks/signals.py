"""How webhooks speak up to what is built on them."""

from django.dispatch import Signal

# An address takes nothing more, by itself: ``endpoint`` (:class:`kam.webhooks.models.Endpoint`).
endpoint_stopped = Signal()
