from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "kam.lib"
    label = "lib"
