"""docker-compose.yml as processes of this machine: its commands, with nothing but its environment."""

import os
import re
import shlex
import sys
from pathlib import Path

import yaml

from kam import processes
from kam.embedded import PROJECT

from .house import House

SERVICES = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "kam"}
# What an operator has to set, so that nothing of it is missing.
ENV_FILE = {
    "KAM_APP_PASSWORD": "x", "KAM_OWNER_PASSWORD": "x", "KAM_BACKUP_PASSWORD": "x", "POSTGRES_PASSWORD": "x",
    "REDIS_PASSWORD": "x", "SECRET_KEY": "k" * 50, "SITE_URL": "https://kam.example.org",
    "ALLOWED_HOSTS": "kam.example.org",
}  # fmt: skip
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


class Containers:
    """The services of ours beside the servers of a house; ``said`` is what .env says besides,
    ``others`` what kam.env says.  Both may be changed: processes started later have them so."""

    def __init__(self, house: House, **said: str):
        self._house = house
        self.said, self.others = {**ENV_FILE, **said}, {}
        owner = house.environment["DATABASE_OWNER_URL"]
        self._servers = {
            "DATABASE_URL": house.environment["DATABASE_URL"],
            "DATABASE_OWNER_URL": owner,
            "DATABASE_BACKUP_URL": owner,
            "REDIS_URL": house.environment["REDIS_URL"],
        }

    def environment(self, name: str) -> dict[str, str]:
        given = {key: filled(value, self.said) for key, value in OURS[name]["environment"].items()}
        here = {key: value for key, value in self._servers.items() if key in given}
        home = str(self._house.home)
        return {
            **self.others, **given, **here, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "KAM_HOME": home, "HOSTNAME": name, "KAM_ALIVE": home,
        }  # fmt: skip

    def command(self, name: str) -> list[str]:
        words = shlex.split(OURS[name]["command"])
        if name == "web":
            words[words.index("--bind") + 1] = f"127.0.0.1:{self._house.port}"
        if name.startswith("worker"):
            words += ["--hostname", f"celery@{name}"]  # containers have names of their own
        return words

    def start(self, name: str) -> None:
        self._house.running[name] = processes.spawn(
            self.command(name),
            log=self._house.log(name),
            env=self.environment(name),
            cwd=PROJECT,
        )
