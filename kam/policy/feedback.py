"""What clients say: surveys, their benefit, references."""

from kam.lib.policy import Row

from .who import EDITORS, LEADERS, PUBLIC, STAFF

ROWS = {
    # Questionnaires are everybody's who sees clients; whom one asks and what they say goes by client.
    "survey_answer": PUBLIC,  # by a signed link
    "survey_list": Row(read=STAFF),
    "survey_create": Row(read=LEADERS, write=LEADERS),
    "survey_detail": Row(read=STAFF, subject="accounts.Survey"),
    "survey_edit": Row(read=LEADERS, write=LEADERS, subject="accounts.Survey"),
    "survey_invitation_create": Row(read=EDITORS, write=EDITORS),
    "survey_invitation": Row(read=STAFF, write=EDITORS, subject="accounts.SurveyInvitation"),
    "client_feedback": Row(read=STAFF, subject="accounts.Client"),
    "benefit_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "benefit_detail": Row(read=STAFF, write=EDITORS, subject="accounts.Benefit"),
    "benefit_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Benefit"),
    "benefit_file": Row(read=STAFF, subject="accounts.Benefit"),
    "reference_list": Row(read=STAFF),
    "reference_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "reference_edit": Row(read=STAFF, write=EDITORS, subject="accounts.Reference"),
    "api:benefit-list": Row(read=STAFF, write=EDITORS),
    "api:benefit-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Benefit"),
    "api:benefit-settlement": Row(write=EDITORS, subject="accounts.Benefit"),
    "api:client-benefit": Row(read=STAFF, subject="accounts.Client"),
    "api:reference-list": Row(read=STAFF, write=EDITORS),
    "api:reference-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Reference"),
    "api:referral-list": Row(read=STAFF),
    "api:survey-list": Row(read=STAFF, write=LEADERS),
    "api:survey-detail": Row(read=STAFF, write=LEADERS, subject="accounts.Survey"),
    "api:survey-result": Row(read=STAFF, subject="accounts.Survey"),
    "api:survey-invitation-list": Row(read=STAFF, write=EDITORS),
    "api:survey-invitation-detail": Row(read=STAFF, subject="accounts.SurveyInvitation"),
    "api:survey-invitation-withdrawal": Row(write=EDITORS, subject="accounts.SurveyInvitation"),
    "api:survey-invitation-follow-up": Row(write=EDITORS, subject="accounts.SurveyInvitation"),
}
