"""Processes of a client with the steps of their runs, and the standards."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import RunStep
from accounts.selectors import processes as found
from accounts.views.clients import _found
from kam.exports.registry import Sheet, day, exported, text, whole


@exported("processes", title=gettext_lazy("Processes of a client"), route="client_processes")
def processes(query, of):
    """Every step of every run, the latest run first."""
    client = _found(of)
    rows = (
        RunStep.objects.filter(run__process__client=client)
        .select_related("run__process", "responsible", "settled_by")
        .order_by("-run__started_on", "-run", "due", "pk")
    )
    columns = [
        text(_("Process")), day(_("Begun")), text(_("Why it began")), day(_("Ended")),
        text(_("How it ended")), text(_("Step")), text(_("State")), day(_("Due")),
        text(_("Who answers for it")), day(_("Settled on")), text(_("Settled by")), text(_("Note")),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            run = row.run
            yield (
                run.process.name, run.started_on, run.cause_text, run.ended_on,
                run.get_outcome_display() if run.outcome else None, row.name,
                row.get_state_display(), row.due, str(row.responsible) if row.responsible else None,
                row.settled_on, str(row.settled_by) if row.settled_by else None, row.note,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("process_templates", title=gettext_lazy("Standards"), route="process_template_list")
def templates(query, of):
    columns = [
        text(_("Standard")), whole(_("Step number")), text(_("Step")), text(_("Function")),
        whole(_("Within days")), text(_("Details")), text(_("Done when")),
    ]  # fmt: skip
    rows = (
        (
            template.name, at, step.name, step.get_function_display() if step.function else None,
            step.days, step.details, step.check_by,
        )
        for template in found.templates()
        for at, step in enumerate(template.listed, start=1)
    )  # fmt: skip
    return Sheet(columns, rows)
