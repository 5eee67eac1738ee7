"""Whom we serve at a date, and whose documents count as whose.

A served client is a group, or a client that belongs to no group on the date.  Documents hang on
the legal entity; a member's whole history goes to the group it belongs to on the date.
"""

from dataclasses import dataclass

import numpy as np

from .reading import Moment, read_columns

_MEMBERS = """
    SELECT DISTINCT ON (member_id) member_id, group_id
    FROM accounts_membership
    WHERE since <= %(day)s AND (until IS NULL OR until > %(day)s)
      AND known_from < %(end)s AND (known_to IS NULL OR known_to >= %(end)s)
    ORDER BY member_id, since DESC, id DESC
"""

# Joined as ``LEFT JOIN members ON members.member_id = x.client_id`` where a statement has to see
# the group itself; the served client is then ``coalesce(members.group_id, x.client_id)``.
MEMBERS_CTE = f"members AS MATERIALIZED ({_MEMBERS})"


@dataclass(frozen=True)
class Served:
    """``ids``: served clients, int64 (n,) ascending.  ``member_ids`` (m,) ascending with the
    ids of their groups in ``group_ids`` (m,)."""

    ids: np.ndarray
    member_ids: np.ndarray
    group_ids: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def position(self, client_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray | slice]:
        """Where rows of ``client_ids`` (legal entities or served clients) belong.

        Returns positions in ``ids`` and which rows have one (a client may be newer than ``ids``).
        """
        if len(self.member_ids) and len(client_ids):
            at = np.searchsorted(self.member_ids, client_ids)
            at[at == len(self.member_ids)] = 0
            client_ids = np.where(self.member_ids[at] == client_ids, self.group_ids[at], client_ids)
        if not len(self.ids):
            return np.zeros(0, np.int64), np.zeros(len(client_ids), bool)
        at = np.searchsorted(self.ids, client_ids)
        at[at == len(self.ids)] = 0
        found = self.ids[at] == client_ids
        return (at, slice(None)) if found.all() else (at[found], found)

    def sums(self, client_ids: np.ndarray, *columns: np.ndarray) -> list[np.ndarray]:
        """Each column summed by served client: float64 (n,), 0 where there are no rows."""
        at, kept = self.position(client_ids)
        return [
            np.bincount(at, weights=column[kept], minlength=len(self)).astype(float)
            for column in columns
        ]

    def extreme(self, client_ids: np.ndarray, days: np.ndarray, pick: np.ufunc) -> np.ndarray:
        """The earliest (np.minimum) or latest (np.maximum) day by served client, NaN without."""
        at, kept = self.position(client_ids)
        start = np.inf if pick is np.minimum else -np.inf
        result = np.full(len(self), start)
        pick.at(result, at, days[kept])
        result[np.isinf(result)] = np.nan
        return result


def served_at(moment: Moment) -> Served:
    members, groups = read_columns(_MEMBERS, moment.parameters, ("i8", "i8"))
    (ids,) = read_columns("SELECT id FROM accounts_client", {}, ("i8",))
    ids.sort()
    return Served(np.setdiff1d(ids, members, assume_unique=True), members, groups)
