from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class BackupConfig(AppConfig):
    name = "kam.backup"
    label = "backup"

    def ready(self) -> None:
        post_migrate.connect(grant_roles, sender=self)


def grant_roles(using: str, **_kwargs) -> None:
    """After all migrations; the application may not give rights, so a flush of its own does not."""
    from .readers import grant

    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = "
                       "to_regclass('public.django_migrations')")  # fmt: skip
        owns = cursor.fetchone()
        if owns and owns[0]:
            grant(cursor.cursor)
