"""Exceptional offers of a client, part by part."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.selectors import ledger
from accounts.selectors import offers as found
from accounts.views.clients import _found
from kam.exports.registry import Sheet, day, exported, text
from kam.lib.periods import today


@exported("client_offers", title=gettext_lazy("Exceptional offers"), route="client_offers")
def client_offers(query, of):
    columns = [
        text(_("Client")), text(_("Exceptional offer")), text(pgettext("offer", "State")),
        day(_("From")), day(_("Until")), text(pgettext("offer", "Kind")),
        text(_("What the client gets")), text(_("Product")), day(_("By when")),
        text(_("Who answers")), text(_("How we make sure of it")), text(pgettext("promise", "State")),
    ]  # fmt: skip
    now = today()

    def cells():
        for offer in found.offers_of(ledger.legal_entities(_found(of), now)):
            for part in offer.parts.all() or [None]:
                yield (
                    offer.client.name, offer.title, offer.state_on(now).label, offer.starts,
                    offer.ended_on or offer.ends, *_part(part),
                )  # fmt: skip

    return Sheet(columns, cells())


def _part(part):
    if part is None:
        return (None,) * 7
    said = part.promise or part
    return (
        part.get_kind_display(), said.what, str(part.product) if part.product else None, said.due,
        said.owner.name if said.owner else None, said.assured,
        part.promise.get_state_display() if part.promise else None,
    )  # fmt: skip
