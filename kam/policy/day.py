"""Tasks, quick notes, and mail that is handed on."""

from kam.lib.policy import ADMINISTRATOR, AUDITOR, EVERYONE, MANAGER, Row

from .who import EDITORS, STAFF, WORKERS

ROWS = {
    # Whoever a task is of, whoever asked for it, and whoever sees its client.
    "task_list": Row(read=EVERYONE),
    "task_team": Row(read=frozenset({ADMINISTRATOR, MANAGER, AUDITOR})),
    "task_create": Row(read=WORKERS, write=WORKERS),
    "task_detail": Row(read=EVERYONE, write=WORKERS, subject="accounts.Task"),
    "task_edit": Row(read=WORKERS, write=WORKERS, subject="accounts.Task"),
    "task_act": Row(write=WORKERS, subject="accounts.Task"),
    "interaction_detail": Row(read=STAFF, subject="accounts.Interaction", shows="name"),
    "interaction_piece": Row(
        read=EDITORS, write=EDITORS, subject="accounts.Interaction", shows="name"
    ),
    "talk_file": Row(read=STAFF, subject="accounts.TalkFile"),
    "talk_file_removal": Row(write=EDITORS, subject="accounts.TalkFile"),
    "quick_note": Row(read=EDITORS, write=EDITORS),
    # Each their own mail.
    "letter_list": Row(read=EDITORS, shows="name"),
    "letter_upload": Row(write=EDITORS),
    "letter_renewal": Row(write=EDITORS),
    "letter_placing": Row(write=EDITORS, subject="accounts.Letter"),
    "letter_dismissal": Row(write=EDITORS, subject="accounts.Letter"),
    "api:letter-list": Row(read=EDITORS, write=EDITORS),
    "api:letter-placing": Row(write=EDITORS, subject="accounts.Letter"),
    "api:letter-dismissal": Row(write=EDITORS, subject="accounts.Letter"),
    "client_tasks": Row(read=STAFF, subject="accounts.Client"),
    "api:task-list": Row(read=EVERYONE, write=WORKERS),
    "api:task-detail": Row(read=EVERYONE, write=WORKERS, subject="accounts.Task"),
    **{
        f"api:task-{act}": Row(write=WORKERS, subject="accounts.Task")
        for act in ("settlement", "reopening", "acceptance", "return")
    },
}
