"""Addresses of pages and endpoints about webhooks."""

from django.urls import path

from . import api, views

urlpatterns = [
    path("webhooks/", views.webhook_list, name="webhook_list"),
    path("webhooks/new/", views.webhook_create, name="webhook_create"),
    path("webhooks/<int:pk>/", views.webhook_detail, name="webhook_detail"),
    path("webhooks/<int:pk>/edit/", views.webhook_edit, name="webhook_edit"),
    path("webhooks/<int:pk>/rotation/", views.webhook_rotation, name="webhook_rotation"),
    path("webhooks/<int:pk>/switch/", views.webhook_switch, name="webhook_switch"),
    path("webhooks/<int:pk>/removal/", views.webhook_removal, name="webhook_removal"),
    path("webhooks/<int:pk>/example/", views.webhook_example, name="webhook_example"),
    path("webhooks/<int:pk>/resend/", views.webhook_resend, name="webhook_resend"),
    path("webhooks/deliveries/<int:pk>/", views.webhook_delivery, name="webhook_delivery"),
    path(
        "webhooks/deliveries/<int:pk>/resend/",
        views.webhook_delivery_resend,
        name="webhook_delivery_resend",
    ),
]
api_urlpatterns = [
    path("webhooks/", api.WebhookList.as_view(), name="webhook-list"),
    path("webhooks/events/", api.WebhookEventList.as_view(), name="webhook-event-list"),
    path("webhooks/<int:pk>/", api.WebhookDetail.as_view(), name="webhook-detail"),
    path("webhooks/<int:pk>/secret/", api.WebhookSecret.as_view(), name="webhook-secret"),
    path("webhooks/<int:pk>/example/", api.WebhookExample.as_view(), name="webhook-example"),
    path("webhooks/<int:pk>/resend/", api.WebhookResend.as_view(), name="webhook-resend"),
    path("webhook-deliveries/", api.DeliveryList.as_view(), name="webhook-delivery-list"),
    path(
        "webhook-deliveries/<int:pk>/", api.DeliveryDetail.as_view(), name="webhook-delivery-detail"
    ),
    path(
        "webhook-deliveries/<int:pk>/resend/",
        api.DeliveryResend.as_view(),
        name="webhook-delivery-resend",
    ),
]
