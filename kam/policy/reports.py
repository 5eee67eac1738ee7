"""Dashboards: the same clients as everywhere else."""

from kam.lib.policy import Row

from .who import EDITORS, LEADERS, STAFF

ROWS = {
    # Reports are of who reads them, and of who leads that person.
    "report_list": Row(read=STAFF),
    "report_detail": Row(read=STAFF, subject="reports.Report"),
    "report_file": Row(read=STAFF, subject="reports.Report"),
    "report_built": Row(read=STAFF),
    "report_built_new": Row(read=STAFF, write=EDITORS),
    "report_built_detail": Row(read=STAFF, subject="reports.BuiltReport"),
    "report_built_edit": Row(read=STAFF, write=EDITORS, subject="reports.BuiltReport"),
    "report_built_removal": Row(write=EDITORS, subject="reports.BuiltReport"),
    "api:built-figures": Row(read=STAFF),
    "api:built-report-list": Row(read=STAFF, write=EDITORS),
    "api:built-report-detail": Row(read=STAFF, write=EDITORS, subject="reports.BuiltReport"),
    "api:built-report-figures": Row(read=STAFF, subject="reports.BuiltReport"),
    "schedule_create": Row(read=EDITORS, write=EDITORS),
    "schedule_edit": Row(read=EDITORS, write=EDITORS, subject="reports.Schedule"),
    "schedule_run": Row(write=EDITORS, subject="reports.Schedule"),
    # Business reviews are of the client; those who lead let them go out.
    "business_review_list": Row(read=STAFF),
    "client_reviews": Row(read=STAFF, subject="accounts.Client"),
    "business_review_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "business_review_detail": Row(
        read=STAFF, write=EDITORS, subject="reports.BusinessReview", shows="name"
    ),
    "business_review_decision": Row(write=LEADERS, subject="reports.BusinessReview"),
    "business_review_mail": Row(write=EDITORS, subject="reports.BusinessReview"),
    "api:business-review-mail": Row(read=STAFF, write=EDITORS, subject="reports.BusinessReview"),
    "business_review_file": Row(read=STAFF, subject="reports.BusinessReview"),
    "api:business-review-list": Row(read=STAFF, write=EDITORS),
    "api:business-review-detail": Row(read=STAFF, subject="reports.BusinessReview"),
    "api:business-review-comments": Row(
        read=STAFF, write=EDITORS, subject="reports.BusinessReview"
    ),
    "api:business-review-decision": Row(write=LEADERS, subject="reports.BusinessReview"),
    "api:business-review-file": Row(read=STAFF, subject="reports.BusinessReview"),
    "api:report-list": Row(read=STAFF),
    "api:report-detail": Row(read=STAFF, subject="reports.Report"),
    "api:report-file": Row(read=STAFF, subject="reports.Report"),
    "api:schedule-list": Row(read=STAFF, write=EDITORS),
    "api:schedule-detail": Row(read=STAFF, write=EDITORS, subject="reports.Schedule"),
    "api:schedule-run": Row(write=EDITORS, subject="reports.Schedule"),
    "api:portfolio-promises": Row(read=STAFF),
    "portfolio_abc_xyz": Row(read=STAFF),
    "portfolio_retention": Row(read=STAFF),
    "portfolio_dependence": Row(read=STAFF),
    "portfolio_work": Row(read=STAFF),
    "portfolio_openings": Row(read=STAFF),
    "portfolio_question": Row(read=STAFF),
    "api:portfolio-question": Row(read=STAFF),
    "matrix_map": Row(read=STAFF, subject="scoring.Matrix"),
    "matrix_axes": Row(write=LEADERS, subject="scoring.Matrix"),
    "api:portfolio-abc-xyz": Row(read=STAFF),
    "api:matrix-map": Row(read=STAFF, subject="scoring.Matrix"),
    "api:matrix-axes": Row(write=LEADERS, subject="scoring.Matrix"),
    "portfolio": Row(read=STAFF),
    "portfolio_rows": Row(read=STAFF),
    "client_months": Row(read=STAFF, subject="accounts.Client"),
    "api:portfolio": Row(read=STAFF),
    "api:portfolio-rows": Row(read=STAFF),
    "api:client-quarter": Row(read=STAFF, subject="accounts.Client"),
    "api:client-months": Row(read=STAFF, subject="accounts.Client"),
}
