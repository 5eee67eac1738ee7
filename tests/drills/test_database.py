"""F5, F6: the database killed in the middle of work, and its disk full."""

import shutil
import subprocess
import threading
import time

import pytest
from django.db import DatabaseError, connection, transaction

from kam.jobs.services import enqueue

from .house import Answer
from .test_broker import visitor
from .test_web import HALF_WRITTEN, Load

pytestmark = [pytest.mark.drill, pytest.mark.full]


def produce(house, count: int, asked: list[int]) -> None:
    """So many commits with a job each; what the database did not take is asked for again."""
    try:
        while len(asked) < count:
            try:
                with transaction.atomic():
                    job = enqueue("drill.work", {"ms": 50}).pk
                asked.append(job)
            except DatabaseError:
                connection.close()
                time.sleep(0.2)
            time.sleep(0.05)
    finally:
        connection.close()


def test_a_database_killed_mid_work_is_503_then_well_and_jobs_are_done_once(own_house, told):
    house = own_house
    told.fault(
        "F5", "PostgreSQL killed twice for 4 s, while clients are entered and 300 jobs run",
        "503 with Retry-After; well ≤ 5 s after; kept what was acknowledged; jobs once",
    )  # fmt: skip
    house.up("worker", "dispatcher", "web")
    key = visitor()

    def enter(name: str) -> Answer:
        time.sleep(0.05)
        return house.ask("/api/v1/clients/", {"name": f"Client {name}"}, key=key, seconds=30)

    asked: list[int] = []
    producer = threading.Thread(target=produce, args=[house, 300, asked])
    producer.start()
    waits = []
    with Load(house, enter, people=2) as load:
        for _ in range(2):
            time.sleep(3)
            connection.close()
            house.database.kill()
            time.sleep(4)
            away = house.ask("/api/v1/clients/", key=key)
            assert (away.status, away.headers.get("Retry-After")) == (503, "5")
            assert house.ask("/health/ready").status == 503
            house.database.start()
            waits.append(house.until(lambda: house.ask("/api/v1/clients/", key=key).status == 200))
        well_again = len(load.answers)
        time.sleep(3)
    producer.join()
    house.until(lambda: not house.open_jobs(), 150)
    count, statuses = house.count(), load.statuses()
    acknowledged = {answer.json()["id"] for answer in load.answers if answer.status == 201}
    there = {pk for (pk,) in house.rows("SELECT id FROM accounts_client")}
    lost = set(asked) - {pk for (pk,) in house.rows("SELECT id FROM jobs_job")}
    told.saw(
        f"{dict(statuses)}, well after {' and '.join(f'{w:.1f}' for w in waits)} s, "
        f"{len(acknowledged - there)} of {len(acknowledged)} acknowledged clients and {len(lost)} "
        f"jobs missing, {count['twice']} double effects"
    )
    assert set(statuses) <= {201, 503}
    assert {answer.status for answer in load.answers[well_again + 2 :]} == {201}
    assert max(waits) <= 5
    assert acknowledged <= there
    assert not lost
    assert house.value(HALF_WRITTEN) == 0
    assert (count["failed"], count["twice"], count["effects"]) == (0, 0, count["done"])
    assert all(process.poll() is None for process in house.running.values()), "nobody ended"


@pytest.fixture
def small_disk(directory):
    """A disk of 150 MB in the place of the database's data."""
    place = directory / "postgres"
    place.mkdir(mode=0o755)
    command = ["mount", "-t", "tmpfs", "-o", "size=150m,mode=755", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_of_the_database_refuses_and_all_goes_on_with_room(small_disk, own_house, told):
    house = own_house
    told.fault(
        "F6", "the disk of PostgreSQL (150 MB) filled to the last byte while clients are entered",
        "refused with 503, nothing half written; goes on ≤ 10 s after there is room",
    )  # fmt: skip
    house.up("worker", "dispatcher", "web")
    key = visitor()
    filler = small_disk / "filler"

    def enter(name: str) -> Answer:
        time.sleep(0.02)
        body = {"name": f"Client {name}", "note": name * 500}
        return house.ask("/api/v1/clients/", body, key=key, seconds=30)

    connection.close()
    with Load(house, enter, people=3) as load:
        time.sleep(2)
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(2**16))
            except OSError:
                pass
        until = time.monotonic() + 25
        while time.monotonic() < until and load.statuses()[503] < 20:
            time.sleep(0.2)
        filler.unlink()
        if (
            house.database.process.poll() is not None
        ):  # it may give up; whoever runs it, restarts it
            house.database.start()
        back = house.until(lambda: enter("back").status == 201)
        time.sleep(1)
    statuses = load.statuses()
    acknowledged = {answer.json()["id"] for answer in load.answers if answer.status == 201}
    there = {pk for (pk,) in house.rows("SELECT id FROM accounts_client")}
    job = enqueue("drill.work")
    house.until(lambda: not house.open_jobs(), 60)
    told.saw(
        f"{dict(statuses)}, back {back:.1f} s after there was room, {len(acknowledged - there)} of "
        f"{len(acknowledged)} acknowledged missing"
    )
    assert statuses[503] >= 1
    assert set(statuses) <= {201, 503}
    assert acknowledged <= there
    assert house.value(HALF_WRITTEN) == 0
    assert back <= 10
    assert house.value("SELECT status FROM jobs_job WHERE id = %s", job.pk) == "done"
