from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "kam.exports"
    label = "exports"
