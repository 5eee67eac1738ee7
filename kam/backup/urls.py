"""Addresses of pages and endpoints about backups."""

from django.urls import path

from . import api, views

urlpatterns = [
    path("backups/", views.backup_list, name="backup_list"),
    path("backups/now/", views.backup_now, name="backup_now"),
    path("backups/release/", views.outgoing_release, name="outgoing_release"),
]
api_urlpatterns = [
    path("backups/", api.BackupList.as_view(), name="backup-list"),
    path("backups/standing/", api.BackupStanding.as_view(), name="backup-standing"),
]
