"""The frame: signing in, people, jobs, exports, the bin, webhooks, backups, the trail."""

from kam.lib.policy import ADMIN_SCOPE, ADMINISTRATOR, AUDITOR, EVERYONE, Row

from .who import ADMIN, EDITORS, LEADERS, OWN, PUBLIC, REMOVABLE, STAFF, WORKERS

ROWS = {
    # --- the frame
    "health_live": PUBLIC,
    "health_ready": PUBLIC,
    "metrics_page": PUBLIC,  # by the token of the settings
    "health_page": Row(read=frozenset({ADMINISTRATOR, AUDITOR})),
    "api:health": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    "home": Row(read=EVERYONE),
    "home_clients": Row(read=STAFF),
    "home_changes": Row(read=STAFF),
    "home_coming": Row(read=STAFF),
    # --- sign-in (allauth)
    "account_login": PUBLIC,
    "mfa_authenticate": PUBLIC,  # after the right password
    "passkey_sign_in": PUBLIC,
    "passkey_sign_in_options": PUBLIC,
    "company_sign_in": PUBLIC,
    "company_sign_in_answer": PUBLIC,  # what the provider sends is proven there
    "account_logout": PUBLIC,
    "person_invitation_answer": PUBLIC,  # by the link of a letter
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    # --- people
    "setup": PUBLIC,  # answers 404 once there is a person
    "person_list": Row(read=ADMIN, scope=ADMIN_SCOPE),
    "person_create": Row(read=ADMIN, write=ADMIN),
    "person_invitation_list": Row(read=ADMIN),
    "person_invite": Row(read=ADMIN, write=ADMIN),
    **{
        f"person_invitation_{act}": Row(write=ADMIN, subject="accounts.PersonInvitation")
        for act in ("sending", "withdrawal")
    },
    "person_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.User"),
    "person_history": Row(read=ADMIN, subject="accounts.User"),
    "api:person-history": Row(read=ADMIN, subject="accounts.User", scope=ADMIN_SCOPE),
    "team_list": Row(read=ADMIN, write=ADMIN, scope=ADMIN_SCOPE),
    "team_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.Team"),
    "profile": OWN,
    "own_password": OWN,
    "own_sessions": OWN,
    "own_second_step": OWN,
    "second_step_app": OWN,
    "second_step_codes": Row(write=EVERYONE),
    **{f"passkey_{act}": Row(write=EVERYONE) for act in ("add", "name", "options")},
    "second_step_removal": Row(write=EVERYONE),
    "person_second_step_removal": Row(write=ADMIN, subject="accounts.User"),
    "person_sessions_end": Row(write=ADMIN, subject="accounts.User"),
    "token_create": Row(write=EVERYONE),
    "token_revocation": Row(write=EVERYONE, subject="accounts.ApiToken"),
    "company_edit": Row(read=ADMIN, write=ADMIN, scope=ADMIN_SCOPE),
    "api:company-detail": Row(read=ADMIN, write=ADMIN, scope=ADMIN_SCOPE),
    "first_hour": Row(read=LEADERS),
    "first_hour_criteria": Row(write=LEADERS),
    "first_hour_end": Row(write=ADMIN),
    "api:first-hour": Row(read=LEADERS),
    "api:first-hour-criteria": Row(write=LEADERS),
    # The scope of a page counts for whoever exports its list by a key.
    "event_list": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    "api:event-list": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    "api:seal-list": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    # --- backups, and what is held back after a restore
    "backup_list": Row(read=frozenset({ADMINISTRATOR, AUDITOR})),
    "backup_now": Row(write=ADMIN),
    "outgoing_release": Row(write=ADMIN),
    "api:backup-list": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    "api:backup-standing": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    # --- webhooks: who is told of events, with what administers; the auditor reads
    "webhook_list": Row(read=frozenset({ADMINISTRATOR, AUDITOR})),
    "webhook_create": Row(read=ADMIN, write=ADMIN),
    "webhook_detail": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), subject="webhooks.Endpoint"),
    "webhook_edit": Row(read=ADMIN, write=ADMIN, subject="webhooks.Endpoint"),
    **{
        f"webhook_{act}": Row(write=ADMIN, subject="webhooks.Endpoint")
        for act in ("rotation", "switch", "removal", "example", "resend")
    },
    "webhook_delivery": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), subject="webhooks.Delivery"),
    "webhook_delivery_resend": Row(write=ADMIN, subject="webhooks.Delivery"),
    "api:webhook-list": Row(
        read=frozenset({ADMINISTRATOR, AUDITOR}), write=ADMIN, scope=ADMIN_SCOPE
    ),
    "api:webhook-event-list": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    "api:webhook-detail": Row(
        read=frozenset({ADMINISTRATOR, AUDITOR}),
        write=ADMIN,
        subject="webhooks.Endpoint",
        scope=ADMIN_SCOPE,
    ),
    **{
        f"api:webhook-{act}": Row(write=ADMIN, subject="webhooks.Endpoint", scope=ADMIN_SCOPE)
        for act in ("secret", "example", "resend")
    },
    "api:webhook-delivery-list": Row(read=frozenset({ADMINISTRATOR, AUDITOR}), scope=ADMIN_SCOPE),
    "api:webhook-delivery-detail": Row(
        read=frozenset({ADMINISTRATOR, AUDITOR}), subject="webhooks.Delivery", scope=ADMIN_SCOPE
    ),
    "api:webhook-delivery-resend": Row(write=ADMIN, subject="webhooks.Delivery", scope=ADMIN_SCOPE),
    # --- what every person has
    "preferences": PUBLIC,  # the language of the sign-in page, too
    "api_docs": Row(read=EVERYONE),
    "api:schema": Row(read=EVERYONE),
    "component_gallery": OWN,
    "component_echo": OWN,
    "notice_list": Row(read=EVERYONE),
    "notice_seen": Row(write=WORKERS, subject="accounts.Notice"),
    "api:notice-list": Row(read=EVERYONE),
    "api:notice-seen": Row(write=WORKERS, subject="accounts.Notice"),
    # --- the bin: whoever may change a record removes it and brings it back
    "removal_list": Row(read=EDITORS),
    "removal_restoration": Row(write=EDITORS, subject="accounts.Removal"),
    "removal_destruction": Row(write=ADMIN, subject="accounts.Removal"),
    **{
        f"{noun.lower()}_removal": Row(read=EDITORS, write=EDITORS, subject=f"accounts.{noun}")
        for noun in REMOVABLE
    },
    "offer_removal": Row(read=EDITORS, write=EDITORS, subject="accounts.ExceptionalOffer"),
    "process_template_removal": Row(
        read=LEADERS, write=LEADERS, subject="accounts.ProcessTemplate"
    ),
    "api:removal-list": Row(read=EDITORS),
    "api:removal-detail": Row(read=EDITORS, write=ADMIN, subject="accounts.Removal"),
    "api:removal-restoration": Row(write=EDITORS, subject="accounts.Removal"),
    # --- jobs/
    "job_list": Row(read=EVERYONE),
    "job_badge": Row(read=EVERYONE),
    "job_detail": Row(read=EVERYONE, subject="jobs.Job"),
    "job_cancellation": Row(write=EVERYONE, subject="jobs.Job"),
    "api:job-list": Row(read=EVERYONE),
    "api:job-detail": Row(read=EVERYONE, subject="jobs.Job"),
    "api:job-cancellation": Row(write=EVERYONE, subject="jobs.Job"),
    # --- exports/: whoever may open the page of a list may take the list; each their own files
    "export_list": Row(read=EVERYONE),
    "export_create": Row(write=EVERYONE),
    "export_detail": Row(read=EVERYONE, subject="exports.Export"),
    "export_file": Row(read=EVERYONE, subject="exports.Export"),
    "export_removal": Row(write=EVERYONE, subject="exports.Export"),
    "api:export-list": Row(read=EVERYONE, write=EVERYONE),
    "api:export-lists": Row(read=EVERYONE),
    "api:export-detail": Row(read=EVERYONE, subject="exports.Export"),
    "api:export-file": Row(read=EVERYONE, subject="exports.Export"),
}
