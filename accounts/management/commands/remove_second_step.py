"""Take the second step of signing in away from somebody who has lost it."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import second_step
from kam.lib.scoping import acting_system


class Command(BaseCommand):
    help = "Take app, passkeys and recovery codes away: the password alone lets this person in."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(_("Nobody signs in with this e-mail."))
        with acting_system("command line"):
            count = second_step.remove_all(person)
        said = ngettext("%(n)s second step removed.", "%(n)s second steps removed.", count)
        self.stdout.write(said % {"n": count} if count else _("There was no second step."))
