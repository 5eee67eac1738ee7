"""Handovers and substitutions."""

from kam.lib.policy import Row

from .who import EDITORS, STAFF

ROWS = {
    "handover_list": Row(read=STAFF),
    "handover_create": Row(read=EDITORS, write=EDITORS),
    "handover_detail": Row(read=STAFF, write=EDITORS, subject="accounts.Handover"),
    "handover_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Handover"),
    "handover_pack": Row(read=STAFF, subject="accounts.Handover", shows="page"),
    "substitution_create": Row(read=EDITORS, write=EDITORS),
    "substitution_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Substitution"),
    "substitution_end": Row(write=EDITORS, subject="accounts.Substitution"),
    "api:handover-list": Row(read=STAFF, write=EDITORS),
    "api:handover-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Handover"),
    "api:handover-cancellation": Row(write=EDITORS, subject="accounts.Handover"),
    "api:handover-step": Row(read=STAFF, write=EDITORS, subject="accounts.HandoverStep"),
    "api:substitution-list": Row(read=STAFF, write=EDITORS),
    "api:substitution-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Substitution"),
}
