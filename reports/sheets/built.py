"""The rows of a built report, all of them."""

from django.utils.translation import gettext_lazy

from kam.exports.registry import Sheet, exported, money, share, text, whole
from kam.lib.views import find
from reports.dashboards import built_words as words
from reports.dashboards.built import built
from reports.figures.built_choices import Definition
from reports.forms.built_reports import choices
from reports.models import BuiltReport

KINDS = {"money": money, "percent": share, "count": whole}


@exported("built_report", title=gettext_lazy("Report builder"), route="report_built_new")
def rows(query, of):
    kept = Definition.of(find(BuiltReport, pk=of).definition) if of else None
    form = choices(query, kept)
    if not form.is_valid():
        return Sheet([], [])
    found = built(form.definition)
    columns = [
        text(words.DIMENSIONS[found.asked.rows], "name"),
        *(KINDS[each.unit](each.label, each.key) for each in found.columns),
    ]
    return Sheet(columns, ((row.name, *row.values) for row in found.all()), len(found))
