"""Meetings and reviews."""

from kam.lib.policy import Row

from .who import EDITORS, LEADERS, PUBLIC, STAFF

ROWS = {
    "calendar_feed": PUBLIC,  # by a secret address
    "calendar_renewal": Row(write=EDITORS),
    "meeting_list": Row(read=STAFF),
    "review_create": Row(read=LEADERS, write=LEADERS),
    "meeting_detail": Row(read=STAFF, write=EDITORS, subject="accounts.Meeting", shows="name"),
    "meeting_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Meeting", shows="name"),
    "meeting_minutes": Row(read=EDITORS, write=EDITORS, subject="accounts.Meeting"),
    "meeting_sheet": Row(read=STAFF, subject="accounts.Meeting", shows="name"),
    "minutes_version": Row(read=STAFF, subject="accounts.MinutesVersion"),
    "client_meetings": Row(read=STAFF, subject="accounts.Client"),
    "meeting_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client", shows="name"),
    "api:meeting-list": Row(read=STAFF, write=EDITORS),
    "api:meeting-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Meeting"),
    "api:meeting-minutes": Row(write=EDITORS, subject="accounts.Meeting"),
    "api:meeting-mail": Row(read=STAFF, write=EDITORS, subject="accounts.Meeting"),
    "api:meeting-approval": Row(write=EDITORS, subject="accounts.Meeting"),
}
