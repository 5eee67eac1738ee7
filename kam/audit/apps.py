from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kam.audit"
    label = "audit"

    def ready(self):
        from django.db.backends.signals import connection_created

        from .acting import on_connecting

        connection_created.connect(on_connecting, dispatch_uid="kam.audit.acting")
