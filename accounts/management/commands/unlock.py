"""End the waits after failed sign-ins of one person, at once."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import sign_in_waits
from kam.audit.services import record
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = "End the waits after failed sign-ins with this e-mail."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        count = sign_in_waits.unlock(email)
        person = User.objects.filter(email__iexact=email).first()
        with acting_system("command line"):
            record("sign_in.unlock", object=person)
        self.stdout.write(
            _("Whoever signs in with it need not wait any more.")
            if count
            else _("Nobody had to wait.")
        )
        if person is None:
            self.stderr.write(_("Nobody signs in with this e-mail."))
        elif not person.is_active:
            self.stderr.write(_("This person may not sign in: an administrator has to allow it."))
