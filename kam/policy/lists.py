"""Views, own fields, changes to several clients, duplicates."""

from kam.lib.policy import Row

from .who import ADMIN, EDITORS, STAFF

ROWS = {
    "saved_view_list": Row(read=STAFF),
    "saved_view_create": Row(write=EDITORS),
    "saved_view_edit": Row(read=STAFF, write=EDITORS, subject="accounts.SavedView"),
    "saved_view_removal": Row(write=EDITORS, subject="accounts.SavedView"),
    "own_field_list": Row(read=STAFF),
    "own_field_filters": Row(read=STAFF),
    "own_field_create": Row(read=ADMIN, write=ADMIN),
    "own_field_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.OwnField"),
    "own_field_retirement": Row(write=ADMIN, subject="accounts.OwnField"),
    "client_several": Row(read=EDITORS, write=EDITORS),
    "twin_list": Row(read=STAFF),
    "client_join": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "twin_apart": Row(write=EDITORS, subject="accounts.Client"),
    "twin_undo": Row(write=EDITORS, subject="accounts.Twin"),
    "api:saved-view-list": Row(read=STAFF, write=EDITORS),
    "api:saved-view-detail": Row(read=STAFF, write=EDITORS, subject="accounts.SavedView"),
    "api:own-field-list": Row(read=STAFF, write=ADMIN),
    "api:own-field-detail": Row(read=STAFF, write=ADMIN, subject="accounts.OwnField"),
    "api:client-several": Row(write=EDITORS),
    "api:pair-list": Row(read=STAFF),
    "api:twin-list": Row(read=STAFF, write=EDITORS),
    "api:twin-undo": Row(write=EDITORS, subject="accounts.Twin"),
}
