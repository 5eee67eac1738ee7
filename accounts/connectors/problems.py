"""What keeps a system from being read, by code; the words are in accounts.services."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from kam.lib.addresses import NotAllowed

# Another try a little later may go better.
PASSING = frozenset({"busy", "unreachable", "server", "cut", "no_json"})


class Problem(Exception):
    """code: one of those of `accounts.services.connection_words`. params: for its sentence, cut to
    a length people read. Never holds an address or a secret, for it goes into logs. wait: seconds
    after which the system asks to be tried again, 0 = it does not say."""

    wait: float = 0.0

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = {
            name: value[:200] if isinstance(value, str) else value for name, value in params.items()
        }

    @property
    def is_passing(self) -> bool:
        return self.code in PASSING


_REFUSALS = {
    "not_https": "address.not_https",
    "unknown_host": "address.unknown",
    "private": "address.private",
}


def refusal(url: str, why: NotAllowed) -> Problem:
    """Why an address may not be called; of the address it holds the host alone."""
    code = _REFUSALS.get(why.code, "address.malformed")
    named = code in ("address.unknown", "address.private")
    return Problem(code, host=urlsplit(url).hostname or "") if named else Problem(code)
