from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "kam.backup"
    label = "backup"
