"""A look into the box to which people hand mail on."""

from __future__ import annotations

from collections import Counter

from django.conf import settings

from accounts.connectors import mailbox
from accounts.importing.letters import MAX_LETTER
from kam.lib.addresses import Rules

from .letters import take_forwarded

JOB = "accounts.mailbox"


def is_set_up() -> bool:
    return bool(settings.IMAP_URL and settings.IMAP_ADDRESS)


def look() -> Counter[str]:
    """Take in what is unread; outcome -> how many.  Raises what the mailbox raises."""
    told: Counter[str] = Counter()
    if not is_set_up():
        return told
    rules = Rules(networks=settings.IMAP_ALLOWED_NETWORKS)
    mailbox.look(
        mailbox.box_of(settings.IMAP_URL),
        rules,
        lambda content: told.update([take_forwarded(content)]),
        largest=MAX_LETTER,
        ca_file=settings.IMAP_CA_FILE,
    )
    return told
