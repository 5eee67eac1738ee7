from django.apps import AppConfig
from django.db.models.signals import post_migrate


def install_library(sender, **kwargs):
    """After every migration: a new workspace is ready to rank, an upgraded one has the new texts."""
    from .library import ensure_library

    ensure_library()


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self):
        from . import receivers  # noqa: F401
        from .services import rating_import, subject_places

        rating_import.register()
        subject_places.register()
        post_migrate.connect(install_library, sender=self, dispatch_uid="scoring library")
