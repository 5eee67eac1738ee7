"""The findings of the loader in words; those of the reader come from the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.importing import Issue, message

MESSAGES = {
    "client.ambiguous": _(
        "several clients fit %(reference)s. Add the external id or INN and KPP to the row"
    ),
    "client.same_row": _("this is the same client as in row %(first)s; both became one client"),
    "country.unknown": _(
        "the country “%(value)s” is not known and was left out. Write its name or two-letter code"
    ),
    "manager.unknown": _(
        "nobody here has the name or e-mail “%(value)s”; the client has no KAM from this row"
    ),
    "contact.role_unknown": _("the role “%(value)s” is not known and was left empty"),
    "contact.erased": _(
        "this person was destroyed by an act and is not taken in again; the row was left out"
    ),
    "contact.blocked": _(
        "this person is blocked: nothing about them is changed, and the row was left out"
    ),
    "interaction.kind_unknown": _("the kind “%(value)s” is not known; it was taken as a note"),
    "satisfaction.range": _("satisfaction is a whole number from 1 to 10, here it is %(value)s"),
    "text.cut": _("the text is longer than %(longest)s characters and was cut"),
    "number.too_large": _("the number is too large to be an amount; check the decimal sign"),
    "document.dates_differ": _(
        "lines of document %(number)s have different dates. One document has one date"
    ),
    "document.clients_differ": _(
        "lines of document %(number)s name different clients. One document has one client"
    ),
    "document.currencies_differ": _(
        "lines of document %(number)s are in different currencies. One document has one currency"
    ),
    "document.recorded_differ": _(
        "lines of document %(number)s were recorded on different days. Load every version of a "
        "document from a file of its own"
    ),
    "currency.no_rate": _(
        "there is no rate of %(currency)s on or before %(date)s. Add the rate and load the file "
        "again"
    ),
    "payment.duplicate": _(
        "this payment is already in row %(first)s of the file; it was counted once"
    ),
    "kind.no_loader": _("files of the kind “%(kind)s” cannot be loaded here"),
    "kind.unclear": _(
        "it is not clear what the file lists. Say what: clients, contacts, products, documents, "
        "payments, interactions or ratings"
    ),
    "file.not_found": _("there is no such file: %(file)s"),
    "file.unreadable": _("the file %(file)s cannot be opened"),
    "user.unknown": _("there is no user with the e-mail %(email)s"),
    "map.invalid": _("“%(value)s” is not COLUMN=FIELD"),
}


def text(issue: Issue, language: str, *, page: bool = False) -> str:
    """One finding as a sentence in ``language`` ("ru" or "en").

    page: for who answers on a page, where the command would name its options.
    """
    template = MESSAGES.get(issue.code)
    if template is None:
        return message(issue, language, page=page)
    with override(language):
        sentence = str(template) % issue.params
        place = [
            str(words) % {"place": value}
            for words, value in (
                (_("row %(place)s"), issue.row),
                (_("column “%(place)s”"), issue.column),
            )
            if value is not None
        ]
    sentence = _capital(sentence).rstrip(".") + "."
    return f"{_capital(', '.join(place))}: {sentence}" if place else sentence


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
