"""Plans: all clients with theirs, and those of one client."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import plans as found
from accounts.views.clients import _found
from accounts.views.plans import filters_of
from kam.exports.registry import Sheet, day, exported, text, whole
from kam.lib.periods import company_zone, today


@exported("plans", title=gettext_lazy("Account plans"), route="plan_list")
def plans(query, of):
    columns = [
        text(_("Client")), text(_("KAM")), text(pgettext("client", "Plan")),
        text(pgettext("plan", "State")), day(pgettext("day", "From")),
        day(pgettext("day", "Until")), whole(_("Days untouched")), whole(_("Open actions")),
        whole(_("Overdue actions")), day(_("Next action")), whole(_("Who takes part")),
        whole(_("Have read it")),
    ]  # fmt: skip
    cells = (
        (line.client.name, line.client.owner.name if line.client.owner else None, *_plan(line))
        for line in found.overview(filters_of(query), today())
    )
    return Sheet(columns, cells)


def _plan(line: found.Line) -> tuple:
    plan = line.plan
    if plan is None:
        return (None,) * 10
    return (
        plan.title, plan.get_state_display(), plan.starts, plan.ends, line.untouched, line.open,
        line.overdue, line.next_due, line.participants, line.acknowledged,
    )  # fmt: skip


@exported("client_plans", title=gettext_lazy("Plans of a client"), route="client_plans")
def client_plans(query, of):
    columns = [
        text(pgettext("client", "Plan")), text(pgettext("plan", "State")),
        day(pgettext("day", "From")), day(pgettext("day", "Until")),
        day(pgettext("plan", "Worked on")), whole(_("Times signed")),
    ]  # fmt: skip
    cells = (
        (
            plan.title, plan.get_state_display(), plan.starts, plan.ends,
            plan.touched_at.astimezone(company_zone()).date(), plan.number,
        )
        for plan in found.plans_of(_found(of).pk)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("plan_templates", title=gettext_lazy("Sections of plans"), route="plan_template_list")
def plan_templates(query, of):
    columns = [
        text(_("Template")), text(_("Section")), text(_("Kind")), text(_("Guiding question")),
    ]  # fmt: skip
    cells = (
        (template.name, row.name, row.get_kind_display(), row.question)
        for template in found.templates()
        for row in template.sections.all()
    )
    return Sheet(columns, cells)
