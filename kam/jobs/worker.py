"""The one Celery task: run the job of this id."""

from django.db import connection

from kam.celery import app
from kam.lib import request_ids

from .execution import run


@app.task(name="kam.jobs.run")
def run_job(job_id: int) -> None:
    with connection.cursor() as cursor:
        # Pages give up after 30 s; a job may compute as long as Celery's time limit lets it.
        cursor.execute("SET statement_timeout = '30min'")
    # What the job leaves in the logs can be found by its number.
    token = request_ids.set_present(f"job-{job_id}")
    try:
        run(job_id)
    finally:
        request_ids.reset(token)
