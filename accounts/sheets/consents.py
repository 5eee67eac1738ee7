"""People who have not been told that we have their data, what people said, and the purposes."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import consents as found
from accounts.services import processing_register as register
from kam.exports.registry import Sheet, day, exported, text, whole
from kam.lib.periods import today

from .people import exportable


@exported("not_told", title=gettext_lazy("People who have not been told"), route="not_told_list")
def not_told(query, of):
    now = today()
    rows = exportable(found.not_told())
    columns = [
        text(_("Name and surname")), text(_("Client")), text(pgettext("contact", "E-mail")), text(_("Phone")),
        text(_("Came from")), day(_("Came on")), day(_("Tell by")), whole(_("Days left")),
    ]  # fmt: skip

    def lines():
        for row in rows.iterator(chunk_size=2_000):
            left = found.waiting(row, now)
            yield (
                row.name, row.client.name, row.email, row.phone, row.source, row.came_on,
                left.due, left.left,
            )  # fmt: skip

    return Sheet(columns, lines(), rows.count())


@exported("purposes", title=gettext_lazy("Purposes"), route="purpose_list")
def purposes(query, of):
    columns = [
        text(_("Purpose")), text(pgettext("law", "Basis")), text(_("By law")),
        text(_("Text of the consent in use")), text(pgettext("purpose", "In use")),
        whole(_("Agree")), whole(_("Refuse")),
    ]  # fmt: skip
    rows = (
        (
            row.label, row.get_basis_display(), row.law, row.text_version,
            _("yes") if row.is_active else _("no"), row.agreed, row.refused,
        )
        for row in found.purposes()
    )  # fmt: skip
    return Sheet(columns, rows)


@exported(
    "processing_register",
    title=gettext_lazy("Register of processing"),
    route="processing_register",
)
def processing_register(query, of):
    columns = [
        text(pgettext("register", "Part")),
        text(_("What")),
        text(_("Said")),
        text(_("Note")),
    ]
    lines = [
        (part.title, row.what, row.said, row.note)
        for part in register.register()
        for row in part.rows
    ]
    return Sheet(columns, lines, len(lines))
