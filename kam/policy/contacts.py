"""The people of clients, relations of organisations, and what was said with them."""

from kam.lib.policy import NOTHING, Row

from .who import EDITORS, STAFF

ROWS = {
    "contact_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client", shows="name"),
    "contact_history": Row(read=STAFF, subject="accounts.Contact", shows="card"),
    "api:contact-history": Row(read=STAFF, subject="accounts.Contact", shows="card"),
    "contact_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Contact", shows="card"),
    "interaction_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client", shows="name"),
    "interaction_edit": Row(
        read=STAFF, write=EDITORS, subject="accounts.Interaction", shows="name"
    ),
    "client_people": Row(read=STAFF, subject="accounts.Client", shows="map"),
    "client_people_arrangement": Row(write=EDITORS, subject="accounts.Client"),
    "contact_position": Row(write=EDITORS, subject="accounts.Contact", shows=NOTHING),
    "relation_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "relation_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Relation"),
    "api:client-people": Row(read=STAFF, subject="accounts.Client"),
    "api:contact-list": Row(read=STAFF, write=EDITORS),
    "api:contact-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Contact"),
    "api:contact-position": Row(write=EDITORS, subject="accounts.Contact", shows=NOTHING),
    "api:relation-list": Row(read=STAFF, write=EDITORS),
    "api:relation-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Relation"),
    "api:interaction-list": Row(read=STAFF, write=EDITORS),
    "api:interaction-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Interaction"),
}
