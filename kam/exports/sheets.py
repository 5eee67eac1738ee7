"""The lists of the frame itself: jobs and the audit trail; and all of the company at once."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.audit.selectors import events
from kam.audit.words import details, what, who, words
from kam.jobs.models import Job

from .company.leaving import write_company
from .registry import Sheet, exported, in_one_file, moment, text, whole


@exported("jobs", title=gettext_lazy("Jobs"), route="job_list")
def jobs(query, of):
    rows = Job.objects.select_related("actor")
    columns = [
        text(_("Job"), "job"), text(_("Status"), "status"), whole(_("Done"), "progress"),
        whole(_("Of"), "progress"), text(_("Asked by"), "person"), moment(_("Created"), "created"),
        moment(_("Started")), moment(_("Finished")), whole(_("Attempts"), "attempts"),
        text(_("What went wrong")),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            yield (
                str(row.title), row.get_status_display(), row.done, row.total or None,
                str(row.actor) if row.actor else _("the system"), row.created_at, row.started_at,
                row.finished_at, row.attempts, row.error,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("events", title=gettext_lazy("Audit trail"), route="event_list")
def trail(query, of):
    rows = events(query.get("action", ""), query.get("person", ""))
    columns = [
        whole(_("Number")), moment(_("When")), text(_("Who")), text(_("Action")),
        text(_("Object")), text(_("Details")), text(_("Request or job")),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            told = ", ".join(f"{name}: {value}" for name, value in details(row.details))
            yield (
                row.pk, row.at, who(row.actor_name), words(row.action),
                what(row.object_type, row.object_id), told, row.request_id,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@in_one_file("company", title=gettext_lazy("The whole company"), route="company_edit", format="zip")
def company(path, tell):
    """Every table and kept file, without passwords and keys."""
    return sum(entry["rows"] for entry in write_company(path, tell=tell)["tables"])
