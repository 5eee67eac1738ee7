"""The settings of the product, and the kinds of jobs that drills need beside its own."""

from kam.settings import *  # noqa: F403
from kam.settings import INSTALLED_APPS, JOB_SCHEDULES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.drills.kinds"]
JOB_SCHEDULES = {**JOB_SCHEDULES, "drill-minute": ("drill.work", "* * * * *", {})}
