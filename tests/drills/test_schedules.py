"""F8, F12: two beats, and clocks that are set back."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from kam.jobs.models import Job

pytestmark = pytest.mark.drill


def test_two_beats_make_one_job_a_period(house, told):
    told.fault("F8", "two beats started at the same moment, 20 schedules overdue", "one job each")
    from django.conf import settings

    names = [*settings.JOB_SCHEDULES][:20]
    long_ago = timezone.now() - dt.timedelta(days=400)
    Job.unscoped.bulk_create(
        Job(kind="drill.work", schedule=name, period=long_ago, status="done") for name in names
    )
    house.start("beat-1", "beat-2")
    for name in ("beat-1", "beat-2"):
        house.wait_for(name)
    made = "SELECT count(*) FROM jobs_job WHERE schedule = %s AND period > %s"
    house.until(lambda: all(house.value(made, name, long_ago) for name in names))
    time.sleep(1)  # the slower one comes too late for all of them, and has to see it
    counts = [house.value(made, name, long_ago) for name in names]
    told.saw(f"{sum(counts)} jobs of {len(names)} schedules")
    assert set(counts) == {1}
