from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self):
        from . import receivers  # noqa: F401  it listens
        from .services import subject_places

        subject_places.register()
