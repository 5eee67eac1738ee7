"""PostgreSQL and Valkey for one run of the tests; a pytest plugin (``-p tests.servers``).

The servers start when the plugin is imported, before the settings are read.  Their data lies in
memory, is never synced, and goes away with the run even if that is killed.  Workers of xdist
inherit the addresses and differ by the number of their Valkey database.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from kam import embedded

# Set for the workers of xdist and for a pytest that a test starts: they use what is there.
STARTED = "KAM_TEST_SERVERS"


def _start() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
    memory = Path("/dev/shm")
    home = Path(
        tempfile.mkdtemp(prefix="kam-tests-", dir=memory if os.access(memory, os.W_OK) else None)
    )
    servers = embedded.ensure(home, durable=False)
    os.environ.update(servers.environment(), KAM_HOME=str(home), **{STARTED: str(os.getpid())})

    def stop() -> None:
        servers.close()
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(stop)


def _use_own_valkey_database(worker: str) -> None:
    number = int(worker.removeprefix("gw")) + 1
    address = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = urlunsplit(address._replace(path=f"/{number}"))


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    _use_own_valkey_database(worker)
elif STARTED not in os.environ:
    _start()
