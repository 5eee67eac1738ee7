"""The policy table: one row for every route.  What the columns mean: :mod:`kam.lib.policy`."""

from kam.lib.policy import (
    ADMINISTRATOR,
    AUDITOR,
    COLLEAGUE,
    EVERYONE,
    KAM,
    MANAGER,
    NOBODY,
    Row,
)

PUBLIC = Row(public=True)
OWN = Row(read=EVERYONE, write=EVERYONE)  # everybody, for their own things
STAFF = frozenset({ADMINISTRATOR, MANAGER, KAM, AUDITOR})  # those who may see clients at all
EDITORS = frozenset({ADMINISTRATOR, MANAGER, KAM})
LEADERS = frozenset({ADMINISTRATOR, MANAGER})
ADMIN = frozenset({ADMINISTRATOR})

POLICY = {
    # --- the frame
    "health_live": PUBLIC,
    "home": Row(read=EVERYONE),
    # --- sign-in (allauth)
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    # --- people
    "setup": PUBLIC,  # answers 404 once there is a person
    "person_list": Row(read=ADMIN),
    "person_create": Row(read=ADMIN, write=ADMIN),
    "person_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.User"),
    "team_list": Row(read=ADMIN, write=ADMIN),
    "team_edit": Row(read=ADMIN, write=ADMIN, subject="accounts.Team"),
    "profile": OWN,
    "own_password": OWN,
    "token_create": Row(write=EVERYONE),
    "token_revocation": Row(write=EVERYONE, subject="accounts.ApiToken"),
    "event_list": Row(read=frozenset({ADMINISTRATOR, AUDITOR})),
    # --- what every person has
    "preferences": PUBLIC,  # the language of the sign-in page, too
    "component_gallery": OWN,
    "component_echo": OWN,
    # --- clients and what belongs to them
    "client_list": Row(read=STAFF),
    "client_export": Row(read=STAFF),
    "client_suggestions": Row(read=STAFF),
    "client_create": Row(read=EDITORS, write=EDITORS),
    "client_detail": Row(read=STAFF, subject="accounts.Client"),
    "client_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "client_group": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "client_timeline": Row(read=STAFF, subject="accounts.Client"),
    "client_potential": Row(read=STAFF, subject="accounts.Client"),
    "wallet_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "api:client-potential": Row(read=STAFF, subject="accounts.Client"),
    "api:wallet-list": Row(read=STAFF, write=EDITORS, subject="accounts.Client"),
    "client_documents": Row(read=STAFF, subject="accounts.Client"),
    "contact_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "contact_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Contact"),
    "interaction_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "interaction_edit": Row(read=STAFF, write=EDITORS, subject="accounts.Interaction"),
    "client_standing": Row(read=STAFF, subject="accounts.Client"),
    "client_candidacy": Row(write=EDITORS, subject="accounts.Client"),
    "goal_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "goal_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Goal"),
    "document_detail": Row(read=STAFF, subject="accounts.Document"),
    "api:client-list": Row(read=STAFF, write=EDITORS),
    "api:client-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Client"),
    "api:contact-list": Row(read=STAFF),
    "api:contact-detail": Row(read=STAFF, subject="accounts.Contact"),
    "api:interaction-list": Row(read=STAFF),
    "api:interaction-detail": Row(read=STAFF, subject="accounts.Interaction"),
    "api:client-candidacy": Row(write=EDITORS, subject="accounts.Client"),
    "api:goal-list": Row(read=STAFF, write=EDITORS),
    "api:goal-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Goal"),
    "api:standing-list": Row(read=STAFF),
    "api:document-list": Row(read=STAFF),
    "api:document-detail": Row(read=STAFF, subject="accounts.Document"),
    # --- jobs/
    "job_list": Row(read=EVERYONE),
    "job_badge": Row(read=EVERYONE),
    "job_detail": Row(read=EVERYONE, subject="jobs.Job"),
    "job_cancellation": Row(write=EVERYONE, subject="jobs.Job"),
    "api:job-list": Row(read=EVERYONE),
    "api:job-detail": Row(read=EVERYONE, subject="jobs.Job"),
    "api:job-cancellation": Row(write=EVERYONE, subject="jobs.Job"),
    # --- data/: reports and waiting rows name clients, so only who reads all of them
    "import_list": Row(read=LEADERS | {AUDITOR}),
    "import_detail": Row(read=LEADERS | {AUDITOR}, subject="accounts.ImportBatch"),
    "quarantine_list": Row(read=LEADERS | {AUDITOR}),
    "api:import-list": Row(read=LEADERS | {AUDITOR}),
    "api:import-detail": Row(read=LEADERS | {AUDITOR}, subject="accounts.ImportBatch"),
    "api:quarantine-list": Row(read=LEADERS | {AUDITOR}),
    # --- the ranking and what it rests on
    "ranking": Row(read=STAFF),
    "matrix_list": Row(read=STAFF, write=LEADERS),
    "matrix_detail": Row(read=STAFF, subject="scoring.Matrix"),
    "matrix_workbench": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Matrix"),
    "matrix_draft": Row(read=LEADERS, write=LEADERS, subject="scoring.Matrix"),
    "matrix_drafting": Row(write=LEADERS, subject="scoring.Matrix"),
    "matrix_activation": Row(write=LEADERS, subject="scoring.Matrix"),
    "matrix_restoration": Row(write=LEADERS, subject="scoring.Matrix"),
    "matrix_discard": Row(write=LEADERS, subject="scoring.Matrix"),
    "matrix_ratings": Row(read=STAFF, subject="scoring.Matrix"),
    # Backtests name clients of all teams, so only who reads all of them.
    "matrix_backtests": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Matrix"),
    "backtest_detail": Row(read=LEADERS | {AUDITOR}, subject="scoring.Backtest"),
    "backtest_charts": Row(read=LEADERS | {AUDITOR}, subject="scoring.Backtest"),
    "api:matrix-backtests": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Matrix"),
    "api:backtest-detail": Row(read=LEADERS | {AUDITOR}, subject="scoring.Backtest"),
    "api:backtest-charts": Row(read=LEADERS | {AUDITOR}, subject="scoring.Backtest"),
    # decisions name all clients, so only who reads all of them
    "matrix_decisions": Row(read=LEADERS | {AUDITOR}, subject="scoring.Matrix"),
    "decision_preparation": Row(write=LEADERS, subject="scoring.Matrix"),
    "override_create": Row(write=LEADERS, subject="scoring.Matrix"),
    "list_takeover": Row(read=LEADERS, write=LEADERS, subject="scoring.Matrix"),
    "override_end": Row(write=LEADERS, subject="scoring.ListOverride"),
    "decision_detail": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Decision"),
    "decision_vote": Row(write=LEADERS, subject="scoring.Decision"),
    "decision_file": Row(read=LEADERS | {AUDITOR}, subject="scoring.Decision"),
    "decision_confirmation": Row(write=LEADERS, subject="scoring.Decision"),
    "decision_withdrawal": Row(write=LEADERS, subject="scoring.Decision"),
    "client_score": Row(read=STAFF, subject="accounts.Client"),
    "client_score_criterion": Row(read=STAFF, subject="accounts.Client"),
    "client_ratings": Row(read=STAFF, subject="accounts.Client"),
    "client_rating": Row(write=EDITORS, subject="accounts.Client"),
    "api:criterion-list": Row(read=STAFF),
    "api:matrix-list": Row(read=STAFF),
    "api:matrix-detail": Row(read=STAFF, subject="scoring.Matrix"),
    "api:matrix-draft": Row(write=LEADERS, subject="scoring.Matrix"),
    "api:matrix-runs": Row(read=STAFF, subject="scoring.Matrix"),
    "api:matrix-restoration": Row(write=LEADERS, subject="scoring.Matrix"),
    "api:matrix-whatif": Row(
        read=LEADERS | {AUDITOR}, write=LEADERS | {AUDITOR}, subject="scoring.Matrix"
    ),  # writes nothing
    "api:matrix-activation": Row(write=LEADERS, subject="scoring.Matrix"),
    "api:matrix-proposal": Row(read=LEADERS | {AUDITOR}, subject="scoring.Matrix"),
    "api:matrix-decisions": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Matrix"),
    "api:matrix-overrides": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Matrix"),
    "api:override-detail": Row(write=LEADERS, subject="scoring.ListOverride"),
    "api:decision-detail": Row(read=LEADERS | {AUDITOR}, write=LEADERS, subject="scoring.Decision"),
    "api:decision-confirmation": Row(write=LEADERS, subject="scoring.Decision"),
    "api:decision-withdrawal": Row(write=LEADERS, subject="scoring.Decision"),
    "api:decision-vote": Row(write=LEADERS, subject="scoring.Decision"),
    "api:ranking-list": Row(read=STAFF),
    "api:rating-list": Row(read=STAFF, write=EDITORS),
    "api:client-score": Row(read=STAFF, subject="accounts.Client"),
    # --- sight
    "portfolio": Row(read=STAFF),
    "portfolio_rows": Row(read=STAFF),
    "client_months": Row(read=STAFF, subject="accounts.Client"),
    "api:portfolio": Row(read=STAFF),
    "api:portfolio-rows": Row(read=STAFF),
    "api:client-months": Row(read=STAFF, subject="accounts.Client"),
}

__all__ = ["COLLEAGUE", "NOBODY", "POLICY"]
