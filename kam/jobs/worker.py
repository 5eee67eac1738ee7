"""The one Celery task: run the job of this id."""

import os
import resource

from celery.signals import worker_process_init
from django.conf import settings
from django.db import connection

from kam.celery import app
from kam.lib import request_ids

from .execution import run


def most_memory() -> int:
    """Bytes that one job may take."""
    if settings.JOB_MEMORY_MB:
        return settings.JOB_MEMORY_MB * 2**20
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4


@worker_process_init.connect
def limit_memory(**_kwargs) -> None:
    """A job that runs away gets a MemoryError, before the system kills whom it likes."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most_memory() if hard == resource.RLIM_INFINITY else min(most_memory(), hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


@app.task(name="kam.jobs.run")
def run_job(job_id: int) -> None:
    with connection.cursor() as cursor:
        # Pages give up after 30 s; a job may compute as long as its own limit lets it.
        cursor.execute("SET statement_timeout = %s", [f"{settings.JOB_SECONDS_HARD}s"])
    # What the job leaves in the logs can be found by its number.
    token = request_ids.set_present(f"job-{job_id}")
    try:
        run(job_id)
    finally:
        request_ids.reset(token)
