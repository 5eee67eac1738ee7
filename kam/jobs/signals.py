"""How jobs speak up to what is built on them."""

from django.dispatch import Signal

# A job has failed for good: ``job`` (:class:`kam.jobs.models.Job`), in the transaction in which
# it says so.
job_failed = Signal()
