"""Tasks of the team."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import tasks as found
from accounts.services.task_words import rule_in_words
from accounts.views.tasks import filters_of, in_team
from kam.exports.registry import Sheet, day, exported, text
from kam.lib.periods import today
from kam.lib.scoping import current


@exported("tasks", title=gettext_lazy("Tasks"), route="task_team")
def tasks(query, of):
    rows = in_team(found.filtered(filters_of(query), today()), current())
    columns = [
        day(_("By when")), text(_("What is to be done")), text(_("Client")), text(_("Who")),
        text(pgettext("task", "Asked by")), text(pgettext("task", "State")), text(_("Repeats")),
        day(pgettext("task", "Settled")), text(_("Why it was returned")), text(_("Details")),
    ]  # fmt: skip
    cells = (
        (
            row.due, row.what, row.client.name if row.client else None, row.owner.name,
            row.giver.name if row.is_asked_of_another else None, row.get_state_display(),
            rule_in_words(row.rule, row.due), row.settled_on, row.word, row.note,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
