"""Goals with how they stand."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.services.goals import STATE_WORDS
from accounts.views.goal_progress import filters_of, listed, state_of
from kam.exports.registry import Sheet, day, exported, number, share, text
from kam.lib.periods import today


@exported("goals", title=gettext_lazy("Goals"), route="goal_list")
def goals(query, of):
    columns = [
        text(_("Client")), text(_("Whose goal")), text(_("Why?")), text(_("What for?")),
        text(_("How?")), text(_("Who answers")), text(_("How it stands")), number(_("Start")),
        number(_("Now")), number(_("Target")), text(_("Unit")), share(_("Done")),
        share(_("Expected by today")), number(_("Leads to")), day(_("By when")),
    ]  # fmt: skip

    def rows():
        for row in listed(filters_of(query), today()):
            goal, progress = row.goal, row.progress
            yield (
                goal.client.name, goal.get_side_display(), goal.why, goal.what_for, goal.how,
                goal.owner.name if goal.owner else None, str(STATE_WORDS[state_of(row)]), goal.start,
                progress.value if progress else None, goal.target, goal.unit,
                progress.done if progress else None, progress.expected if progress else None,
                progress.forecast if progress else None, goal.due,
            )  # fmt: skip

    return Sheet(columns, rows())
