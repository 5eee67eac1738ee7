from django.apps import AppConfig


class DrillKindsConfig(AppConfig):
    name = "tests.drills.kinds"
    label = "drill_kinds"
