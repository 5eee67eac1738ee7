from django.apps import AppConfig
from django.db.models.signals import post_migrate

# Tables whose history the database keeps.
HISTORY_KEPT = (
    "scoring_rating", "scoring_matrix", "scoring_matrixversion", "scoring_versioncriterion",
    "scoring_criterion",
)  # fmt: skip


def install_library(sender, **kwargs):
    """After every migration: a new workspace is ready to rank, an upgraded one has the new texts."""
    from accounts.services import history

    from .library import ensure_library

    with history.switched_off():  # nobody edits here
        ensure_library()


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self):
        from kam.audit.acting import tell_of

        from . import receivers  # noqa: F401
        from .services import history_words, rating_import, subject_places

        rating_import.register()
        subject_places.register()
        history_words.register_words()
        tell_of(HISTORY_KEPT)
        post_migrate.connect(install_library, sender=self, dispatch_uid="scoring library")
