"""People whose data may be kept only: who they are, and how a list shows them.

On a page the name of such a person stays, so that nobody writes to them or adds them once more;
everything else is withheld.  Files and programs are told of the row and of nothing in it.
"""

from django.db.models import Q, QuerySet

from accounts.models import Contact, ContactBlock
from kam.lib.periods import today

# What is not shown of somebody who is blocked, and what stands instead.
_WITHHELD = {
    "position": "", "role": "", "influence": "", "attitude": "", "email": "", "phone": "",
    "left_to": "", "reports_to_id": None, "counterpart_id": None,
}  # fmt: skip


def blocked(prefix: str = "") -> Q:
    """Condition on contacts (or on what has ``prefix`` before their columns): blocked today."""
    return Q(**{f"{prefix}blocked_since__isnull": False}) & (
        Q(**{f"{prefix}blocked_until__isnull": True}) | Q(**{f"{prefix}blocked_until__gt": today()})
    )


def free(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Of these people those whose data may be used."""
    return contacts.filter(Q(blocked_since__isnull=True) | Q(blocked_until__lte=today()))


def withheld(contact: Contact, *, named: bool = True) -> Contact:
    """The contact as it may be shown: of somebody blocked nothing but the name is left in the
    object, and without ``named`` not that either.  The object must not be saved."""
    if contact.is_blocked:
        for name, nothing in _WITHHELD.items():
            setattr(contact, name, nothing)
        if not named:
            contact.name = ""
    return contact


def blocks_of(contact: Contact) -> QuerySet[ContactBlock]:
    return ContactBlock.objects.filter(contact=contact).select_related("author", "ended_by")
