"""Delivering, and keeping house, as jobs."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.jobs.registry import job

from . import delivery, services


@job(
    services.DELIVER,
    title=_("Telling another system"),
    queue="outgoing",
    tells={
        "delivered": pgettext_lazy("webhook", "Delivered"),
        "failed": pgettext_lazy("webhook", "Not delivered"),
    },
)
def deliver(running, *, endpoint):
    """Send what waits for an endpoint; what is not taken is tried again later."""
    return delivery.drain(endpoint, running.job.pk, running.progress)


@job("webhooks.sweep", title=_("Looking for messages that wait too long"))
def sweep(running):
    return {"endpoints": delivery.sweep()}


@job("webhooks.forget", title=_("Forgetting old messages to other systems"))
def forget(running):
    """Drop what was told long ago, and seal secrets with the present key."""
    return {"messages": services.forget(settings.WEBHOOK_LOG_DAYS), "endpoints": services.reseal()}
