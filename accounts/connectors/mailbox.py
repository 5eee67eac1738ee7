"""Reading a mailbox by IMAP: over TLS that is verified, to an address that may be called."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kam.lib.addresses import NotAllowed, Rules, Target, addresses_of, host_of

TIMEOUT = 30
MOST = 200  # letters of one look
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxError(OSError):
    """The box could not be read; it is tried again at the next look."""


class WrongSettings(ValueError):
    """IMAP_URL is none, or the server refuses name and password."""


@dataclass(frozen=True)
class Box:
    host: str
    port: int
    user: str
    password: str
    folder: str


def box_of(url: str) -> Box:
    """imaps://user:password@host:993/folder.  Raises WrongSettings."""
    try:
        parts = urlsplit(url)
        port = parts.port or 993
        host = host_of(parts.hostname or "")
    except (ValueError, NotAllowed) as error:
        raise WrongSettings("IMAP_URL") from error
    if parts.scheme != "imaps" or not parts.username or parts.password is None:
        raise WrongSettings("IMAP_URL is imaps://user:password@host:993/INBOX")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Box(host, port, unquote(parts.username), unquote(parts.password), folder)


class _Checked(imaplib.IMAP4_SSL):
    """Goes to the address that was checked, and asks for the certificate of the name."""

    def __init__(self, box: Box, address: str, context: ssl.SSLContext):
        self._address, self._name, self._context = address, box.host, context
        super().__init__(box.host, box.port, ssl_context=context, timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None = None) -> ssl.SSLSocket:
        plain = socket.create_connection((self._address, self.port), timeout or TIMEOUT)
        return self._context.wrap_socket(plain, server_hostname=self._name)


@contextmanager
def opened(box: Box, rules: Rules, ca_file: str = "") -> Iterator[imaplib.IMAP4]:
    """Raises MailboxError, WrongSettings, NotAllowed."""
    context = ssl.create_default_context(cafile=ca_file or None)
    address = addresses_of(Target("https", box.host, box.port, "/"), rules)[0]
    try:
        server = _Checked(box, address, context)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(str(error)) from error
    try:
        try:
            server.login(box.user, box.password)
        except imaplib.IMAP4.abort as error:
            raise MailboxError(str(error)) from error
        except imaplib.IMAP4.error as error:
            raise WrongSettings("login") from error
        yield server
    except (OSError, imaplib.IMAP4.abort, ssl.SSLError) as error:
        raise MailboxError(str(error)) from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def look(
    box: Box,
    rules: Rules,
    take: Callable[[bytes | None], None],
    *,
    largest: int,
    ca_file: str = "",
) -> int:
    """Give every unread letter to ``take``, None for one that is too large, and mark it as read
    afterwards; how many.

    What ``take`` has written stands before the mark is set: a letter whose mark was lost comes
    again, and is known by its Message-ID.
    """
    count = 0
    with opened(box, rules, ca_file) as server:
        answer, _data = server.select(f'"{box.folder}"')
        if answer != "OK":
            raise WrongSettings("folder")
        _answer, found = server.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:MOST]:
            key = uid.decode("ascii")
            content = _fetched(server, key, largest)
            take(content)
            server.uid("STORE", key, "+FLAGS.SILENT", r"(\Seen)")
            count += 1
    return count


def _fetched(server: imaplib.IMAP4, key: str, largest: int) -> bytes | None:
    _answer, told = server.uid("FETCH", key, "(RFC822.SIZE)")
    size = next((m for each in told if isinstance(each, bytes) and (m := _SIZE.search(each))), None)
    if size is not None and int(size[1]) > largest:
        return None
    answer, parts = server.uid("FETCH", key, "(BODY.PEEK[])")
    body = next((each[1] for each in parts if isinstance(each, tuple)), None)
    if answer != "OK" or not isinstance(body, bytes):
        raise MailboxError("a letter could not be read")
    return body
