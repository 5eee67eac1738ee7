"""F3: the broker frozen, gone and emptied."""

import statistics
import threading
import time

import pytest
from django.db import connection, transaction

from accounts.models import ApiToken, User
from kam.jobs.services import enqueue
from scoring.models import Matrix
from tests.factories import make_client, make_user

pytestmark = pytest.mark.drill
PAGES = ("/api/v1/clients/", "/api/v1/jobs/", "/api/v1/health/", "/health/ready")


def visitor(role: str = User.Role.ADMINISTRATOR) -> str:
    """A key of the API of somebody new."""
    return ApiToken.issue(user=make_user(role), name="drill", can_write=True)[1]


def visit(house, key: str, seconds: float) -> list[float]:
    """Read pages for so long, and ask for a ranking each time round: how long each answer took."""
    took, until = [], time.monotonic() + seconds
    matrix = Matrix.objects.get(is_main=True).pk
    while time.monotonic() < until:
        for path in PAGES:
            answer = house.ask(path, key=key)
            assert answer.status == 200, (path, answer.text)
            took.append(answer.seconds)
        answer = house.ask(f"/api/v1/matrices/{matrix}/runs/", {}, key=key)
        assert answer.status == 202, answer.text
        took.append(answer.seconds)
        time.sleep(0.2)
    return took


@pytest.mark.full
@pytest.mark.parametrize("fault", ["frozen", "killed and emptied"])
def test_pages_never_wait_for_the_broker_and_jobs_go_out_afterwards(house, told, fault):
    told.fault(
        "F3", f"Valkey {fault} for 25 s; pages read, 200 commits with jobs and rankings asked for",
        "0 errors, answers ≤ 1 s, all jobs once, ≤ 60 s after its return",
    )  # fmt: skip
    house.up("worker", "dispatcher", "web")
    key = visitor()
    make_client("Drill")
    visit(house, key, 1)  # pages are compiled
    # Most of these are with the broker when it goes.
    asked = [enqueue("drill.work", {"ms": 200}).pk for _ in range(40)]
    house.until(lambda: house.count()["effects"] > 2)
    if fault == "frozen":
        house.broker.freeze()
    else:
        house.broker.kill()
        house.broker.empty()

    def produce() -> None:
        try:
            for _ in range(160):
                with transaction.atomic():
                    asked.append(enqueue("drill.work", {"ms": 5}).pk)
                time.sleep(0.1)
        finally:
            connection.close()

    producer = threading.Thread(target=produce)
    producer.start()
    took = visit(house, key, 25)
    producer.join()
    assert house.count()["effects"] < 200
    if fault == "frozen":
        house.broker.thaw()
    else:
        house.broker.start()
    back = house.until(lambda: not house.open_jobs() and not house.open_jobs("scoring.rank"), 120)
    count = house.count()
    told.saw(
        f"{len(took)} answers, longest {max(took):.2f} s, median {statistics.median(took):.2f} s; "
        f"{count['effects']} effects of 200, {count['twice']} double, all done after {back:.0f} s"
    )
    assert max(took) <= 1
    assert (count["done"], count["effects"], count["twice"]) == (200, 200, 0)
    assert back <= 60
    assert all(house.running[name].poll() is None for name in house.running), "nobody ended"
