"""``manage.py audit_verify``: hold the audit trail against its seals."""

import re

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.audit import sealing
from kam.audit.words import FAULTS
from kam.lib.scoping import acting_system

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Hold the audit trail against its seals. Exit code 1 where an event was altered, removed "
        "or slipped in; prints the head of the last seal, to be kept on another machine."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--head", default="", metavar="NUMBER:HASH", help="a head that was noted earlier"
        )
        parser.add_argument("--seal", action="store_true", help="first seal what has been added")

    def handle(self, *, head: str, seal: bool, **options) -> None:
        if head and not re.fullmatch(r"\d+:[0-9a-f]{64}", head):
            raise CommandError(_("A head is a number, a colon and 64 hexadecimal digits."))
        with acting_system("command audit_verify"):
            if seal:
                sealing.seal()
            found = sealing.verify(head)
        for fault in found.faults[:SHOWN]:
            self.stderr.write(str(FAULTS[fault.kind]) % {"number": fault.number})
        if found.faults:
            count = len(found.faults)
            raise CommandError(
                ngettext("%(count)s fault in the trail.", "%(count)s faults in the trail.", count)
                % {"count": count}
            )
        self.stdout.write(
            _("Nothing was altered: %(events)s events in %(seals)s seals.")
            % {"events": found.events, "seals": found.seals}
        )
        if found.head:
            self.stdout.write(_("Head to be kept elsewhere: %(head)s") % {"head": found.head})
