#!/usr/bin/env python
"""Django's command line, with the servers it needs.

Any command finds the running PostgreSQL and Valkey of this checkout, or starts them and stops
them when the last command that uses them has ended (``kam.embedded`` explains how).  Servers
named by ``DATABASE_URL`` and ``REDIS_URL`` are used instead.
"""

import os
import sys

from kam.embedded import ServerError, ensure

# Commands that change the structure of the database connect as its owner.
OWNER_COMMANDS = {
    "flush",
    "backup",
    "grant_roles",
    "import_company",
    "makemigrations",
    "migrate",
    "restore",
    "showmigrations",
    "sqlmigrate",
    "verify_backup",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
    # Pages give up after 30 s; a command may load or compute as long as it needs.
    os.environ.setdefault("STATEMENT_TIMEOUT_MS", "0")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["KAM_DB_ROLE"] = "owner"
    try:
        with ensure() as servers:
            os.environ.update(servers.environment())
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except ServerError as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
