"""What people are told of addresses, and of what came of messages."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .catalogue import EVENTS

REFUSALS = {
    "malformed": _("This is not an address that can be called, such as https://example.com/kam."),
    "not_https": _("The address has to begin with https://."),
    "userinfo": _("No name or password in the address: messages are signed instead."),
    "port": _("Messages do not go to this port. The administrator of the server can allow it."),
    "private": _(
        "This host is in a network that is not public. The administrator of the server can allow "
        "the network."
    ),
    "unknown_host": _("This host has no address. Is its name right?"),
}


def event_choices() -> list[tuple[str, str]]:
    """Names of events and their words, for choosing one."""
    return [(name, event_words(name)) for name in EVENTS]


def event_boxes() -> list[tuple[str, str]]:
    """The same for choosing several, with the names that programs know."""
    named = '<span>{} <code class="small secondary">{}</code></span>'
    return [(name, format_html(named, words, name)) for name, words in event_choices()]


def event_words(name: str) -> str:
    return str(capfirst(EVENTS[name].words)) if name in EVENTS else name
