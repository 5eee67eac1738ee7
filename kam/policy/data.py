"""What comes in: reports and waiting rows name clients, so only who reads all of them."""

from kam.lib.policy import ADMIN_SCOPE, AUDITOR, IMPORT_SCOPE, Row

from .who import ADMIN, LEADERS, STAFF

ROWS = {
    "import_list": Row(read=LEADERS | {AUDITOR}),
    "import_detail": Row(read=LEADERS | {AUDITOR}, subject="accounts.ImportBatch"),
    "import_undo": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="accounts.ImportBatch"),
    "import_file_create": Row(read=LEADERS, write=LEADERS),
    "import_file": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="accounts.ImportFile"),
    "import_file_check": Row(write=LEADERS, subject="accounts.ImportFile"),
    "import_file_load": Row(write=LEADERS, subject="accounts.ImportFile"),
    "import_file_aside": Row(write=LEADERS, subject="accounts.ImportFile"),
    "import_file_content": Row(read=LEADERS | {AUDITOR}, subject="accounts.ImportFile"),
    "import_file_findings": Row(read=LEADERS | {AUDITOR}, subject="accounts.ImportFile"),
    "quarantine_list": Row(read=LEADERS | {AUDITOR}),
    **{
        f"api:{kind}-bulk": Row(write=LEADERS, scope=IMPORT_SCOPE)
        for kind in ("client", "contact", "document", "payment", "interaction", "rating")
    },
    "api:client-external": Row(read=STAFF, write=LEADERS, scope=IMPORT_SCOPE),
    "api:document-external": Row(write=LEADERS, scope=IMPORT_SCOPE),
    "api:payment-external": Row(write=LEADERS, scope=IMPORT_SCOPE),
    "api:payment-list": Row(read=STAFF),
    "api:bulk-list": Row(read=LEADERS | {AUDITOR}),
    "api:bulk-detail": Row(read=LEADERS | {AUDITOR}, subject="accounts.BulkLoad"),
    "api:bulk-rows": Row(read=LEADERS | {AUDITOR}, subject="accounts.BulkLoad"),
    "quarantine_detail": Row(
        read=LEADERS | {AUDITOR}, write=LEADERS, subject="accounts.QuarantinedRow"
    ),
    "connection_list": Row(read=ADMIN | {AUDITOR}),
    "connection_create": Row(read=ADMIN, write=ADMIN),
    "connection_detail": Row(read=ADMIN | {AUDITOR}, subject="accounts.Connection"),
    "connection_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.Connection"),
    "connection_run": Row(write=ADMIN, subject="accounts.Connection"),
    "connection_trial": Row(write=ADMIN, subject="accounts.Connection"),
    "connection_switch": Row(write=ADMIN, subject="accounts.Connection"),
    "api:connection-list": Row(read=ADMIN | {AUDITOR}, write=ADMIN, scope=ADMIN_SCOPE),
    "api:connection-detail": Row(
        read=ADMIN | {AUDITOR}, write=ADMIN, subject="accounts.Connection", scope=ADMIN_SCOPE
    ),
    "api:connection-run": Row(write=ADMIN, subject="accounts.Connection", scope=ADMIN_SCOPE),
    "api:connection-trial": Row(write=ADMIN, subject="accounts.Connection", scope=ADMIN_SCOPE),
    "api:connection-switch": Row(write=ADMIN, subject="accounts.Connection", scope=ADMIN_SCOPE),
    "api:import-list": Row(read=LEADERS | {AUDITOR}),
    "api:import-detail": Row(read=LEADERS | {AUDITOR}, subject="accounts.ImportBatch"),
    "api:import-undo": Row(
        read=LEADERS | {AUDITOR},
        write=LEADERS,
        subject="accounts.ImportBatch",
        scope=IMPORT_SCOPE,
    ),
    "api:import-file-list": Row(read=LEADERS | {AUDITOR}, write=LEADERS, scope=IMPORT_SCOPE),
    "api:import-file-detail": Row(
        read=LEADERS | {AUDITOR},
        write=LEADERS,
        subject="accounts.ImportFile",
        scope=IMPORT_SCOPE,
    ),
    "api:import-file-check": Row(write=LEADERS, subject="accounts.ImportFile", scope=IMPORT_SCOPE),
    "api:import-file-load": Row(write=LEADERS, subject="accounts.ImportFile", scope=IMPORT_SCOPE),
    "api:quarantine-list": Row(read=LEADERS | {AUDITOR}),
    "api:quarantine-assignment": Row(write=LEADERS, scope=IMPORT_SCOPE),
    "api:quarantine-discard": Row(write=LEADERS, scope=IMPORT_SCOPE),
}
