"""Push clients and invoices, rank, and read the ranking: a client of the REST API to begin with.

    pip install httpx
    KAM=http://127.0.0.1:8000/api/v1 KEY=kam_… python push_and_rank.py

The key needs the scopes read, write and import, and a person who is an administrator or a manager.
Run it again: the same rows change nothing.
"""

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

CLIENTS = [
    {"external_id": "C-1", "name": "ООО «Рассвет»", "inn": "7707083893", "segment": "Retail"},
    {"external_id": "C-2", "name": "ООО «Полюс»", "inn": "7728168971", "segment": "Hotels"},
    {"external_id": "C-3", "name": "Harbour Supplies Ltd", "segment": "Retail", "country": "GB"},
]
INVOICES = [
    {"number": f"S-{number}", "date": day, "client": client,
     "lines": [{"product": "B-1", "quantity": 10, "amount": amount, "vat_rate": "20", "cost": cost}]}
    for number, (day, client, amount, cost) in enumerate(
        [("2026-01-15", "C-1", "120000.00", "84000.00"), ("2026-02-03", "C-2", "38000.50", "31000.00"),
         ("2026-02-18", "C-1", "97500.00", "68250.00"), ("2026-03-02", "C-3", "54100.00", "29755.00")],
        start=1,
    )
]  # fmt: skip


class Refused(Exception):
    """The API refused a request, and says why."""


class Kam:
    """One connection: retries what may be retried, reads pages to their end, waits for jobs."""

    def __init__(self, address: str, key: str, wait: float = 120):
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.Client(base_url=address.rstrip("/") + "/", headers=headers, timeout=30)
        self.wait = wait

    def call(self, verb: str, path: str, **options: Any) -> Any:
        """One request; too many of them (429) and a server that is away wait and try again."""
        for attempt in range(6):
            try:
                answer = self.http.request(verb, path, **options)
            except httpx.TransportError:
                if attempt == 5:
                    raise
                time.sleep(2**attempt)
                continue
            if answer.status_code not in (429, 502, 503):
                break
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
        if answer.status_code >= 400:
            raise Refused(f"{verb} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def pages(self, path: str, **query: Any) -> Iterator[dict]:
        """The rows of a list, page by page."""
        page = self.call("GET", path, params=query)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.call("GET", page["next"])

    def push(self, kind: str, rows: list[dict], **options: Any) -> dict:
        """Up to 10,000 rows a call.  Sent twice after a broken line, they are taken in once."""
        body = {"source": "example", "rows": rows, **options}
        name = hashlib.sha256(json.dumps([kind, body], sort_keys=True).encode()).hexdigest()
        load = self.call("POST", f"{kind}/bulk/", json=body, headers={"Idempotency-Key": name})
        self.finished(load["job"])
        load = self.call("GET", f"bulk/{load['id']}/")
        for row in self.pages(f"bulk/{load['id']}/rows/", status="refused"):
            for found in row["findings"]:
                print(f"{kind}, row {row['row']}: {found['message']}", file=sys.stderr)
        return load

    def finished(self, job: int) -> dict:
        """Wait for a job; raises Refused where it failed or takes too long."""
        until = time.monotonic() + self.wait
        while time.monotonic() < until:
            state = self.call("GET", f"jobs/{job}/")
            if state["status"] == "done":
                return state
            if state["status"] in ("failed", "cancelled"):
                raise Refused(f"job {job}: {state['status']} {state['error']}")
            time.sleep(0.5)
        raise Refused(f"job {job} is not done after {self.wait:.0f} s")

    def ranking(self, run: int) -> Iterator[dict]:
        """All rows of a ranking, best first."""
        after = ""
        while after is not None:
            page = self.call("GET", "ranking/", params={"run": run, "after": after})
            yield from page["rows"]
            after = page["after"]


def main() -> int:
    kam = Kam(os.environ["KAM"], os.environ["KEY"])
    for kind, rows, options in (
        ("clients", CLIENTS, {}),
        ("documents", INVOICES, {"vat": "excluded", "history": True}),
    ):
        load = kam.push(kind, rows, **options)
        print(f"{kind}: {load['state']}, {load['report'][kind]}")
    main_matrix = next(each for each in kam.call("GET", "matrices/") if each["is_main"])
    asked = kam.call("POST", f"matrices/{main_matrix['id']}/runs/", json={})
    result = kam.finished(asked["job"])["result"]
    print(f"ranked {result['rated']} of {result['clients']} as of {result['as_of']}")
    for row in kam.ranking(result["run"]):
        print(f"{row['place']:>3}  {row['name']:<28} {row['score']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
