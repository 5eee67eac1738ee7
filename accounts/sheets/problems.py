"""Problems, signals and what is not written down, as files."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import ledger
from accounts.selectors import problems as found
from accounts.services.radar_words import evidence_of
from accounts.views import problems as pages
from accounts.views import radar
from accounts.views.clients import _found
from kam.exports.registry import Sheet, day, exported, text, whole
from kam.lib.periods import today
from kam.lib.scoping import current


@exported("problems", title=gettext_lazy("Problems"), route="problem_list")
def problems(query, of):
    return _problems(found.filtered(pages.filters_of(query)))


@exported("client_problems", title=gettext_lazy("Problems of a client"), route="client_problems")
def client_problems(query, of):
    return _problems(found.of_clients(ledger.legal_entities(_found(of), today())))


def _problems(rows) -> Sheet:
    columns = [
        text(_("Client")), text(_("What is wrong")), text(pgettext("problem", "Kind")),
        text(pgettext("problem", "Severity")), text(_("Who answers")),
        text(pgettext("problem", "State")), day(_("Raised")), text(_("How we solve it")),
        day(pgettext("problem", "Closed")), text(_("How it ended")), text(_("What came of it")),
    ]  # fmt: skip
    cells = (
        (
            row.client.name, row.what, row.get_kind_display(), row.get_severity_display(),
            row.owner.name if row.owner else None, row.get_state_display(), row.raised_on,
            row.solution, row.closed_on, row.get_outcome_display() if row.outcome else None,
            row.came_of_it,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("signals", title=gettext_lazy("Signals"), route="signal_list")
def signals(query, of):
    columns = [
        text(_("Client")), text(pgettext("problem", "Kind")), text(_("How urgent")),
        text(_("Evidence")), day(_("Found")), text(pgettext("problem", "State")), text(_("Why")),
    ]  # fmt: skip
    rows = found.filtered_signals(radar.filters_of(query), today())
    cells = (
        (
            row.client.name, row.get_kind_display(), row.get_level_display(),
            " ".join(said.text for said in evidence_of(row)), row.since, row.get_state_display(),
            row.reason,
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)


@exported("data_quality", title=gettext_lazy("Quality of data"), route="data_quality")
def data_quality(query, of):
    columns = [
        text(_("Client")), text(_("KAM")), whole(_("Written down, %")), text(_("Missing")),
    ]  # fmt: skip
    rows = radar.quality_rows(query, current())
    cells = (
        (
            row.name, row.owner.name if row.owner else None, row.quality,
            ", ".join(str(name) for _key, name, _route in radar.wanted_of(row)),
        )
        for row in rows.iterator(chunk_size=2_000)
    )  # fmt: skip
    return Sheet(columns, cells)
