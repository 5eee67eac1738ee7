"""The Celery application.  Only the dispatcher, the workers and beat import it.

The settings (:mod:`kam.celery_config`) are those that survived the kill drills: a task is
acknowledged after it ends, a lost worker gives it back, and the job row in PostgreSQL, not the
broker, decides about retries.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

app = Celery("kam")
app.config_from_object("kam.celery_config")
