"""The policy table: one row for every route.  What the columns mean: :mod:`kam.lib.policy`."""

from kam.lib.policy import (
    ADMINISTRATOR,
    AUDITOR,
    COLLEAGUE,
    EVERYONE,
    KAM,
    MANAGER,
    NOBODY,
    Row,
)

PUBLIC = Row(public=True)
OWN = Row(read=EVERYONE, write=EVERYONE)  # everybody, for their own things
STAFF = frozenset({ADMINISTRATOR, MANAGER, KAM, AUDITOR})  # those who may see clients at all
EDITORS = frozenset({ADMINISTRATOR, MANAGER, KAM})
LEADERS = frozenset({ADMINISTRATOR, MANAGER})
ADMIN = frozenset({ADMINISTRATOR})

POLICY = {
    # --- the frame
    "health_live": PUBLIC,
    "home": Row(read=EVERYONE),
    # --- sign-in (allauth)
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
}

__all__ = ["POLICY", "COLLEAGUE", "NOBODY"]
