"""Documents over REST in bulk: the call and its job, against 5,000 documents a second.

10,000 invoices of two lines in one call, three times, each as another system's. The figure is the
limit's time over the time taken: 1 or more keeps it. The clock of the limit is that of a machine
with two cores; told beside it is the ratio to the bare COPY of as many documents and lines.
"""

from __future__ import annotations

import json
import random
from time import perf_counter

from tests.benchmarks import Reporter

DOCUMENTS = 10_000
A_SECOND = 5_000
_LINES = 2


def run(report: Reporter) -> None:
    import django

    from tests import servers  # noqa: F401 - starts the servers of this run

    django.setup()
    from tests.databases import Databases

    databases = Databases("bench")
    databases.set_up()
    try:
        _measure(report)
    finally:
        databases.tear_down()


def _measure(report: Reporter) -> None:
    from django.conf import settings
    from django.test import Client as Browser

    from accounts.models import ApiToken, User
    from kam.jobs import execution

    settings.API_RATE_LIMIT = 0
    settings.ALLOWED_HOSTS = ["testserver"]
    person = User.objects.create_user("bench@example.com", None, name="Bench", role="administrator")
    _row, secret = ApiToken.issue(user=person, name="bench", can_write=True)
    browser = Browser(headers={"Authorization": f"Bearer {secret}"})
    taken = []
    for source in ("first", "second", "third"):
        body = json.dumps({"source": source, "vat": "excluded", "rows": _rows()})
        start = perf_counter()
        answer = browser.post("/api/v1/documents/bulk/", body, content_type="application/json")
        called = perf_counter() - start
        execution.run(answer.json()["job"])
        taken.append(perf_counter() - start)
        found = browser.get(answer["Location"]).json()["report"]
        assert found["accepted"] == "all", found
        assert found["documents"]["created"] == DOCUMENTS, found
    limit = DOCUMENTS / A_SECOND
    report(
        "bulk API: time at 5,000 documents a second ÷ time taken", limit / min(taken), 1, "higher"
    )
    report("the slowest of three calls ÷ the same", limit / max(taken), None, "higher")
    report("the call alone, in seconds", called, None)


def _rows() -> list[dict]:
    """Invoices of a wholesaler, the same at every run."""
    random_ = random.Random(2026)
    rows = []
    for number in range(DOCUMENTS):
        lines = [
            {
                "product": f"p{random_.randrange(2_000)}",
                "quantity": random_.randint(1, 200),
                "amount": f"{random_.randint(100, 500_000)}.{random_.randint(0, 99):02}",
                "vat_rate": 20,
            }
            for _ in range(_LINES)
        ]
        client = random_.randrange(500)
        rows.append(
            {
                "number": f"S-{number:07}",
                "date": f"2026-{random_.randint(1, 12):02}-{random_.randint(1, 28):02}",
                "client": f"c{client}",
                "client_name": f"Client {client}",
                "lines": lines,
            }
        )
    return rows
