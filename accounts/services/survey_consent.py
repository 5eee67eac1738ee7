"""Whether people may be asked in surveys: what they said to that purpose, and saying no by the link.

The purpose is one of the catalogue like any other; where it is not kept there, nobody is bound.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Consent, Contact, Purpose, User
from kam.lib.periods import today

from . import consents

KEY = "surveys"
# Of a permission that is not given: what the list of those left out says.
_WHY = {"refused": "declined", "withdrawn": "declined", "unused": "unused"}
_WHY |= dict.fromkeys(("never", "early", "ended"), "consent")


def _purpose() -> Purpose | None:
    return Purpose.objects.filter(key=KEY).first()


def against(people: Iterable[Contact]) -> dict[int, str]:
    """Contact -> why the law or their own word forbids to ask them now: "declined", "consent",
    "unused"."""
    people, purpose = list(people), _purpose()
    if purpose is None or not people:
        return {}
    may = consents.answers_for(people, [purpose])
    codes = {pk: permission.code for (pk, _purpose_id), permission in may.items() if not permission}
    return {pk: _WHY[code] for pk, code in codes.items() if code in _WHY}


def refuse(contact: Contact) -> None:
    """The person says no on the page of a survey."""
    purpose = _purpose()
    if purpose is None or not purpose.may_be_refused:
        return
    said = {
        "answer": Consent.Answer.REFUSES,
        "given_on": today(),
        "channel": Consent.Channel.WEB,
        "source": _("on the page of a survey"),
    }
    consents.note(contact, purpose, said, None)


def allow(contact: Contact, person: User | None) -> bool:
    """End what the person refused; whether there was anything to end."""
    rows = Consent.objects.filter(
        contact=contact, purpose__key=KEY, answer=Consent.Answer.REFUSES, withdrawn_on__isnull=True
    )
    ended = False
    for row in rows.select_related("contact", "purpose"):
        try:
            consents.withdraw(row, today(), Consent.Channel.PHONE, "", person)
        except ValidationError:  # somebody else was faster
            continue
        ended = True
    return ended
