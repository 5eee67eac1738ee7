"""Speed and size, as ratios against a rival or a limit measured in the same run.

Each module bench_<subject>.py has one function:

    def run(report):
        report(name, ratio, limit, better="lower")     # or better="higher"

`ratio` is a pure number, so that it means the same on any machine; `limit` is what the project
promises, or None for a figure that is only told. `python -m tests.benchmarks` runs all of them,
`python -m tests.benchmarks engine` the named ones, and ends with 1 when a limit is missed. None
of this runs with the tests: a busy machine proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Literal, Protocol

Better = Literal["lower", "higher"]


class Reporter(Protocol):
    def __call__(
        self, name: str, ratio: float, limit: float | None, better: Better = "lower"
    ) -> None: ...


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """The shortest of some runs: what the work costs when nothing else gets in the way."""
    best = float("inf")
    for _ in range(repeats):
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    return best
