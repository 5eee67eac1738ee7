"""Django's ``migrate``, which does not make people wait: a table that is in use is left alone."""

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg2.errors import LockNotAvailable

from kam.lib.migration_state import Executor

# Whoever works meanwhile waits behind a migration that waits: no longer than this.
SECONDS = 2

migrate.MigrationExecutor = Executor


class Command(migrate.Command):
    def handle(self, *args, **options):
        with connections[options["database"]].cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{SECONDS}s'")
        try:
            super().handle(*args, **options)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise CommandError(
                f"A table was in use for more than {SECONDS} s ({str(error).splitlines()[0]}). "
                "Nothing of this migration is left behind, those before it are kept: run migrate "
                "again, best when no import or backup runs."
            ) from error
