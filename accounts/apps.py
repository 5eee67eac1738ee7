from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from kam.lib.scoping import register_rule

        from . import access, checks, receivers  # noqa: F401

        register_rule(access)
