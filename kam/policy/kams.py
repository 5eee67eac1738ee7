"""KAMs, their skills, load and onboarding; closing a year."""

from kam.lib.policy import ADMINISTRATOR, AUDITOR, MANAGER, Row

from .who import EDITORS, LEADERS, STAFF

ROWS = {
    # Of a person's work: that person, the manager of their team, who administers or audits.
    "kam_list": Row(read=STAFF),
    "kam_skills": Row(read=STAFF),
    "kam_detail": Row(read=STAFF, subject="accounts.Kam"),
    "kam_rating": Row(read=EDITORS, write=EDITORS, subject="accounts.Kam"),
    "kam_capacity": Row(read=LEADERS, write=LEADERS, subject="accounts.Kam"),
    "skill_list": Row(read=STAFF),
    "skill_create": Row(read=LEADERS, write=LEADERS),
    "skill_edit": Row(read=LEADERS, write=LEADERS, subject="accounts.OwnSkill"),
    "year_close_list": Row(read=STAFF),
    "year_close_create": Row(read=LEADERS, write=LEADERS),
    "year_close_detail": Row(read=STAFF, subject="accounts.YearClose"),
    "year_close_undo": Row(read=LEADERS, write=LEADERS, subject="accounts.YearClose"),
    "api:year-close-list": Row(read=STAFF, write=LEADERS),
    "api:year-close-detail": Row(read=STAFF, subject="accounts.YearClose"),
    "api:year-close-undo": Row(write=LEADERS, subject="accounts.YearClose"),
    "onboarding_list": Row(read=STAFF),
    "onboarding_create": Row(read=LEADERS, write=LEADERS, subject="accounts.Kam"),
    "onboarding_detail": Row(read=STAFF, write=LEADERS, subject="accounts.Onboarding"),
    "onboarding_step": Row(read=EDITORS, write=EDITORS, subject="accounts.OnboardingStep"),
    "onboarding_template_list": Row(read=STAFF),
    "onboarding_template_create": Row(read=LEADERS, write=LEADERS),
    "onboarding_template_edit": Row(
        read=LEADERS, write=LEADERS, subject="accounts.OnboardingTemplate"
    ),
    "api:onboarding-list": Row(read=STAFF, write=LEADERS),
    "api:onboarding-detail": Row(read=STAFF, subject="accounts.Onboarding"),
    "api:onboarding-ending": Row(write=LEADERS, subject="accounts.Onboarding"),
    "api:onboarding-step": Row(read=STAFF, write=EDITORS, subject="accounts.OnboardingStep"),
    "api:onboarding-template-list": Row(read=STAFF, write=LEADERS),
    "api:onboarding-template-detail": Row(
        read=STAFF, write=LEADERS, subject="accounts.OnboardingTemplate"
    ),
    "api:kam-list": Row(read=STAFF),
    "api:kam-both-roles": Row(read=STAFF),
    "api:kam-hiring": Row(read=frozenset({ADMINISTRATOR, MANAGER, AUDITOR})),
    "api:kam-detail": Row(read=STAFF, subject="accounts.Kam"),
    "api:kam-ratings": Row(read=STAFF, write=EDITORS, subject="accounts.Kam"),
    "api:kam-capacity": Row(read=STAFF, write=LEADERS, subject="accounts.Kam"),
    "api:skill-list": Row(read=STAFF, write=LEADERS),
    "api:skill-detail": Row(read=STAFF, write=LEADERS, subject="accounts.OwnSkill"),
}
