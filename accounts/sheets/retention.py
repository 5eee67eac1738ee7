"""What would go by the rules of keeping."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.services import retention
from accounts.services.retention_rows import line
from accounts.views.retention import asked_rules
from kam.exports.registry import Sheet, day, exported, text
from kam.lib.periods import today


@exported(
    "retention", title=gettext_lazy("What would go by the time of keeping"), route="retention"
)
def due(query, of):
    _form, rules = asked_rules(query, retention.rules())
    columns = [
        text(pgettext("retention", "Kind")), text(_("What")), text(_("Client")), day(_("Counted from")),
    ]  # fmt: skip
    on = today()
    kinds = [
        (category, rows)
        for category in retention.CATEGORIES
        if (rows := retention.rows_of(category, getattr(rules, category.key), on)) is not None
    ]

    def lines():
        for category, rows in kinds:
            for row in rows.iterator(chunk_size=1_000):
                told = line(row)
                yield str(category.title), told.what, told.client or None, told.since

    return Sheet(columns, lines(), sum(rows.count() for _category, rows in kinds))
