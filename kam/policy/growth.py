"""Hours, costs, the programme's return and growth of clients."""

from kam.lib.policy import AUDITOR, Row

from .who import EDITORS, LEADERS, STAFF

ROWS = {
    # Over all clients, so for those who read all of them.
    "programme": Row(read=LEADERS | {AUDITOR}),
    "api:programme": Row(read=LEADERS | {AUDITOR}),
    "client_growth": Row(read=STAFF, subject="accounts.Client"),
    "client_growth_criteria": Row(read=STAFF, subject="accounts.Client"),
    "api:client-growth-criteria": Row(read=STAFF, subject="accounts.Client"),
    "api:client-growth": Row(read=STAFF, subject="accounts.Client"),
    "effort_week": Row(read=EDITORS, write=EDITORS),
    "effort_rules": Row(read=LEADERS, write=LEADERS),
    "hour_rate_edit": Row(read=LEADERS, write=LEADERS, subject="accounts.Kam"),
    "client_costs": Row(read=STAFF, subject="accounts.Client"),
    "service_cost_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "service_cost_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.ServiceCost"),
    "programme_cost_list": Row(read=STAFF),
    "programme_cost_create": Row(read=LEADERS, write=LEADERS),
    "programme_cost_edit": Row(read=LEADERS, write=LEADERS, subject="accounts.ProgrammeCost"),
    "api:effort-list": Row(read=STAFF, write=EDITORS),
    "api:client-value": Row(read=STAFF, subject="accounts.Client"),
    "api:service-cost-list": Row(read=STAFF, write=EDITORS),
    "api:service-cost-detail": Row(read=STAFF, write=EDITORS, subject="accounts.ServiceCost"),
    "api:programme-cost-list": Row(read=STAFF, write=LEADERS),
    "api:programme-cost-detail": Row(read=STAFF, write=LEADERS, subject="accounts.ProgrammeCost"),
}
