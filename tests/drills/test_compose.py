"""Every command of docker-compose.yml, started as a process of this machine, becomes healthy."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kam import processes
from kam.embedded import PROJECT
from kam.jobs.services import enqueue

pytestmark = [pytest.mark.drill, pytest.mark.full]
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
OURS = {name: service for name, service in COMPOSE.items() if service["image"] == "kam"}
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?+])([^}]*))?\}")


def filled(text: str, env_file: dict[str, str]) -> str:
    """What docker compose makes of ``${NAME:-default}`` and its kin."""

    def one(found: re.Match) -> str:
        name, how, rest = found.groups()
        value = env_file.get(name, "")
        if how == "+":
            return rest if value else ""
        if how == "?":
            assert value, f"{name}: {rest}"
        return value or (rest if how == "-" else "")

    return _VARIABLE.sub(one, str(text))


def test_every_command_of_the_containers_becomes_healthy(house, told):
    told.fault(
        "F13", f"{', '.join(OURS)} of docker-compose.yml, with nothing but its environment",
        "each health check is good; a light and a heavy job are done",
    )  # fmt: skip
    env_file = {
        "KAM_APP_PASSWORD": "x", "KAM_OWNER_PASSWORD": "x", "KAM_BACKUP_PASSWORD": "x", "POSTGRES_PASSWORD": "x",
        "REDIS_PASSWORD": "x", "SECRET_KEY": "k" * 50, "SITE_URL": "https://kam.example.org",
        "ALLOWED_HOSTS": "kam.example.org",
    }  # fmt: skip
    servers = {
        "DATABASE_URL": house.environment["DATABASE_URL"],
        "DATABASE_OWNER_URL": house.environment["DATABASE_OWNER_URL"],
        "DATABASE_BACKUP_URL": house.environment["DATABASE_OWNER_URL"],
        "REDIS_URL": house.environment["REDIS_URL"],
    }

    def environment(name: str) -> dict[str, str]:
        given = {key: filled(value, env_file) for key, value in OURS[name]["environment"].items()}
        here = {key: value for key, value in servers.items() if key in given}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return {
            **given, **here, "PATH": path, "KAM_HOME": str(house.home), "HOSTNAME": name,
            "KAM_ALIVE": str(house.home),
        }  # fmt: skip

    def command(name: str) -> list[str]:
        words = shlex.split(OURS[name]["command"])
        if name == "web":
            words[words.index("--bind") + 1] = f"127.0.0.1:{house.port}"
        if name.startswith("worker"):
            words += ["--hostname", f"celery@{name}"]  # containers have names of their own
        return words

    def healthy(name: str) -> bool:
        test = OURS[name]["healthcheck"]["test"]
        if isinstance(test, list):
            words = [word.replace(":8000/", f":{house.port}/") for word in test[1:]]
        else:
            words = ["sh", "-c", test.replace("$$", "$")]
        done = subprocess.run(words, env=environment(name), cwd=PROJECT, capture_output=True)
        return done.returncode == 0

    migrated = subprocess.run(
        command("migrate"), env=environment("migrate"), cwd=PROJECT, capture_output=True, text=True
    )
    assert migrated.returncode == 0, migrated.stderr
    names = [name for name in OURS if name != "migrate"]
    for name in names:
        house.running[name] = processes.spawn(
            command(name), log=house.log(name), env=environment(name), cwd=PROJECT
        )
    waited = {name: house.until(lambda name=name: healthy(name)) for name in names}
    jobs = [enqueue("jobs.forget_requests").pk, enqueue("accounts.goals").pk]
    done = "SELECT count(*) FROM jobs_job WHERE id = ANY(%s) AND status = 'done'"
    house.until(lambda: house.value(done, jobs) == 2)
    told.saw(f"{len(waited)} healthy within {sum(waited.values()):.0f} s, jobs done")
    assert all(process.poll() is None for process in house.running.values())
