"""What is told of what happens on the floors below."""

from django.dispatch import receiver

from kam.jobs.signals import job_failed

from .services import emit


@receiver(job_failed, dispatch_uid="webhooks tell of failed jobs")
def tell_of_failure(sender, job, **kwargs):
    # Not of our own: a job that cannot tell would have itself told.
    if not job.kind.startswith("webhooks."):
        emit("job.failed", {"job": job.pk, "kind": job.kind, "attempts": job.attempts})
