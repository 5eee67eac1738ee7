from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "kam.webhooks"
    label = "webhooks"

    def ready(self):
        from . import receivers  # noqa: F401
