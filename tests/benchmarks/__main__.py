"""`python -m tests.benchmarks [subject ...]`: run the benchmarks and print what they found."""

import importlib
import pkgutil
import sys
import traceback
from dataclasses import dataclass
from time import perf_counter

import tests.benchmarks as package
from tests.benchmarks import Better

PREFIX = "bench_"


@dataclass(frozen=True)
class Row:
    name: str
    ratio: float
    limit: float | None
    better: Better

    @property
    def ok(self) -> bool:
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.better == "higher" else self.ratio <= self.limit

    def columns(self) -> tuple[str, str, str, str]:
        sign = "≥" if self.better == "higher" else "≤"
        limit = "" if self.limit is None else f"{sign} {self.limit:g}"
        return self.name, f"{self.ratio:.2f}", limit, "ok" if self.ok else "MISSED"


def subjects() -> list[str]:
    """Every subject that has a module here, in alphabetical order."""
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def table(rows: list[Row]) -> str:
    lines = [("figure", "value", "limit", ""), *(row.columns() for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {limit:>{widths[2]}}  {verdict}".rstrip()
        for name, value, limit, verdict in lines
    )


def main(wanted: list[str]) -> int:
    known = subjects()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"No benchmark of {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    rows: list[Row] = []
    failed = False

    def report(name: str, ratio: float, limit: float | None, better: Better = "lower") -> None:
        rows.append(Row(name, float(ratio), limit, better))

    for subject in wanted or known:
        start = perf_counter()
        try:
            importlib.import_module(f"{package.__name__}.{PREFIX}{subject}").run(report)
        except Exception:
            # One benchmark that breaks must not hide what the others found.
            failed = True
            traceback.print_exc()
        print(f"{subject}: {perf_counter() - start:.0f} s", flush=True)
    print(table(rows))
    return 1 if failed or not all(row.ok for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
