"""Onboarding: plans of new KAMs, and the steps of one."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Onboarding
from accounts.selectors import onboarding as found
from kam.exports.registry import Sheet, day, exported, text, whole
from kam.lib.periods import today
from kam.lib.views import find


@exported("onboardings", title=gettext_lazy("Onboarding"), route="onboarding_list")
def onboardings(query, of):
    columns = [
        text(_("KAM")), text(pgettext("onboarding", "Plan")), day(_("First day")),
        whole(_("Steps done")), whole(_("Steps")), whole(pgettext("onboarding", "Overdue")),
        day(_("Last step due")), day(_("Ended on")), text(pgettext("onboarding", "Outcome")),
    ]  # fmt: skip
    rows = (
        (
            row.plan.person.name, row.plan.name, row.plan.begun, row.done, row.steps, row.late,
            row.last_due, row.plan.ended_on,
            row.plan.get_outcome_display() if row.plan.outcome else None,
        )
        for row in found.with_progress(today())
    )  # fmt: skip
    return Sheet(columns, rows)


@exported(
    "onboarding_steps", title=gettext_lazy("Steps of an onboarding"), route="onboarding_detail"
)
def onboarding_steps(query, of):
    plan = find(Onboarding, pk=of)
    columns = [
        whole(pgettext("onboarding", "Week")), text(pgettext("onboarding", "Step")),
        text(_("How")), text(_("Who helps")), text(pgettext("onboarding", "Colleague")),
        day(pgettext("onboarding", "By when")), day(_("Done on")), text(_("What came of it")),
    ]  # fmt: skip
    rows = (
        (
            step.week, step.name, step.details, step.helper,
            step.helped_by.name if step.helped_by else None, step.due, step.done_on, step.note,
        )
        for step in found.steps_of(plan)
    )  # fmt: skip
    return Sheet(columns, rows)
