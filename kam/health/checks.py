"""What an operator has to know, each thing with its number, its limit and what to do.

Everything is read from the database and the disk; the web process never asks the broker.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.audit.models import Event, Seal
from kam.backup.selectors import standing
from kam.jobs import holding
from kam.jobs.crons import last_due
from kam.jobs.models import Job
from kam.jobs.registry import title_of
from kam.lib import replica
from kam.webhooks.models import Delivery, Endpoint

GOOD, WATCH, BAD = "good", "watch", "bad"
MINUTE, HOUR, DAY = 60, 3600, 86_400
WAITS = 5 * MINUTE  # a due job that nobody has taken
LONG = 30 * MINUTE  # a job that runs
SCHEDULE_LATE = 30 * MINUTE
BEAT_LATE = 20 * MINUTE  # some schedule is due every ten
SEAL_LATE = 3 * HOUR
REPLICA_LATE = MINUTE
# A schedule that came due after this and has made no job is not looked after.
STARTED = timezone.now()
FREE_LEAST, FREE_FEW = 0.05, 0.20  # of a disk


@dataclass(frozen=True)
class Check:
    """``key`` is its name for programs; ``value`` in ``unit`` (seconds, jobs, share, hours), None
    where there is nothing to count; ``limit``: from where it is not good.  ``act`` says what to do
    where it is not."""

    key: str
    title: str
    state: str
    value: float | None
    unit: str
    limit: float | None
    act: str = ""
    of: str = ""  # which schedule, disk or address

    @property
    def of_words(self) -> str:
        """``of`` as the page says it: names of schedules stand as they are in the settings."""
        words = {
            "off": _("no folder for it is set"), "late": pgettext("backup", "late"),
            "broken": pgettext("backup", "did not come out equal"), "good": "",
            "home": _("folder of the product"), "files": _("folder of files"),
            "backups": _("folder of backups"),
        }  # fmt: skip
        return words.get(self.of, self.of)


def all_checks(now: dt.datetime | None = None) -> list[Check]:
    """Every check, the bad ones first.  Runs for somebody who may see all jobs."""
    now = now or timezone.now()
    found = [check for look in _LOOKS for check in look(now)]
    rank = {BAD: 0, WATCH: 1, GOOD: 2}
    return sorted(found, key=lambda check: rank[check.state])


def worst(checks: list[Check]) -> str:
    states = {check.state for check in checks}
    return BAD if BAD in states else WATCH if WATCH in states else GOOD


def _jobs(now: dt.datetime) -> Iterator[Check]:
    rows = Job.objects.aggregate(
        due=Min("run_after", filter=Q(status=Job.Status.WAITING, run_after__lte=now)),
        queued=Min("sent_at", filter=Q(status=Job.Status.SENT)),
        running=Min("started_at", filter=Q(status=Job.Status.RUNNING)),
        waiting=Count("pk", filter=Q(status__in=[Job.Status.WAITING, Job.Status.SENT])),
        failed=Count(
            "pk", filter=Q(status=Job.Status.FAILED, finished_at__gt=now - dt.timedelta(1))
        ),
    )
    held = bool(holding.held())
    age = _age(rows["due"], now)
    yield Check(
        "jobs_due", _("Oldest job that nobody has taken"), GOOD if held else _over(age, WAITS), age,
        "seconds", WAITS, _("Does the dispatcher run? Start it: manage.py dispatch."),
    )  # fmt: skip
    age = _age(rows["queued"], now)
    yield Check(
        "jobs_queued", _("Oldest job in the queue"), _over(age, LONG, WATCH), age, "seconds", LONG,
        _("Is there a worker for each queue, and does the broker answer? See its log."),
    )  # fmt: skip
    age = _age(rows["running"], now)
    yield Check(
        "jobs_running", _("Longest job at work"), _over(age, LONG, WATCH), age, "seconds", LONG,
        _("See the page Jobs: cancel it there if it stands still."),
    )  # fmt: skip
    yield Check(
        "jobs_failed", _("Jobs that failed within a day"), WATCH if rows["failed"] else GOOD,
        rows["failed"], "jobs", 0, _("Their pages say why; ask for them again there."),
    )  # fmt: skip
    yield Check("jobs_waiting", _("Jobs that wait"), GOOD, rows["waiting"], "jobs", None)


def _schedules(now: dt.datetime) -> Iterator[Check]:
    """Whether schedules make jobs at all, and each whose last one has not come to its end."""
    rows = Job.objects.filter(schedule__in=list(settings.JOB_SCHEDULES))
    made = rows.aggregate(at=Max("created_at"))["at"]
    age = _age(made, now)
    yield Check(
        "schedules_made", _("Since a schedule last made a job"), _over(age, BEAT_LATE), age,
        "seconds", BEAT_LATE, _("Does beat run? Look whether its process is there."),
    )  # fmt: skip
    last = rows.order_by("schedule", "-period").distinct("schedule")
    late = [
        (row, age)
        for row in last
        if row.status != Job.Status.DONE and (age := _age(row.period, now) or 0) > SCHEDULE_LATE
    ]
    for row, age in late:
        yield Check(
            "schedule_late", str(title_of(row.kind)), BAD, age, "seconds", SCHEDULE_LATE,
            _("The job of its last time has not come to its end: see the page Jobs."),
            row.schedule,
        )  # fmt: skip
    never = list(_never_made({row.schedule for row in last}, now))
    for name, age in never:
        yield Check(
            "schedule_late", str(title_of(settings.JOB_SCHEDULES[name][0])), BAD, age, "seconds",
            SCHEDULE_LATE, _("It came due and has made no job: was beat started after the update?"),
            name,
        )  # fmt: skip
    if not late and not never:
        yield Check("schedule_late", _("Schedules"), GOOD, None, "seconds", SCHEDULE_LATE)


def _never_made(made: set[str], now: dt.datetime) -> Iterator[tuple[str, float]]:
    """Schedules without any job, and how many seconds ago they came due while we were running."""
    for name, (_kind, expression, _payload) in settings.JOB_SCHEDULES.items():
        if name in made:
            continue
        due = last_due(expression, now)
        age = _age(due, now) or 0
        if due is not None and due > STARTED and age > SCHEDULE_LATE:
            yield name, age


def _backups(now: dt.datetime) -> Iterator[Check]:
    found = standing(now)
    age = _age(found.last.at if found.last else None, now)
    states = {"good": GOOD, "off": WATCH, "late": BAD, "broken": BAD}
    yield Check(
        "backup", _("Last good backup, restored on trial"), states[found.state], age, "seconds",
        found.late_hours * HOUR, _("See the page Backups: it says what to do."), found.state,
    )  # fmt: skip
    held = holding.held()
    yield Check(
        "held", _("What goes out is held back"), WATCH if held else GOOD,
        _age(held.since if held else None, now), "seconds", None,
        _("After a restore: let it go on the page Backups."),
    )  # fmt: skip


def _webhooks(_now: dt.datetime) -> Iterator[Check]:
    stopped = Endpoint.objects.filter(is_active=False).exclude(stopped="").count()
    dead = Delivery.objects.filter(status=Delivery.Status.FAILED).count()
    yield Check(
        "webhooks_stopped", _("Addresses that are told nothing more"), WATCH if stopped else GOOD,
        stopped, "addresses", 0, _("See the page Webhooks: put them right and switch them on."),
    )  # fmt: skip
    yield Check("webhooks_failed", _("Events that did not arrive"), GOOD, dead, "events", None)


def _trail(now: dt.datetime) -> Iterator[Check]:
    sealed = Seal.objects.aggregate(at=Max("at"))["at"]
    first = Event.objects.filter(at__gt=sealed) if sealed else Event.objects
    age = _age(first.aggregate(at=Min("at"))["at"], now)
    yield Check(
        "trail_unsealed", _("Oldest event of the trail without a seal"), _over(age, SEAL_LATE), age,
        "seconds", SEAL_LATE, _("Does beat run? By hand: manage.py audit_verify --seal."),
    )  # fmt: skip


def _replica(_now: dt.datetime) -> Iterator[Check]:
    if not replica.is_set():
        return
    found = replica.standing()
    acts = {
        replica.AWAY: _("It does not answer. Long lists are read from the primary meanwhile."),
        replica.WRITABLE: _("It can be written to, so it follows nobody: was it promoted?"),
        replica.STRANGER: _("It is a replica of another database: see DATABASE_REPLICA_URL."),
    }
    late = _over(found.behind, REPLICA_LATE)
    yield Check(
        "replica", _("How far the replica is behind"), BAD if found.fault else late, found.behind,
        "seconds", REPLICA_LATE,
        acts.get(found.fault, _("Does it still receive the log of the primary? See its own log.")),
        found.fault,
    )  # fmt: skip


def _disks(_now: dt.datetime) -> Iterator[Check]:
    places = {"home": settings.HOME, "files": settings.FILES_DIR}
    if settings.BACKUP_FOLDER:
        places["backups"] = settings.BACKUP_FOLDER
    for name, place in places.items():
        try:
            usage = shutil.disk_usage(place)
        except OSError:
            continue
        free = usage.free / usage.total
        state = BAD if free < FREE_LEAST else WATCH if free < FREE_FEW else GOOD
        yield Check(
            "disk_free", _("Free space"), state, free, "share", FREE_FEW,
            _("Give the disk more room, or keep backups and rankings for fewer days."), name,
        )  # fmt: skip


def _age(moment: dt.datetime | None, now: dt.datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())


def _over(age: float | None, limit: float, state: str = BAD) -> str:
    return GOOD if age is None or age <= limit else state


_LOOKS: tuple[Callable[[dt.datetime], Iterator[Check]], ...] = (
    _jobs, _schedules, _backups, _webhooks, _trail, _replica, _disks,
)  # fmt: skip
