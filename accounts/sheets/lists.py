"""Saved views, own fields and what was decided of duplicates, as they stand in their lists."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import OwnField
from accounts.selectors import saved_views, twins
from kam.exports.registry import Sheet, exported, moment, text, whole
from kam.lib.navigation import VIEWED
from kam.lib.scoping import current


@exported("saved_views", title=gettext_lazy("Views"), route="saved_view_list")
def views(query, of):
    columns = [
        text(_("Name")), text(_("List")), text(pgettext("view", "Whose")), text(_("Who sees it")),
        text(_("Filters")),
    ]  # fmt: skip
    rows = saved_views.views()

    def lines():
        for row in rows:
            yield (
                row.name, str(VIEWED[row.page]), saved_views.whose(row.person, current()), row.get_shared_display(),
                row.query or None,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("own_fields", title=gettext_lazy("Own fields"), route="own_field_list")
def own_fields(query, of):
    columns = [
        text(pgettext("of a card", "Field")), text(_("Kind")), text(_("Answers")), text(_("help")),
        text(_("Still asked")), whole(_("Id for programs")),
    ]  # fmt: skip
    rows = OwnField.objects.order_by("is_retired", "position", "pk")

    def lines():
        for row in rows:
            yield (
                row.name, row.get_kind_display(), ", ".join(row.options) or None,
                row.help or None, _("no") if row.is_retired else _("yes"), row.pk,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("twins", title=gettext_lazy("Duplicates"), route="twin_list")
def decided(query, of):
    columns = [
        text(_("Client")), text(_("The other card")), text(_("Decision")), text(_("Who")),
        moment(_("When")), moment(_("Taken back")),
    ]  # fmt: skip
    rows = twins.decided()

    def lines():
        for row in rows:
            yield (
                row.kept.name, row.other_name, row.get_decision_display(),
                str(row.person) if row.person else None, row.at, row.undone_at,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())
