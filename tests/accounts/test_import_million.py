"""1,000,000 lines through the services of the import pages: in time, and with how much memory.

The benchmark of the pages, with another number of lines, in processes of its own.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.benchmarks.bench_import import MEGABYTES

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def peak() -> float:
    """Megabytes of the larger of checking and loading, each in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "wizard"],
        capture_output=True,
        text=True,
        check=False,
        timeout=1_200,
        env=os.environ | {"KAM_BENCH_WIZARD": "1000000"},
    )
    assert "Traceback" not in done.stderr, done.stderr
    told = re.findall(r"in MB +([\d.]+)", done.stdout)
    assert len(told) == 2, done.stdout + done.stderr
    return max(map(float, told))


def test_a_million_lines_take_no_more_memory_than_a_worker_may(peak):
    assert peak <= MEGABYTES
