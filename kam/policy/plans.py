"""Account plans."""

from kam.lib.policy import EVERYONE, Row

from .who import EDITORS, LEADERS, STAFF, WORKERS

ROWS = {
    # Whoever takes part in a plan reads it, finishes their own actions and acknowledges their part.
    "plan_list": Row(read=EVERYONE),
    "plan_history": Row(read=EVERYONE, subject="accounts.AccountPlan"),
    "api:plan-history": Row(read=EVERYONE, subject="accounts.AccountPlan"),
    "plan_detail": Row(read=EVERYONE, subject="accounts.AccountPlan"),
    "plan_version": Row(read=EVERYONE, subject="accounts.PlanVersion"),
    "plan_changes": Row(read=EVERYONE, subject="accounts.AccountPlan"),
    "plan_visit": Row(write=WORKERS),
    "plan_template_list": Row(read=STAFF),
    "plan_template_create": Row(read=LEADERS, write=LEADERS),
    "plan_template_edit": Row(read=LEADERS, write=LEADERS, subject="accounts.PlanTemplate"),
    "api:plan-changes": Row(read=EVERYONE, subject="accounts.AccountPlan"),
    "api:plan-template-list": Row(read=STAFF, write=LEADERS),
    "api:plan-template-detail": Row(read=STAFF, write=LEADERS, subject="accounts.PlanTemplate"),
    "plan_action": Row(read=EVERYONE, write=WORKERS, subject="accounts.PlanAction"),
    "plan_acknowledgement": Row(write=WORKERS, subject="accounts.PlanParticipant"),
    "client_plans": Row(read=STAFF, subject="accounts.Client"),
    "plan_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "plan_decision": Row(write=EDITORS, subject="accounts.AccountPlan"),
    "plan_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.AccountPlan"),
    "plan_section_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.PlanSection"),
    "plan_action_create": Row(read=EDITORS, write=EDITORS, subject="accounts.PlanSection"),
    "plan_action_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.PlanAction"),
    "plan_participant_create": Row(read=EDITORS, write=EDITORS, subject="accounts.AccountPlan"),
    "plan_participant_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.PlanParticipant"),
    "api:plan-list": Row(read=EVERYONE, write=EDITORS),
    "api:plan-detail": Row(read=EVERYONE, write=EDITORS, subject="accounts.AccountPlan"),
    "api:plan-decision": Row(write=EDITORS, subject="accounts.AccountPlan"),
    "api:plan-versions": Row(read=EVERYONE, subject="accounts.AccountPlan"),
    "api:plan-participants": Row(read=EVERYONE, write=EDITORS, subject="accounts.AccountPlan"),
    "api:plan-participant-detail": Row(write=EDITORS, subject="accounts.PlanParticipant"),
    "api:plan-acknowledgement": Row(write=WORKERS, subject="accounts.PlanParticipant"),
    "api:plan-section-detail": Row(read=EVERYONE, write=EDITORS, subject="accounts.PlanSection"),
    "api:plan-action-list": Row(read=EVERYONE, write=EDITORS),
    "api:plan-action-detail": Row(read=EVERYONE, write=EDITORS, subject="accounts.PlanAction"),
    "api:plan-action-settlement": Row(write=WORKERS, subject="accounts.PlanAction"),
}
