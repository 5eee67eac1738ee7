"""``manage.py release_outgoing``: let out what is held back since a restore."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from kam.jobs import holding
from kam.jobs.registry import title_of
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = "Let jobs that call or write to others run again."

    def add_arguments(self, parser):
        parser.add_argument("--list", action="store_true", help="only say what waits")
        parser.add_argument("--drop", action="store_true", help="cancel what waits")

    def handle(self, *, drop: bool, **options) -> None:
        with acting_system("command release_outgoing"):
            waiting = holding.waiting()
            for kind, count in sorted(waiting.items()):
                self.stdout.write(f"{count}  {title_of(kind)} ({kind})")
            if options["list"]:
                if not waiting:
                    self.stdout.write(_("Nothing waits."))
                return
            if holding.held() is None:
                self.stdout.write(_("Nothing is held back."))
                return
            count = holding.release(drop=drop)
        said = _("Dropped: %(n)s.") if drop else _("Released: %(n)s.")
        self.stdout.write(said % {"n": count})
