"""Personal data: whoever may find anybody anywhere sees all clients."""

from kam.lib.policy import AUDITOR, NOTHING, PRIVACY_SCOPE, Row

from .who import ADMIN, EDITORS, STAFF

ROWS = {
    "subject_find": Row(read=ADMIN, write=ADMIN, shows="search"),
    "subject_card": Row(read=ADMIN, subject="accounts.Contact", shows="card"),
    "subject_export": Row(read=ADMIN, subject="accounts.Contact", shows="file"),
    "subject_erasure": Row(read=ADMIN, write=ADMIN, subject="accounts.Contact", shows="card"),
    "contact_consents": Row(read=STAFF, subject="accounts.Contact", shows="name"),
    "consent_create": Row(write=EDITORS, subject="accounts.Contact"),
    "consent_withdrawal": Row(read=EDITORS, write=EDITORS, subject="accounts.Consent"),
    "contact_block": Row(read=ADMIN, write=ADMIN, subject="accounts.Contact", shows="name"),
    "purpose_list": Row(read=ADMIN | {AUDITOR}),
    "purpose_create": Row(read=ADMIN, write=ADMIN),
    "purpose_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.Purpose"),
    "processing_register": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "api:processing-register": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "not_told_list": Row(read=ADMIN | {AUDITOR}, write=ADMIN, scope=PRIVACY_SCOPE, shows="page"),
    "api:purpose-list": Row(read=STAFF, write=ADMIN),
    "api:purpose-detail": Row(read=STAFF, write=ADMIN, subject="accounts.Purpose"),
    "api:consent-list": Row(read=STAFF, write=EDITORS),
    "api:consent-withdrawal": Row(write=EDITORS, subject="accounts.Consent"),
    "api:contact-permissions": Row(read=STAFF, subject="accounts.Contact"),
    "api:contact-blocks": Row(
        read=ADMIN | {AUDITOR}, write=ADMIN, subject="accounts.Contact", scope=PRIVACY_SCOPE
    ),
    "api:contact-unblocking": Row(write=ADMIN, subject="accounts.Contact", scope=PRIVACY_SCOPE),
    "api:not-told-list": Row(read=ADMIN | {AUDITOR}, write=ADMIN, scope=PRIVACY_SCOPE),
    "destruction_list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "destruction_detail": Row(read=ADMIN | {AUDITOR}, subject="accounts.Destruction"),
    "destruction_left": Row(write=ADMIN, subject="accounts.Destruction"),
    # The auditor sees what is decided and how much is over, and opens no card from it.
    "retention": Row(read=ADMIN | {AUDITOR}, write=ADMIN, scope=PRIVACY_SCOPE, shows="name"),
    "incident_list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "incident_create": Row(read=ADMIN, write=ADMIN),
    "incident_detail": Row(
        read=ADMIN | {AUDITOR}, subject="accounts.Incident", scope=PRIVACY_SCOPE, shows="name"
    ),
    "incident_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.Incident", shows=NOTHING),
    "api:incident-list": Row(read=ADMIN | {AUDITOR}, write=ADMIN, scope=PRIVACY_SCOPE),
    "api:incident-detail": Row(
        read=ADMIN | {AUDITOR}, write=ADMIN, subject="accounts.Incident", scope=PRIVACY_SCOPE
    ),
    "api:incident-contacts": Row(
        read=ADMIN | {AUDITOR}, subject="accounts.Incident", scope=PRIVACY_SCOPE
    ),
    "access_list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "api:access-list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "api:retention": Row(read=ADMIN | {AUDITOR}, write=ADMIN, scope=PRIVACY_SCOPE),
    "api:retention-due-list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "api:retention-run-list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "api:subject-search": Row(write=ADMIN, scope=PRIVACY_SCOPE),
    "api:subject-detail": Row(read=ADMIN, subject="accounts.Contact", scope=PRIVACY_SCOPE),
    "api:subject-erasure": Row(
        read=ADMIN, write=ADMIN, subject="accounts.Contact", scope=PRIVACY_SCOPE
    ),
    "api:destruction-list": Row(read=ADMIN | {AUDITOR}, scope=PRIVACY_SCOPE),
    "api:destruction-detail": Row(
        read=ADMIN | {AUDITOR}, subject="accounts.Destruction", scope=PRIVACY_SCOPE
    ),
    "api:destruction-left": Row(write=ADMIN, subject="accounts.Destruction", scope=PRIVACY_SCOPE),
}
