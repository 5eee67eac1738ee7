"""F11: many people change one record at the same moment."""

import http.client
import json
import threading
from collections import Counter

import pytest

from .test_broker import visitor

pytestmark = [pytest.mark.drill, pytest.mark.full]
PEOPLE = 20


def test_of_many_who_change_one_record_at_once_one_does(house, told):
    told.fault(
        "F11", f"{PEOPLE} people change one client at the same moment, each as they read it",
        "one is kept, the others hear of it; a second try of each is kept, too",
    )  # fmt: skip
    house.up("web")
    key = visitor()
    made = house.ask("/api/v1/clients/", {"name": "Client"}, key=key).json()
    path = f"/api/v1/clients/{made['id']}/"
    start, statuses = threading.Barrier(PEOPLE), []

    def change(version: str, name: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {key}", "Content-Type": "application/json",
            "If-Match": version, "Connection": "close",
        }  # fmt: skip
        line.request("PATCH", path, json.dumps({"name": name}), headers)
        status = line.getresponse().status
        line.close()
        return status

    def version() -> str:
        return house.ask(path, key=key).headers["ETag"]

    def person(number: int, read: str) -> None:
        start.wait()
        statuses.append(change(read, f"Client of {number}"))

    read = version()
    threads = [threading.Thread(target=person, args=[n, read]) for n in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = [change(version(), f"Client {n} again") for n in range(3)]
    told.saw(f"{dict(Counter(statuses))}, read anew {again}")
    assert Counter(statuses) == {200: 1, 412: PEOPLE - 1}
    assert again == [200, 200, 200]
