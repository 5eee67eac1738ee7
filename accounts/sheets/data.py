"""Files that came in, and the rows that wait for a client."""

import json

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import QuarantinedRow
from accounts.selectors import imports as found
from accounts.selectors.connections import connections
from accounts.selectors.imports import Stranger
from accounts.services.connection_words import words as problem
from kam.exports.registry import Sheet, day, exported, moment, money, text, whole
from kam.lib.views import find


@exported("imports", title=gettext_lazy("Imports"), route="import_list")
def imports(query, of):
    rows = found.batches()
    columns = [
        moment(_("When")), text(_("What")), text(_("File")), text(_("Source")),
        text(_("Asked by")), whole(_("Rows")), whole(_("Refused")), whole(_("In quarantine")),
        moment(_("Undone")), text("SHA-256"),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=500):
            report = row.report
            yield (
                row.at, row.get_kind_display(), row.filename, row.source,
                str(row.asked_by) if row.asked_by else _("the command line"), report.get("rows"),
                report.get("found", {}).get("errors", 0),
                report.get("quarantined", {}).get("rows", 0), row.undone_at, row.sha256,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("connections", title=gettext_lazy("Connections"), route="connection_list")
def connected(query, of):
    columns = [
        text(_("Name")), text(_("System")), text(_("Address")), text(_("Source")),
        text(_("How often")), moment(_("Last read")), text(_("State")),
    ]  # fmt: skip
    rows = (
        (
            row.name, row.get_system_display(), row.address, row.source, row.get_every_display(),
            row.finished_at, problem(row.error) or _("in order") if row.is_active
            else _("turned off"),
        )
        for row in connections()
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("quarantine", title=gettext_lazy("Quarantine"), route="quarantine_list")
def quarantine(query, of):
    rows = found.strangers(query.get("q", "")[:120])
    columns = [
        text(_("Whom the rows name")), text(_("Source")), whole(_("Rows")), money(_("Amount")),
        day(_("First")), day(_("Last")),
    ]  # fmt: skip

    def lines():
        for each in rows.iterator(chunk_size=2_000):
            row = Stranger(**each)
            yield row.words, row.source, row.rows, row.amount, row.since, row.until

    return Sheet(columns, lines(), rows.count())


@exported("quarantined", title=gettext_lazy("Rows in quarantine"), route="quarantine_detail")
def quarantined(query, of):
    """The rows that name the same as this one."""
    rows = found.rows_like(find(QuarantinedRow, pk=of))
    columns = [
        text(_("What")), text(_("Source")), text(_("File")), whole(_("Row")), day(_("Date")),
        money(_("Amount")), text(_("As it stands in the file")),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            yield (
                row.kind, row.source, row.batch.filename, row.row, row.date, row.amount,
                json.dumps(row.data, ensure_ascii=False, sort_keys=True),
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())
