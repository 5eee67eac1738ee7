from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExportsConfig(AppConfig):
    name = "kam.exports"
    label = "exports"

    def ready(self):
        autodiscover_modules("exports")
