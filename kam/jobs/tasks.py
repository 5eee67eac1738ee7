"""What the frame itself does on schedule."""

from django.utils.translation import gettext_lazy as _

from kam.lib import named_requests, pace

from .registry import job


@job("jobs.forget_requests", title=_("Forgetting old requests of the API"))
def forget_requests(running):
    return {"answers": named_requests.forget(), "callers": pace.forget()}
