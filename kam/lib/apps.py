from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "kam.lib"
    label = "lib"

    def ready(self):
        from . import checks  # noqa: F401 - they register themselves
