"""F14, F15: a backup that is cut is found out; one that is whole comes back on a bare server."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accounts.services import task_mail
from kam.embedded import PROJECT
from kam.jobs.services import enqueue
from tests.factories import make_user

from .house import House
from .servers import own_postgres
from .test_broker import visitor

pytestmark = [pytest.mark.drill, pytest.mark.full]
CLIENTS = 200


def manage(house: House, *words: str, **environment: str) -> subprocess.CompletedProcess:
    """A command of the product, as an operator gives it."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env={**house.environment, **environment},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


def backed_up(house: House, folder: Path) -> Path:
    folder.mkdir()
    made = manage(house, "backup", str(folder))
    assert made.returncode == 0, made.stderr
    return next(folder.glob("*.kam-backup"))


def test_a_backup_cut_short_is_found_out(house, told, directory):
    told.fault("F14", "a backup cut at its half, and one with a byte altered", "each is refused")
    path = backed_up(house, directory / "backups")
    whole = path.read_bytes()
    good = manage(house, "verify_backup", str(path))
    assert good.returncode == 0, good.stderr
    spoilt = {"cut": whole[: len(whole) // 2], "altered": bytearray(whole)}
    spoilt["altered"][len(whole) // 2] ^= 1
    said = {}
    for name, content in spoilt.items():
        (directory / name).write_bytes(content)
        found = manage(house, "verify_backup", str(directory / name))
        said[name] = found.returncode
        assert "Traceback" not in found.stderr
    told.saw(f"whole: good; {', '.join(f'{name}: {code}' for name, code in said.items())}")
    assert all(said.values())


def test_a_lost_installation_comes_back_on_a_bare_server(house, told, directory):
    told.fault(
        "F15", f"server and files lost; {CLIENTS} clients, a kept file and waiting mail in the backup",
        "all is back with the same key, ≤ 30 min; what goes out waits",
    )  # fmt: skip
    house.up("web", "worker", "dispatcher")
    key = visitor()
    rows = [{"external_id": str(n), "name": f"Client {n}"} for n in range(CLIENTS)]
    entered = house.ask("/api/v1/clients/bulk/", {"rows": rows}, key=key, seconds=60)
    assert entered.status == 202, entered.text
    bulk = f"/api/v1/bulk/{entered.json()['id']}/"
    house.until(lambda: house.ask(bulk, key=key).json()["state"] == "loaded")
    for name in ("dispatcher", "worker"):
        house.kill(name)  # what follows waits
    kept = house.home / "files" / "agreements" / "one"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"signed")
    enqueue(task_mail.JOB, {"person_id": make_user("kam").pk, "day": "2026-01-12"})
    before = house.ask("/api/v1/clients/?page_size=200", key=key, seconds=60).json()
    assert len(before["results"]) == CLIENTS
    path = backed_up(house, directory / "backups")
    house.stop()

    (directory / "bare").mkdir(mode=0o755)
    server = own_postgres(directory / "bare")
    try:
        new = directory / "new"
        (new / "log").mkdir(parents=True)
        addresses = {name.upper(): url for name, url in server.addresses.items()}
        house.environment |= {**addresses, "KAM_HOME": str(new)}
        began = time.monotonic()
        restored = manage(house, "restore", str(path))
        took = time.monotonic() - began
        assert restored.returncode == 0, restored.stderr
        held = manage(house, "release_outgoing", "--list")
        trail = manage(house, "audit_verify")
        house.up("web")
        back = house.ask("/api/v1/clients/?page_size=200", key=key, seconds=60)
        told.saw(
            f"{len(before['results'])} clients compared, back within {took:.0f} s; trail {trail.returncode}"
        )
        assert back.json() == before, json.dumps(back.json())[:500]
        assert (new / "files" / "agreements" / "one").read_bytes() == b"signed"
        assert trail.returncode == 0, trail.stdout
        assert task_mail.JOB in held.stdout, held.stdout
    finally:
        house.stop()
        server.stop()
