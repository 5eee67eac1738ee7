"""F9, F10: the mail server is away, says "not now", and the worker is killed meanwhile."""

import pytest
from aiosmtpd.controller import Controller

from accounts.services import task_mail, tasks
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.periods import today
from kam.lib.scoping import acting_as
from kam.servers import keeper
from tests.factories import make_user

pytestmark = [pytest.mark.drill, pytest.mark.full]


class Server:
    """Says "not now" to the first mail, and takes the others."""

    def __init__(self):
        self.asked = 0
        self.taken: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        self.asked += 1
        if self.asked == 1:
            return "451 not now"
        self.taken.extend(envelope.rcpt_tos)
        return "250 OK"


def test_mail_waits_for_its_server_and_goes_out_once(house, told):
    told.fault(
        "F10", "mail server away for 20 s, then \"451 not now\"; worker killed; job delivered twice",
        "no attempt used up, sent once to each",
    )  # fmt: skip
    port = keeper._free_port()
    house.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    day = today()
    people = [make_user("kam") for _ in range(3)]
    for person in people:
        with acting_as(person):
            tasks.give({"what": "Call the client", "due": day}, person)
    house.up("worker", "dispatcher")
    jobs = [
        enqueue(task_mail.JOB, {"person_id": p.pk, "day": day.isoformat()}, actor=p).pk
        for p in people
    ]
    tried = (
        "SELECT count(*) FROM jobs_job WHERE id = ANY(%s) AND error <> '' AND status = 'waiting'"
    )
    house.until(lambda: house.value(tried, jobs) == 3)
    house.kill("worker")
    house.tend()
    house.until(lambda: house.value("SELECT extract(epoch FROM now() - min(created_at)) > 20 "
                                    "FROM jobs_job WHERE id = ANY(%s)", jobs))  # fmt: skip
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        took = house.until(lambda: not house.open_jobs(task_mail.JOB), 120, tend=True)
        again = [
            enqueue(task_mail.JOB, {"person_id": p.pk, "day": day.isoformat()}, actor=p).pk
            for p in people
        ]
        house.until(lambda: not house.open_jobs(task_mail.JOB), 60)
    finally:
        controller.stop()
    rows = Job.unscoped.filter(pk__in=[*jobs, *again])
    told.saw(
        f"{len(server.taken)} mails for {len(people)} people, {took:.0f} s after the server was back, "
        f"attempts {max(row.attempts for row in rows)}"
    )
    assert sorted(server.taken) == sorted(person.email for person in people)
    assert {row.status for row in rows} == {"done"}
    assert max(row.attempts for row in rows) == 1
