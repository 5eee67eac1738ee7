"""Problems, signals, health of relationships and quality of data."""

from kam.lib.policy import EVERYONE, Row

from .who import EDITORS, LEADERS, STAFF, WORKERS

ROWS = {
    # Whoever answers for a problem or does a step of it sees and settles it, whosever the client is.
    "problem_list": Row(read=EVERYONE),
    "problem_detail": Row(read=EVERYONE, write=WORKERS, subject="accounts.Problem"),
    "problem_edit": Row(read=EVERYONE, write=WORKERS, subject="accounts.Problem"),
    "problem_step": Row(read=EVERYONE, write=WORKERS, subject="accounts.ProblemStep"),
    "client_problems": Row(read=STAFF, subject="accounts.Client"),
    "problem_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "client_health": Row(read=STAFF, subject="accounts.Client"),
    "signal_list": Row(read=STAFF),
    "signal_detail": Row(read=STAFF, write=EDITORS, subject="accounts.Signal"),
    "data_quality": Row(read=STAFF),
    "radar_settings": Row(read=LEADERS, write=LEADERS),
    "api:problem-list": Row(read=EVERYONE, write=EDITORS),
    "api:problem-detail": Row(read=EVERYONE, write=WORKERS, subject="accounts.Problem"),
    "api:problem-steps": Row(write=WORKERS, subject="accounts.Problem"),
    "api:problem-closing": Row(write=WORKERS, subject="accounts.Problem"),
    "api:problem-reopening": Row(write=WORKERS, subject="accounts.Problem"),
    "api:problem-step-detail": Row(read=EVERYONE, write=WORKERS, subject="accounts.ProblemStep"),
    "api:signal-list": Row(read=STAFF),
    "api:signal-detail": Row(read=STAFF, subject="accounts.Signal"),
    "api:signal-problem": Row(write=EDITORS, subject="accounts.Signal"),
    "api:signal-dismissal": Row(write=EDITORS, subject="accounts.Signal"),
    "api:signal-snooze": Row(write=EDITORS, subject="accounts.Signal"),
    "api:client-health": Row(read=STAFF, subject="accounts.Client"),
    "api:data-quality": Row(read=STAFF),
    "api:radar-settings": Row(read=STAFF, write=LEADERS),
}
