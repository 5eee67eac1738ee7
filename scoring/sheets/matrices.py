"""Matrices, criteria, and what was tried on history."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.exports.registry import Sheet, day, exported, moment, number, share, text, whole
from scoring.models import Criterion, Matrix, MatrixVersion
from scoring.selectors.backtests import backtests as backtests_of
from scoring.selectors.matrices import matrices as all_matrices
from scoring.selectors.matrices import matrices_of_criteria
from scoring.services.backtest_words import Report
from scoring.services.explanation import source_label
from scoring.views.matrices import anchors


@exported("matrices", title=gettext_lazy("Matrices"), route="matrix_list")
def matrices(query, of):
    """A row for each criterion of each version."""
    columns = [
        text(_("Matrix")), whole(_("Version")), text(_("Status")), text(_("Criterion")),
        share(_("Weight")), text(_("Source")), day(_("Ranked as of")), whole(_("Selected")),
    ]  # fmt: skip

    def rows():
        for matrix in all_matrices():
            run = matrix.current_run
            for version in matrix.versions.all():
                active = version.status == MatrixVersion.Status.ACTIVE and run is not None
                total = sum(row.weight for row in version.criteria.all())
                for row in version.criteria.all():
                    yield (
                        matrix.name, version.number, version.get_status_display(),
                        row.criterion.label, row.weight / total if total else None,
                        str(source_label(row.measure)) if row.measure else _("people"),
                        run.as_of if active else None, run.selected if active else None,
                    )  # fmt: skip

    return Sheet(columns, rows())


@exported("criteria", title=gettext_lazy("Criteria"), route="criterion_list")
def criteria(query, of):
    used = matrices_of_criteria()
    columns = [
        text(_("Criterion")), text(_("Description")), text(_("Source")), text("1"), text("5"),
        text("10"), text(_("On the map")), text(_("In matrices")),
    ]  # fmt: skip

    def rows():
        for row in Criterion.objects.order_by("in_library", "position", "pk"):
            marks = dict(anchors(row))
            yield (
                row.label, row.description,
                str(source_label(row.measure)) if row.measure else _("people"),
                marks.get("1"), marks.get("5"), marks.get("10"),
                row.get_axis_display() if row.axis else None, ", ".join(used.get(row.pk, [])),
            )  # fmt: skip

    return Sheet(columns, rows())


@exported("backtests", title=gettext_lazy("What was tried"), route="matrix_backtests")
def backtests(query, of):
    if not Matrix.objects.filter(pk=of).exists():
        raise Http404
    columns = [
        text(_("Answer")), text(_("What counts")), whole(_("Dates")), number(_("On the list"), 0),
        text(_("Asked by")), moment(_("Asked on")), text(_("Status")),
    ]  # fmt: skip

    def rows():
        for row in backtests_of(of):
            report = Report(row)
            yield (
                str(report.title) if report.summary else None, str(report.target),
                len(report.dates) if report.summary else report.asked.origins, report.n,
                str(row.asked_by) if row.asked_by else _("the system"), row.created_at,
                row.job.get_status_display() if row.job else None,
            )  # fmt: skip

    return Sheet(columns, rows())
