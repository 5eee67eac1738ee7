"""F2, F18: jobs that kill their worker, run away, or are more than there is memory for."""

import time

import pytest

from kam.jobs.models import Job
from kam.jobs.services import enqueue

pytestmark = [pytest.mark.drill, pytest.mark.full]


def found(job: Job) -> Job:
    return Job.unscoped.get(pk=job.pk)


def test_a_job_that_kills_its_worker_ends_after_its_attempts_and_others_go_on(house, told):
    told.fault(
        "F2",
        "a job that kills its worker, among 40 others",
        "3 starts, then failed; others all done",
    )
    house.up("worker", "dispatcher")
    poison = enqueue("drill.poison")
    for _ in range(40):
        enqueue("drill.work", {"ms": 100})
    others = house.until(lambda: not house.open_jobs(), 120, tend=True)
    ended = house.until(lambda: not found(poison).is_open, 180, tend=True)
    starts, count = house.count("drill.poison")["starts"], house.count()
    told.saw(
        f"{starts} starts, then {found(poison).status}: {found(poison).error}, after "
        f"{others + ended:.0f} s; {count['done']} others done within {others:.0f} s"
    )
    assert (found(poison).status, found(poison).error, starts) == ("failed", "worker lost", 3)
    assert (count["done"], count["effects"], count["twice"]) == (40, 40, 0)
    assert house.running["worker"].poll() is None, "its children die, the worker itself goes on"


def test_a_job_that_wants_all_memory_is_ended_by_its_limit_and_says_so(house, told):
    told.fault(
        "F18", "a job that takes memory without end, with JOB_MEMORY_MB=700, beside 20 others",
        "failed and says why; the worker lives; others done",
    )  # fmt: skip
    house.environment["JOB_MEMORY_MB"] = "700"
    house.up("worker", "dispatcher")
    hungry = enqueue("drill.hungry")
    for _ in range(20):
        enqueue("drill.work", {"ms": 100})
    took = house.until(lambda: not found(hungry).is_open and not house.open_jobs(), 90)
    told.saw(f"{found(hungry).status}: {found(hungry).error} (all done after {took:.0f} s)")
    assert found(hungry).status == "failed"
    assert "JOB_MEMORY_MB" in found(hungry).error
    assert house.count()["effects"] == 20
    assert house.running["worker"].poll() is None


def test_a_job_that_takes_too_long_is_ended_and_says_so(house, told):
    told.fault(
        "F18", "a job without end, and one that hears nobody, with JOB_SECONDS=4, beside 20 others",
        "failed and say why; the worker lives; others done",
    )  # fmt: skip
    house.environment["JOB_SECONDS"] = "4"
    house.up("worker", "dispatcher")
    long, deaf = enqueue("drill.too_long"), enqueue("drill.deaf")
    for _ in range(20):
        enqueue("drill.work", {"ms": 100})
    took = house.until(lambda: not found(long).is_open and not house.open_jobs(), 60)
    killed = house.until(lambda: not found(deaf).is_open, 180)
    said = {job.kind: (found(job).status, found(job).error) for job in (long, deaf)}
    told.saw(f"{said}, after {took:.0f} s and {took + killed:.0f} s")
    assert said["drill.too_long"][0] == "failed"
    assert "JOB_SECONDS" in said["drill.too_long"][1]
    assert said["drill.deaf"] == ("failed", "worker lost")
    assert house.count()["effects"] == 20
    assert house.running["worker"].poll() is None


def test_a_worker_asked_to_end_gives_its_long_work_back(house, told):
    told.fault(
        "F17", "a worker asked to end (SIGTERM) in the middle of a long job and of a short one",
        "ends ≤ 30 s; the short one is done; another worker has the long one ≤ 60 s later",
    )  # fmt: skip
    house.up("worker", "dispatcher")
    long, short = enqueue("drill.endless"), enqueue("drill.work", {"ms": 4000})
    house.until(lambda: found(long).status == found(short).status == "running")
    worker = house.running.pop("worker")
    began = time.monotonic()
    worker.terminate()
    house.start("worker-2")
    worker.wait(60)
    ended = time.monotonic() - began
    assert found(short).status == "done"
    taken = house.until(lambda: found(long).attempts == 2, 90)
    told.saw(f"ended after {ended:.0f} s, short one done, long one taken {taken:.0f} s later")
    assert ended <= 30
    assert taken <= 60
