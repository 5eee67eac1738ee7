"""Agreements and sales plans."""

from kam.lib.policy import Row

from .who import EDITORS, STAFF

ROWS = {
    "client_agreements": Row(read=STAFF, subject="accounts.Client"),
    "agreement_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "agreement_edit": Row(read=EDITORS, write=EDITORS, subject="accounts.Agreement"),
    "agreement_renewal": Row(read=EDITORS, write=EDITORS, subject="accounts.Agreement"),
    "agreement_file_create": Row(write=EDITORS, subject="accounts.Agreement"),
    "agreement_file": Row(read=STAFF, subject="accounts.AgreementFile"),
    "client_sales_plan": Row(read=STAFF, write=EDITORS, subject="accounts.Client"),
    "client_sales_plan_paste": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "sales_plan_list": Row(read=STAFF),
    "api:client-sales-plan": Row(read=STAFF, write=EDITORS, subject="accounts.Client"),
    "api:sales-plan-list": Row(read=STAFF),
    "api:agreement-list": Row(read=STAFF, write=EDITORS),
    "api:agreement-detail": Row(read=STAFF, write=EDITORS, subject="accounts.Agreement"),
    "api:client-agreements": Row(read=STAFF, subject="accounts.Client"),
}
