"""Whom the rows of the table mean."""

from kam.lib.policy import ADMINISTRATOR, AUDITOR, COLLEAGUE, EVERYONE, KAM, MANAGER, Row

PUBLIC = Row(public=True)
OWN = Row(read=EVERYONE, write=EVERYONE)  # everybody, for their own things
STAFF = frozenset({ADMINISTRATOR, MANAGER, KAM, AUDITOR})  # those who may see clients at all
EDITORS = frozenset({ADMINISTRATOR, MANAGER, KAM})
WORKERS = frozenset({ADMINISTRATOR, MANAGER, KAM, COLLEAGUE})  # who may answer for something
LEADERS = frozenset({ADMINISTRATOR, MANAGER})
ADMIN = frozenset({ADMINISTRATOR})
REMOVABLE = (
    "Client", "Contact", "Interaction", "Relation", "Goal", "Need", "Agreement", "Process",
)  # fmt: skip
