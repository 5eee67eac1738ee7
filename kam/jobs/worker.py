"""The one Celery task: run the job of this id."""

from django.db import connection

from kam.celery import app

from .execution import run


@app.task(name="kam.jobs.run")
def run_job(job_id: int) -> None:
    with connection.cursor() as cursor:
        # Pages give up after 30 s; a job may compute as long as Celery's time limit lets it.
        cursor.execute("SET statement_timeout = '30min'")
    run(job_id)
