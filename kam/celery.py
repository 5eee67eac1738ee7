"""The Celery application.  Only the dispatcher, the workers and beat import it.

The settings (:mod:`kam.celery_config`) are those that survived the kill drills: a task is
acknowledged after it ends, a lost worker gives it back, and the job row in PostgreSQL, not the
broker, decides about retries.
"""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

app = Celery("kam")
app.config_from_object("kam.celery_config")


if os.environ.get("LOG_FORMAT") == "json":

    @setup_logging.connect
    def as_the_settings_say(**_kwargs) -> None:
        """Celery then leaves the logs alone, and its lines have the form of all others."""
