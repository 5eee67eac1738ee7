"""A PostgreSQL or Valkey of one drill, to be killed, frozen and started again on its port."""

import contextlib
import os
import secrets
import shutil
import signal
import time
from pathlib import Path

from kam import processes
from kam.servers import keeper, postgres, valkey

SECONDS = 60
NAMES = (*postgres.ROLES, valkey.USER)


class OwnServer:
    """``addresses``: what the product has to find in its environment."""

    def __init__(self, kind, directory: Path):
        self._log = directory / f"{kind.name}.log"
        # Durable, as in production: what was said to be kept must be there after a kill.
        self._server = kind(directory, {name: secrets.token_hex(8) for name in NAMES}, True)
        self.data = self._server.data
        self.port = keeper._free_port()
        self.addresses: dict[str, str] = {}
        self.process = None
        self.start()

    def start(self) -> None:
        deadline = time.monotonic() + SECONDS
        self.process = self._server.start(self.port, self._log)
        while not (found := self._server.addresses(self.port)):
            assert time.monotonic() < deadline, self._log.read_text()
            if self.process.poll() is not None:  # children of the killed one are still there
                time.sleep(0.2)
                self.process = self._server.start(self.port, self._log)
            time.sleep(0.03)
        self.addresses = found

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def empty(self) -> None:
        """Lose all that it had kept."""
        shutil.rmtree(self.data)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.thaw()
            processes.stop(self.process, self._server.stop_signal)


def own_valkey(directory: Path) -> OwnServer:
    return OwnServer(valkey.Valkey, directory)


def own_postgres(directory: Path) -> OwnServer:
    return OwnServer(postgres.Postgres, directory)


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    with contextlib.suppress(OSError):
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    return 0
