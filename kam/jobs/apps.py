from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kam.jobs"
    label = "jobs"
