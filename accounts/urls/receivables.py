"""Debts of clients, and where shipments are stopped."""

from django.urls import path

from accounts.api import receivables as api
from accounts.views import receivables

urlpatterns = [
    path("receivables/", receivables.receivable_list, name="receivable_list"),
    path("receivables/calendar/", receivables.receivable_calendar, name="receivable_calendar"),
    path(
        "clients/<int:pk>/receivables/", receivables.client_receivables, name="client_receivables"
    ),
    path("clients/<int:pk>/receivables/stop/", receivables.stop_create, name="stop_create"),
    path(
        "clients/<int:pk>/receivables/promise/",
        receivables.payment_promise_create,
        name="payment_promise_create",
    ),
    path("shipment-stops/<int:pk>/release/", receivables.stop_release, name="stop_release"),
]

api_urlpatterns = [
    path("receivables/", api.ReceivableList.as_view(), name="receivable-list"),
    path(
        "clients/<int:pk>/receivables/",
        api.ClientReceivables.as_view(),
        name="client-receivables",
    ),
    path(
        "clients/<int:pk>/promised-payments/",
        api.ClientPromisedPayments.as_view(),
        name="client-promised-payments",
    ),
    path("shipment-stops/", api.ShipmentStopList.as_view(), name="shipment-stop-list"),
    path(
        "shipment-stops/<int:pk>/release/",
        api.ShipmentStopRelease.as_view(),
        name="shipment-stop-release",
    ),
]
