"""Our own people, teams, and what the product has told a person."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.selectors import people as directory
from accounts.services import notices as told
from kam.exports.registry import Sheet, exported, moment, text, whole
from kam.lib.scoping import current


@exported("people", title=gettext_lazy("People"), route="person_list")
def people(query, of):
    columns = [
        text(_("Name and surname")), text(_("E-mail")), text(_("Role")), text(_("Function")),
        text(_("Team")), text(_("State")), moment(_("Last sign-in")), whole(_("Key client places")),
    ]  # fmt: skip
    rows = (
        (
            row.name, row.email, row.get_role_display(),
            row.get_function_display() if row.function else None,
            row.team.name if row.team else None,
            _("active") if row.is_active else _("may not sign in"), row.last_login, row.key_slots,
        )
        for row in directory.people()
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("teams", title=gettext_lazy("Teams"), route="team_list")
def teams(query, of):
    rows = ((row.name, row.size) for row in directory.teams())
    return Sheet([text(_("Name")), whole(_("People"))], rows)


@exported("notices", title=gettext_lazy("Notices"), route="notice_list")
def notices(query, of):
    rows = ((each.row.created_at, each.text) for each in told.unseen_of(current()))
    return Sheet([moment(_("When")), text(_("What"))], rows)
