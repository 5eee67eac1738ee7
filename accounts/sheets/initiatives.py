"""Initiatives, the clients invited to one, and whom it fits."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Initiative
from accounts.selectors import initiatives as found
from accounts.services import fitting
from accounts.services.initiatives import rest_in_words
from kam.exports.registry import Sheet, day, exported, money, text, whole
from kam.lib.periods import today
from kam.lib.views import find


@exported("initiatives", title=gettext_lazy("Initiatives"), route="initiative_list")
def initiatives(query, of):
    columns = [
        text(_("Initiative")), text(_("Kind")), text(_("What it is to reach")),
        text(pgettext("initiative", "Stage")), text(_("Who answers")),
        day(pgettext("initiative", "Began")), day(pgettext("initiative", "Ended")),
        whole(pgettext("initiative", "Invited")), whole(pgettext("initiative", "Agreed")),
        whole(pgettext("initiative", "Declined")), whole(pgettext("initiative", "Took part")),
        money(_("Expected a year")), money(_("Brought in fact")),
    ]  # fmt: skip
    rows = list(found.filtered(query.get("stage", "")[:20], query.get("kind", "")[:20]))
    answers = found.answers([row.pk for row in rows])

    def cells():
        for row in rows:
            said = answers.get(row.pk, found.Answers())
            yield (
                row.name, row.get_kind_display(), row.goal, row.get_stage_display(),
                row.owner.name if row.owner else None, row.began, row.ended, said.invited,
                said.agreed, said.declined, said.took_part, row.expected, said.realised,
            )  # fmt: skip

    return Sheet(columns, cells())


@exported(
    "initiative_invitations", title=gettext_lazy("Invited clients"), route="initiative_detail"
)
def invitations(query, of):
    columns = [
        text(_("Client")), text(_("KAM")), text(_("Who is asked")), day(_("Invited on")),
        text(_("Answer")), day(_("Answered on")), text(_("In their words")),
        whole(_("Fit, points")), text(_("Why asked again so soon")), money(_("Expected a year")),
        money(_("Brought in fact")),
    ]  # fmt: skip
    rows = found.invitations().filter(initiative=find(Initiative, pk=of))
    cells = (
        (
            row.client.name, row.client.owner.name if row.client.owner else None,
            row.contact.name if row.contact else None, row.invited_on, row.get_state_display(),
            row.answered_on, row.words, row.points, row.despite, row.expected, row.realised,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported(
    "initiative_candidates", title=gettext_lazy("Whom to invite"), route="initiative_candidates"
)
def candidates(query, of):
    columns = [
        text(_("Client")), text(_("KAM")), whole(_("Fit, points")), text(_("Why")),
        text(_("Asked lately")), text(_("Answer")),
    ]  # fmt: skip
    cells = (
        (
            each.client.name, each.client.owner.name if each.client.owner else None,
            each.fit.points, "; ".join(f"{why} (+{points})" for why, points in each.reasons),
            rest_in_words(each.asked) if each.asked else None,
            each.invitation.get_state_display() if each.invitation else None,
        )
        for each in fitting.candidates(find(Initiative, pk=of), today())
    )  # fmt: skip
    return Sheet(columns, cells)
