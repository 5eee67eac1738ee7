"""Child processes and file locks: what the embedded servers and the supervisor both need.

Standard library only.  On Linux a child is told by the kernel when its parent dies, so that
``kill -9`` of the parent leaves nothing behind; elsewhere the next start clears the remains.
"""

import contextlib
import ctypes
import fcntl
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
LONG_LOG = 10 * 2**20  # bytes
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class FileLock:
    """An advisory lock on a file; the kernel drops it when the holding process ends.

    The file itself stays: removing it would let two processes lock two different files.
    """

    def __init__(self, path: Path, *, create: bool = True):
        self._file = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o600)

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take (or change) the lock; False when ``wait`` is off and somebody else holds it."""
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def take_within(self, seconds: float, *, shared: bool = False) -> bool:
        """Take the lock as soon as it is free; False where it is not within that time."""
        until = time.monotonic() + seconds
        while not self.take(shared=shared, wait=False):
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        return True

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> "FileLock":
        self.take()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def is_locked(path: Path) -> bool:
    """True when some process holds the lock at ``path`` exclusively."""
    try:
        lock = FileLock(path, create=False)
    except FileNotFoundError:
        return False
    free = lock.take(shared=True, wait=False)
    lock.close()
    return not free


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom servers run as when we are root (PostgreSQL refuses root); None for anybody else."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    user: pwd.struct_passwd | None = None,
    dies_by: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen:
    """Start a child in a session of its own, so that Ctrl-C reaches only the parent.

    ``dies_by`` is the signal the kernel sends it when this process ends without having stopped
    it.  That is bound to the calling thread: call from the main thread.  Output is added to
    ``log``, which is put aside when it has grown long; without one it goes where ours goes.
    """
    parent = os.getpid()

    def bind_to_parent() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, dies_by)
            if os.getppid() != parent:  # it died before the line above
                os._exit(1)

    if log and log.exists() and log.stat().st_size > LONG_LOG:
        log.replace(log.with_name(f"{log.name}.old"))
    with log.open("ab") if log else contextlib.nullcontext() as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=bind_to_parent,
            **({} if user is None else _identity(user)),
        )


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
) -> subprocess.CompletedProcess:
    """Run a short command to its end from ``/``; output is captured as text, never raised."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=None if env is None else dict(env),
        cwd="/",
        check=False,
        **({} if user is None else _identity(user)),
    )


def _identity(user: pwd.struct_passwd) -> dict:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def stop(
    process: subprocess.Popen, sig: signal.Signals = signal.SIGTERM, patience: float = 30
) -> int:
    """End a child by ``sig``, by SIGKILL to its whole session after ``patience`` seconds.

    Returns its exit code (negative: the signal that ended it).
    """
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def command_line(pid: int) -> str:
    """The command line of a running process; empty when there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return run(["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]).stdout.strip()


def end_leftover(pid: int, mark: str, sig: signal.Signals, patience: float = 60) -> bool:
    """End a process left by an earlier run, if it is really that one, and wait until it is gone.

    A pid is reused by the system, so a process counts as ours only when its command line holds
    ``mark``.  Returns False when it is still there after ``patience`` seconds.
    """
    if mark not in command_line(pid):
        return True
    os.kill(pid, sig)
    deadline = time.monotonic() + patience
    while mark in command_line(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
