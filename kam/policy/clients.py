"""Clients, their documents, standing and potential."""

from kam.lib.policy import Row

from .who import EDITORS, STAFF

ROWS = {
    "client_list": Row(read=STAFF),
    "client_suggestions": Row(read=STAFF),
    "client_create": Row(read=EDITORS, write=EDITORS),
    "client_detail": Row(read=STAFF, subject="accounts.Client", shows="page"),
    "client_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "client_group": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "client_timeline": Row(read=STAFF, subject="accounts.Client", shows="name"),
    "client_history": Row(read=STAFF, subject="accounts.Client"),
    "api:client-history": Row(read=STAFF, subject="accounts.Client"),
    "client_potential": Row(read=STAFF, subject="accounts.Client"),
    "wallet_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "api:client-potential": Row(read=STAFF, subject="accounts.Client"),
    "api:wallet-list": Row(read=STAFF, write=EDITORS, subject="accounts.Client"),
    "client_documents": Row(read=STAFF, subject="accounts.Client"),
    "client_standing": Row(read=STAFF, subject="accounts.Client"),
    "client_candidacy": Row(write=EDITORS, subject="accounts.Client"),
    "document_detail": Row(read=STAFF, subject="accounts.Document"),
    "api:client-list": Row(read=STAFF, write=EDITORS),
    "api:client-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Client"),
    "api:client-candidacy": Row(write=EDITORS, subject="accounts.Client"),
    "api:standing-list": Row(read=STAFF),
    "api:document-list": Row(read=STAFF),
    "api:document-detail": Row(read=STAFF, subject="accounts.Document"),
}
