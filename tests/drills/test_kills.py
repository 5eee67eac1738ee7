"""F1, F9: processes are killed at any moment, and each commit's job takes effect once."""

import random
import threading
import time

import pytest
from django.db import connection, transaction

from kam.jobs.services import enqueue

pytestmark = pytest.mark.drill
COMMITS, KILLS = 1_000, 30


def commits(count: int, pause: float) -> list[int]:
    """So many transactions that each ask for a job, and a tenth as many that are rolled back."""
    asked = []
    for number in range(count):
        with transaction.atomic():
            asked.append(enqueue("drill.work", {"ms": random.randint(0, 250)}).pk)
        if number % 10 == 0:
            with transaction.atomic():
                enqueue("drill.work")
                transaction.set_rollback(True)
        time.sleep(pause)
    return asked


@pytest.mark.full
def test_a_thousand_commits_and_thirty_kills_lose_nothing_and_do_nothing_twice(house, told):
    told.fault(
        "F1, F9", f"{COMMITS} commits with a job each, {KILLS} × kill -9 of worker and dispatcher",
        "0 lost, 0 double effects, caught up ≤ 120 s after the last kill",
    )  # fmt: skip
    house.up("worker", "dispatcher")
    asked: list[int] = []

    def produce() -> None:
        try:
            asked.extend(commits(COMMITS, 0.1))
        finally:
            connection.close()

    producer = threading.Thread(target=produce)
    producer.start()
    while house.kills < KILLS:
        house.tend()
        until = time.monotonic() + random.uniform(0.5, 7)
        while time.monotonic() < until:
            time.sleep(0.1)
            house.tend()
        whole = random.random() < 0.5
        house.kill("dispatcher" if random.random() < 0.35 else "worker", whole)
    last = time.monotonic()
    producer.join()
    house.until(lambda: not house.open_jobs(), 240, tend=True)
    caught_up = time.monotonic() - last
    count = house.count()
    told.saw(
        f"{count['effects']} effects of {len(asked)} commits, {count['twice']} double, "
        f"{count['starts'] - len(asked)} starts more, caught up {caught_up:.0f} s after the last kill"
    )
    assert count["failed"] == 0
    assert (count["done"], count["effects"], count["twice"]) == (COMMITS, COMMITS, 0)
    assert house.at_once() == 0
    assert caught_up <= 120
