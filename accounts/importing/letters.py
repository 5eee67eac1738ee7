"""A mail as it came -> what is kept of it.  Nothing of it is trusted, and nothing is fetched."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

MAX_LETTER = 25 * 2**20  # bytes of a whole mail
MAX_FILE = 10 * 2**20
MOST_FILES = 10
MOST_PARTS = 200
LONGEST_TEXT = 100_000
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
_ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
# The lines with which programs begin a letter that is handed on, and its sender.
_MARKS = re.compile(
    r"^[ >*-]*(?:-{2,}.{0,10}(?:Forwarded message|Original Message|Пересылаемое сообщение|"
    r"Исходное сообщение|Пересылаемое письмо).*|Begin forwarded message:?|"
    r"Начало (?:переадресованного|пересылаемого) сообщения:?)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_FROM = re.compile(r"^[ >*]*(?:From|От кого|От|Отправитель)\s*:\**\s*(.+)$", re.I | re.M)
_SKIPPED = ("script", "style", "head", "title", "template", "noscript")
_BREAKS = ("p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote", "hr")


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """``senders``: addresses of From.  ``original``: name and address of whoever wrote what was
    handed on; empty where nothing was.  ``dropped``: attachments beyond the limits."""

    message_id: str
    senders: list[tuple[str, str]]
    recipients: list[str]
    original: tuple[str, str]
    subject: str
    date: dt.datetime | None
    text: str
    files: list[Attachment] = field(default_factory=list)
    dropped: int = 0


class Unreadable(ValueError):
    """This is no mail."""


def read(content: bytes) -> Mail:
    """Raises Unreadable where the content is empty, larger than MAX_LETTER, or has no header."""
    if not content.strip() or len(content) > MAX_LETTER:
        raise Unreadable("empty" if not content.strip() else "too large")
    try:
        message = message_from_bytes(content)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable("malformed") from error
    if not message.keys() or not (message["From"] or message["Subject"]):
        raise Unreadable("no header")
    plain: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    dropped, inner = 0, None
    for part in _parts(message):
        kind, name = part.get_content_type(), _header(part.get_filename() or "")
        if kind == "message/rfc822":
            inner = inner or _inner(part)
            continue
        attached = name or "attachment" in str(part.get("Content-Disposition", "")).lower()
        if kind in ("text/plain", "text/html") and not attached:
            (plain if kind == "text/plain" else html).append(_text_of(part))
        elif attached:
            body = _bytes_of(part)
            if body and len(body) <= MAX_FILE and len(files) < MOST_FILES:
                files.append(Attachment(name or "file", body))
            else:
                dropped += 1
    text = "\n\n".join(plain).strip() or plain_text("\n".join(html))
    return Mail(
        message_id=_header(message["Message-ID"] or "").strip()[:500],
        senders=_addresses(message, "From"),
        recipients=[address for name in _TO for _n, address in _addresses(message, name)],
        original=inner or _original(text),
        subject=" ".join(_header(message["Subject"] or "").split())[:255],
        date=_date(message),
        text=_clean(text)[:LONGEST_TEXT],
        files=files,
        dropped=dropped,
    )


def _parts(message: Message) -> Iterator[Message]:
    """What is inside, without walking into letters that are attached."""
    waiting, count = [message], 0
    while waiting and count < MOST_PARTS:
        part = waiting.pop(0)
        count += 1
        payload = part.get_payload()
        if part.get_content_type() != "message/rfc822" and isinstance(payload, list):
            waiting = [each for each in payload if isinstance(each, Message)] + waiting
        else:
            yield part


def _inner(part: Message) -> tuple[str, str] | None:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        found = _addresses(payload[0], "From")
        return found[0] if found else None
    return None


def _original(text: str) -> tuple[str, str]:
    """Who wrote what stands below the mark of a letter that was handed on."""
    mark = _MARKS.search(text)
    line = _FROM.search(text, mark.end()) if mark else None
    if line is None:
        return "", ""
    address = _ADDRESS.search(line[1])
    if address is None:
        return "", ""
    name = line[1][: address.start()].strip(" \t\"'<[(*")
    return name[:255], address[0].lower()[:254]


def _header(value: object) -> str:
    """A header in words, whatever its letters are said to be."""
    try:
        pieces = decode_header(str(value))
    except (MessageError, ValueError, LookupError):
        return _clean(str(value))
    words = [
        piece if isinstance(piece, str) else decoded(piece, charset or "utf-8")
        for piece, charset in pieces
    ]
    return _clean("".join(words))


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    try:
        lines = [str(value) for value in message.get_all(name, [])]
        found = getaddresses(lines)
    except (ValueError, LookupError, IndexError, TypeError):
        return []
    return [
        (_header(who)[:255], address.lower()[:254])
        for who, address in found
        if _ADDRESS.fullmatch(address)
    ]


def _date(message: Message) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(str(message["Date"]))
        return found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _bytes_of(part: Message) -> bytes:
    try:
        body = part.get_payload(decode=True)
    except (MessageError, ValueError, LookupError):
        return b""
    return body if isinstance(body, bytes) else b""


def _text_of(part: Message) -> str:
    try:
        charset = str(part.get_content_charset() or "utf-8")
    except (MessageError, ValueError, LookupError):
        charset = "utf-8"
    return decoded(_bytes_of(part), charset)


def decoded(content: bytes, charset: str) -> str:
    """By what the letter says of itself, else as UTF-8, else as Windows Cyrillic."""
    for name in (charset, "utf-8"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1251", "replace")


def _clean(text: str) -> str:
    """Without what is no character of a text, and without marks that turn its direction."""
    return "".join(
        c for c in text.replace("\r\n", "\n").replace("\r", "\n")
        if c in "\n\t" or (c.isprintable() and c not in "\u202a\u202b\u202c\u202d\u202e")
    )  # fmt: skip


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.skips = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skips += 1
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self.skips = max(self.skips - 1, 0)
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.skips:
            self.words.append(re.sub(r"\s+", " ", data))


def plain_text(html: str) -> str:
    """The words of a page.  Tags, scripts, styles, pictures and addresses behind links are left
    out, so nothing of it can act or be fetched."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
