"""The checks in the text format of Prometheus."""

from __future__ import annotations

from django.db.models import Count
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from kam.jobs.models import Job

from .checks import BAD, GOOD, WATCH, Check

_STATES = {GOOD: 0, WATCH: 1, BAD: 2}


def written(checks: list[Check]) -> bytes:
    """``kam_check_state`` (0 good, 1 to be watched, 2 bad), ``kam_check_value`` in the unit of its
    label, and how many jobs there are by status and queue."""
    registry = CollectorRegistry()
    labels = ("check", "of", "unit")
    state = Gauge("kam_check_state", "0 good, 1 watch, 2 bad", ("check", "of"), registry=registry)
    value = Gauge("kam_check_value", "What the check counts", labels, registry=registry)
    for check in checks:
        state.labels(check.key, check.of).set(_STATES[check.state])
        if check.value is not None:
            value.labels(check.key, check.of, check.unit).set(check.value)
    jobs = Gauge("kam_jobs", "Jobs not ended", ("status", "queue"), registry=registry)
    for row in _open_jobs():
        jobs.labels(row["status"], row["queue"]).set(row["n"])
    return generate_latest(registry)


def _open_jobs():
    rows = Job.objects.filter(status__in=Job.OPEN).order_by()
    return rows.values("status", "queue").annotate(n=Count("pk"))
