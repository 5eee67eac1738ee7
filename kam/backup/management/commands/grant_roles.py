"""``manage.py grant_roles``: what the role for business intelligence may read."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from kam.backup.readers import ROLE, grant, readable


class Command(BaseCommand):
    help = (
        "Give kam_readonly the tables of business to read, and nothing else. migrate does this by "
        "itself; run it where the role was made after that."
    )

    def handle(self, **options) -> None:
        with connection.cursor() as cursor:
            tables = grant(cursor.cursor)
        if tables is None:
            raise CommandError(_("There is no role %(role)s: create it first.") % {"role": ROLE})
        every = len(readable())
        if tables < every:
            raise CommandError(
                _("%(role)s reads %(tables)s of %(all)s tables: give the rights as the owner of the "
                  "tables (DATABASE_OWNER_URL), after migrate.")
                % {"role": ROLE, "tables": tables, "all": every}
            )  # fmt: skip
        said = {"role": ROLE, "tables": tables}
        self.stdout.write(_("%(role)s reads %(tables)s tables.") % said)
