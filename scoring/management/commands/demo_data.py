"""Fill an empty workspace with an invented distributor and its clients."""

import datetime as dt
import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services.demo.load import ClientsExist
from accounts.services.demo.people import PASSWORD
from accounts.services.demo.shapes import Size
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from scoring.services.demo import WORDS, clear_workspace, make_workspace

SIGN_INS = "demo-sign-ins.txt"
REFUSED = 2


class Command(BaseCommand):
    help = (
        "Fill an empty workspace with an invented distributor: clients, documents, payments, "
        "conversations, ratings, and people in every role.  The same seed and date give the "
        "same workspace."
    )

    def add_arguments(self, parser):
        parser.add_argument("--clients", type=int, default=380, metavar="N")
        parser.add_argument("--months", type=int, default=34, metavar="M", help="of history")
        parser.add_argument("--seed", type=int, default=7, metavar="S")
        parser.add_argument("--lang", choices=sorted(WORDS), default="ru")
        parser.add_argument(
            "--lines", type=int, metavar="L", help="about so many document lines, by buying less"
        )
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="today in the workspace"
        )
        parser.add_argument("--reset", action="store_true", help="remove all clients first")
        parser.add_argument("--yes", action="store_true", help="goes with --reset: no question")

    def handle(self, *, clients, months, seed, lang, lines, as_of, reset, yes, **options):
        if clients < 1 or months < 1 or seed < 0 or (lines is not None and lines < 1):
            raise CommandError(
                "--clients, --months and --lines are at least 1, --seed at least 0",
                returncode=REFUSED,
            )
        if reset and not yes:
            raise CommandError(
                "--reset removes every client with its documents; say --yes as well",
                returncode=REFUSED,
            )
        size = Size(clients, months, seed, as_of or today(), lines)
        with acting_system("demo data"):
            if reset:
                clear_workspace()
            try:
                loaded = make_workspace(lang, size, self._progress())
            except ClientsExist:
                raise CommandError(
                    "there are clients already; a demo workspace needs an empty one "
                    "(--reset --yes removes them)",
                    returncode=REFUSED,
                ) from None
        for table, rows in loaded.rows.items():
            self.stdout.write(f"{rows:>12,} {table.partition('_')[2]}")
        sign_ins = sign_in_text(lang, loaded.people)
        write_private(settings.HOME / SIGN_INS, sign_ins)
        self.stdout.write(sign_ins)

    def _progress(self):
        """A line for each tenth of the clients."""
        told = 0

        def progress(done: int, total: int) -> None:
            nonlocal told
            if done * 10 // total > told:
                told = done * 10 // total
                self.stdout.write(f"{done:>12,} / {total:,}")
                self.stdout.flush()

        return progress


def sign_in_text(language: str, people) -> str:
    """Who can sign in, one line each, in the language of the workspace."""
    with translation.override(language):
        lines = [_("Password for everyone: %(password)s") % {"password": PASSWORD}]
        for person in people:
            role = person.get_role_display()
            if person.function:
                role = f"{role}, {person.get_function_display()}"
            lines.append(f"{person.email:<42} {person.name:<20} {role}")
    return "\n".join(lines) + "\n"


def write_private(path, text: str) -> None:
    """Write a file that only this user can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
