"""What would go by the rules of keeping, and who looked at contact data."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import access_log
from accounts.services import retention
from accounts.services.retention_rows import line
from accounts.views.retention import asked_rules
from kam.exports.registry import Sheet, day, exported, in_batches, moment, text, whole
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


@exported("accesses", title=gettext_lazy("Who looked"), route="access_list")
def accesses(query, of):
    rows = access_log.looks(access_log.Asked.of(query))
    columns = [
        day(_("Day")), text(_("Who")), text(_("Key")), text(_("Client")), text(pgettext("access", "How")),
        text(_("Ids of contacts")), whole(_("Times")), moment(pgettext("access", "First")),
        moment(pgettext("access", "Last")),
    ]  # fmt: skip

    def lines():
        for batch in in_batches(rows.iterator(chunk_size=1_000)):
            for look in access_log.told(batch):
                row = look.row
                yield (
                    row.day, str(look.who or row.actor_id), look.key or None,
                    look.client.name if look.client else None, ", ".join(map(str, look.ways)),
                    ", ".join(map(str, row.contacts)), row.views, row.first_at, row.last_at,
                )  # fmt: skip

    return Sheet(columns, lines(), rows.count())
