from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from kam.audit.acting import tell_of
        from kam.lib.scoping import register_rule

        from . import access, checks, receivers  # noqa: F401
        from .models.edits import TABLES

        register_rule(access)
        tell_of(TABLES)
