"""What the ranking proposes for the list, and what was decided."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.exports.registry import Sheet, exported, moment, number, text, whole
from scoring.models import Matrix
from scoring.selectors.decisions import decisions_of
from scoring.services import proposal
from scoring.services.decision_record import standing_words
from scoring.services.words import ground_words, outcome_words


def _matrix(of: int) -> Matrix:
    found = Matrix.objects.select_related("current_run__version__matrix").filter(pk=of).first()
    if found is None:
        raise Http404
    return found


@exported("proposal", title=gettext_lazy("What the ranking proposes"), route="matrix_decisions")
def proposed(query, of):
    run = _matrix(of).current_run
    columns = [
        whole(_("Place")), text(_("Client")), text(_("KAM")), number(_("Points"), 4),
        text(_("Standing now")), text(_("The ranking says")), text(_("Ground")),
        text(_("Proposed")), text(_("Changes")),
    ]  # fmt: skip
    rows = (
        (
            line.place, line.client.name, str(line.client.owner) if line.client.owner else None,
            line.score, line.before.get_value_display() if line.before else None,
            str(outcome_words(line.outcome)), str(ground_words(line.ground)),
            standing_words(line.proposed), _("yes") if line.changes else None,
        )
        for line in (proposal.propose(run).lines if run else ())
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("decisions", title=gettext_lazy("Decisions so far"), route="matrix_decisions")
def decided(query, of):
    columns = [
        whole(_("Number")), moment(_("Prepared")), moment(_("Closed")), text(_("Status")),
        text(_("Who")), text(_("Why")), whole(_("Changes")), whole(_("Otherwise than proposed")),
    ]  # fmt: skip
    rows = (
        (
            row.pk, row.created_at, row.closed_at, row.get_status_display(),
            str(row.closed_by or row.author or ""), row.reason, row.changes, row.overridden,
        )
        for row in decisions_of(_matrix(of).pk)
    )  # fmt: skip
    return Sheet(columns, rows)
