"""F5, F13, F17: the web process killed in the middle of requests, restarted under load, and without
its database."""

import random
import signal
import threading
import time
from collections import Counter

import pytest

from .house import Answer, House, below
from .test_broker import visitor

pytestmark = pytest.mark.drill
# Each client has the event that tells of it, and each event its client.
HALF_WRITTEN = """
SELECT count(*) FROM accounts_client c
FULL JOIN (SELECT object_id FROM audit_event WHERE action = 'client.create') e ON e.object_id = c.id
WHERE c.id IS NULL OR e.object_id IS NULL
"""


class Load:
    """People at work in threads of their own: answers of what they asked, until it is left."""

    def __init__(self, house: House, ask, people: int = 4):
        self.answers: list[Answer] = []
        self._house, self._ask, self._over = house, ask, threading.Event()
        self._threads = [threading.Thread(target=self._work, args=[n]) for n in range(people)]

    def _work(self, person: int) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            self.answers.append(self._ask(f"{person}-{number}"))

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)


def test_a_web_process_killed_mid_request_leaves_nothing_half_written(house, told):
    told.fault(
        "F5, F17", "web processes killed 12 times while clients are entered",
        "what was acknowledged is there, nothing half written, served again ≤ 5 s",
    )  # fmt: skip
    house.up("web")
    key = visitor()

    def enter(name: str) -> Answer:
        return house.ask("/api/v1/clients/", {"name": f"Client {name}"}, key=key)

    with Load(house, enter, people=3) as load:
        for _ in range(12):
            time.sleep(random.uniform(0.05, 0.3))
            house.kill("web", whole=False)
        back = house.until(lambda: house.ask("/health/ready").status == 200)
        house.until(lambda: load.statuses()[201] > 5)
    acknowledged = {answer.json()["id"] for answer in load.answers if answer.status == 201}
    there = {pk for (pk,) in house.rows("SELECT id FROM accounts_client")}
    half = house.value(HALF_WRITTEN)
    told.saw(
        f"{len(acknowledged)} acknowledged, {len(acknowledged - there)} missing, "
        f"{len(there - acknowledged)} kept whose answer was lost, {half} half; back {back:.1f} s"
    )
    assert set(load.statuses()) <= {0, 201}
    assert acknowledged <= there
    assert half == 0
    assert back <= 5


@pytest.mark.full
def test_a_restart_under_load_fails_no_request(house, told):
    told.fault("F13, F17", "web restarted by HUP three times while 4 people work", "0 failed")
    house.up("web")
    key = visitor()

    def work(name: str) -> Answer:
        if name.endswith("5"):
            return house.ask("/api/v1/clients/", {"name": f"Client {name}"}, key=key, seconds=60)
        return house.ask("/api/v1/clients/", key=key, seconds=60)

    master = house.running["web"]
    workers = set(below(master.pid))
    with Load(house, work) as load:
        for _ in range(3):
            time.sleep(0.4)
            master.send_signal(signal.SIGHUP)
        house.until(lambda: not workers & set(below(master.pid)))
        time.sleep(0.3)
    statuses = load.statuses()
    longest = max(answer.seconds for answer in load.answers)
    told.saw(f"{statuses.total()} requests, {dict(statuses)}, longest {longest:.1f} s")
    assert set(statuses) <= {200, 201}, [a.text for a in load.answers if a.status == 0][:3]
    assert statuses[201] > 0
