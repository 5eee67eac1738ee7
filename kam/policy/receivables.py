"""Debts of clients, and stopping shipments."""

from kam.lib.policy import Row

from .who import EDITORS, STAFF

ROWS = {
    "receivable_list": Row(read=STAFF),
    "receivable_calendar": Row(read=STAFF),
    "client_receivables": Row(read=STAFF, subject="accounts.Client", shows="name"),
    "stop_create": Row(read=EDITORS, write=EDITORS, subject="accounts.Client"),
    "payment_promise_create": Row(
        read=EDITORS, write=EDITORS, subject="accounts.Client", shows="name"
    ),
    "stop_release": Row(read=EDITORS, write=EDITORS, subject="accounts.ShipmentStop"),
    "api:receivable-list": Row(read=STAFF),
    "api:client-receivables": Row(read=STAFF, subject="accounts.Client"),
    "api:client-promised-payments": Row(write=EDITORS, subject="accounts.Client"),
    "api:shipment-stop-list": Row(read=STAFF, write=EDITORS),
    "api:shipment-stop-release": Row(write=EDITORS, subject="accounts.ShipmentStop"),
}
