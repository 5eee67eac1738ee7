"""F8, F12: two beats, and clocks that are set back."""

import datetime as dt
import time

import pytest
import time_machine
from django.utils import timezone

from kam.jobs import scheduler
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


def test_clocks_set_back_and_other_zones_repeat_nothing(house, told, settings):
    told.fault(
        "F12", "four days of schedules: clock set back 3 h, then another zone, then summer time ends",
        "no period twice; once a night, and once more at most for a change of zone",
    )  # fmt: skip
    settings.COMPANY_TIME_ZONE = "Europe/Berlin"
    moment = dt.datetime(2026, 10, 22, 6, tzinfo=dt.UTC)  # summer time ends on the 25th
    nightly = [name for name, (_k, when, _p) in settings.JOB_SCHEDULES.items() if "*/" not in when]
    nightly = [name for name in nightly if name.startswith("nightly")][:4]
    settings.JOB_SCHEDULES = {name: settings.JOB_SCHEDULES[name] for name in nightly}
    long_ago = moment - dt.timedelta(days=1)
    for step in range(4 * 24 * 2):
        if step == 40:
            moment -= dt.timedelta(hours=3)
        if step == 80:
            settings.COMPANY_TIME_ZONE = "Asia/Vladivostok"
        if step == 110:
            settings.COMPANY_TIME_ZONE = "Europe/Berlin"
        with time_machine.travel(moment, tick=False):
            scheduler.insert_due(long_ago)
        moment += dt.timedelta(minutes=30)
    per_schedule = house.rows("SELECT schedule, count(*) FROM jobs_job GROUP BY 1")
    counts = {count for _schedule, count in per_schedule}
    nearest = house.value(
        "SELECT min(gap) FROM (SELECT period - lag(period) OVER (PARTITION BY schedule ORDER BY period)"
        " AS gap FROM jobs_job WHERE schedule <> '') AS gaps"
    )
    told.saw(f"{len(per_schedule)} schedules, {counts} times each, never nearer than {nearest}")
    assert len(per_schedule) == len(nightly)
    assert counts <= {4, 5, 6}
    assert nearest > dt.timedelta(hours=5)
