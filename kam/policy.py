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
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    # --- what every person has
    "preferences": PUBLIC,  # the language of the sign-in page, too
    "component_gallery": OWN,
    "component_echo": OWN,
    # --- jobs/
    "job_list": Row(read=EVERYONE),
    "job_badge": Row(read=EVERYONE),
    "job_detail": Row(read=EVERYONE, subject="jobs.Job"),
    "job_cancellation": Row(write=EVERYONE, subject="jobs.Job"),
    "api:job-list": Row(read=EVERYONE),
    "api:job-detail": Row(read=EVERYONE, subject="jobs.Job"),
    "api:job-cancellation": Row(write=EVERYONE, subject="jobs.Job"),
}

__all__ = ["POLICY", "COLLEAGUE", "NOBODY"]
