"""How clients of a demo workspace trade once they are key: each answers to its plan in its own way,
most buy more with every month until what was agreed has come about, and some hardly at all.

Pure NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .shapes import Size

# By what share of its purchases a client buys more in the end, at least and at most.
MORE = (0.15, 0.7)
MONTHS_TO_COME_ABOUT = 4


def more(key_since: Mapping[int, int], before: int, n: int, size: Size) -> np.ndarray:
    """What a purchase is worth against one of a client that was never key: (n, months + 1).

    key_since: place among all clients -> its first whole month as a key client, 0 the first of the
    history.  before: clients in the blocks before these n.
    """
    month = np.arange(size.months + 1)
    found = np.ones((n, size.months + 1))
    for place, first in key_since.items():
        if before <= place < before + n:
            rng = np.random.default_rng([size.seed, 0, 37, place])
            come = np.clip((month - first + 1) / MONTHS_TO_COME_ABOUT, 0, 1)
            found[place - before] += rng.uniform(*MORE) * come
    return found
