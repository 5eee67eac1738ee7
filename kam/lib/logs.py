"""Log lines: JSON for machines or plain for people, never with a secret or a foreign line break."""

from __future__ import annotations

import datetime as dt
import logging
import re

from pythonjsonlogger.json import JsonFormatter

from . import request_ids

HIDDEN = "[hidden]"
_SECRETS = (
    # Keys of the API and of others, in a header or anywhere else.
    re.compile(r"(?i)\b(bearer|token|basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(
        r"(?i)\b(password|passwd|secret|token|api[_-]?key|sessionid|csrftoken|authorization|cookie)"
        r"(['\"]?\s*[:=]\s*['\"]?)[^\s'\"&,;)]+"
    ),
    # user:password@ of an address.
    re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^\s/@:]+:[^\s/@]+@"),
    # Secret parts of our own addresses.
    re.compile(r"(/calendar/\d+-|/surveys?/answer/|/sign-in/password/key/)[^\s/?\"']+"),
)


def hidden(text: str) -> str:
    """The text without what signs in anybody."""
    text = _SECRETS[0].sub(lambda found: f"{found[1]} {HIDDEN}", text)
    text = _SECRETS[1].sub(lambda found: f"{found[1]}{found[2]}{HIDDEN}", text)
    text = _SECRETS[2].sub(lambda found: f"{found['scheme']}{HIDDEN}@", text)
    return _SECRETS[3].sub(lambda found: f"{found[1]}{HIDDEN}", text)


class Context(logging.Filter):
    """Adds the id of the request, and hides secrets before any formatter sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_ids.present() or "-"
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # a wrong placeholder must not lose the line
            said = str(record.msg)
        record.msg, record.args = hidden(said), None
        return True


class Plain(logging.Formatter):
    """One line an event: what somebody sent cannot begin a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        record.msg = str(record.msg).replace("\r", "\\r").replace("\n", "\\n")
        return super().format(record)

    def formatException(self, exc_info) -> str:
        return hidden(super().formatException(exc_info))


class Json(JsonFormatter):
    """One object a line: ``at`` (UTC), ``level``, ``logger``, ``message``, ``request_id``, and
    ``exc_info`` where something was thrown."""

    def __init__(self):
        super().__init__(
            "{levelname}{name}{message}{request_id}",
            style="{",
            rename_fields={"levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def add_fields(self, log_data, record, message_dict):
        super().add_fields(log_data, record, message_dict)
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        log_data["at"] = at.isoformat(timespec="milliseconds")
        # The request object and its like, which Django attaches.
        for name in ("request", "taskName", "server_time"):
            log_data.pop(name, None)

    def formatException(self, exc_info) -> str:
        return hidden(super().formatException(exc_info))
