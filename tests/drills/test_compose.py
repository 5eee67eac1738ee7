"""Every command of docker-compose.yml, started as a process of this machine, becomes healthy."""

import subprocess

import pytest

from kam.embedded import PROJECT
from kam.jobs.services import enqueue

from .containers import OURS, Containers

pytestmark = [pytest.mark.drill, pytest.mark.full]


def test_every_command_of_the_containers_becomes_healthy(house, told):
    told.fault(
        "F13", f"{', '.join(OURS)} of docker-compose.yml, with nothing but its environment",
        "each health check is good; a light and a heavy job are done",
    )  # fmt: skip
    containers = Containers(house)

    def healthy(name: str) -> bool:
        test = OURS[name]["healthcheck"]["test"]
        if isinstance(test, list):
            words = [word.replace(":8000/", f":{house.port}/") for word in test[1:]]
        else:
            words = ["sh", "-c", test.replace("$$", "$")]
        done = subprocess.run(
            words, env=containers.environment(name), cwd=PROJECT, capture_output=True
        )
        return done.returncode == 0

    migrated = subprocess.run(
        containers.command("migrate"),
        env=containers.environment("migrate"),
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert migrated.returncode == 0, migrated.stderr
    names = [name for name in OURS if name != "migrate"]
    for name in names:
        containers.start(name)
    waited = {name: house.until(lambda name=name: healthy(name)) for name in names}
    jobs = [enqueue("jobs.forget_requests").pk, enqueue("accounts.goals").pk]
    done = "SELECT count(*) FROM jobs_job WHERE id = ANY(%s) AND status = 'done'"
    house.until(lambda: house.value(done, jobs) == 2)
    told.saw(f"{len(waited)} healthy within {sum(waited.values()):.0f} s, jobs done")
    assert all(process.poll() is None for process in house.running.values())
