"""Addresses about how the installation fares."""

from django.urls import path

from . import api, views

urlpatterns = [
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
    path("health/", views.health_page, name="health_page"),
    path("metrics", views.metrics_page, name="metrics_page"),
]
api_urlpatterns = [path("health/", api.Health.as_view(), name="health")]
