"""One mail to the server, and what is known afterwards."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Model

WAITING, SENDING = "waiting", "sending"
SENT, REFUSED, UNSURE = "sent", "refused", "unsure"
# Backends that show mails to a developer or drop them: nobody gets anything.
_NOWHERE = (
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
)
# For how long a mail waits for a server that is away: over a weekend.
PATIENCE = dt.timedelta(days=3)
log = logging.getLogger(__name__)


def is_set_up() -> bool:
    """Whether this installation sends mail at all."""
    return settings.EMAIL_BACKEND not in _NOWHERE


def hand_over(message: EmailMessage, name: str) -> str:
    """Give a mail to the server: ``SENT``, ``REFUSED``, or ``UNSURE`` where the line broke after
    the server had begun to take it.  ``name`` is for the log.

    Raises OSError or SMTPException where surely nothing was sent and it may be tried again.
    """
    connection = get_connection()
    connection.open()
    try:
        connection.send_messages([message])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        if _for_now(error):
            raise
        log.warning("%s was refused", name, exc_info=True)
        return REFUSED
    except (OSError, smtplib.SMTPException):
        log.warning("%s was broken off", name, exc_info=True)
        return UNSURE
    finally:
        connection.close()
    return SENT


def once(
    row: Model,
    column: str,
    make: Callable[[], EmailMessage],
    note: Callable[[str], object],
    *,
    name: str,
    **same: Any,
) -> str:
    """Mail what ``row`` has been waiting for in ``column``, once and never again; how it ended.

    ``note`` writes the end down; ``same``: what must still hold of the row.  Runs outside a
    transaction.  Raises OSError or SMTPException where surely nothing was sent and it may be tried
    again: then the row waits as before.
    """
    rows = type(row)._default_manager.filter(pk=row.pk, **same)
    if not rows.filter(**{column: WAITING}).update(**{column: SENDING}):
        present = str(rows.values_list(column, flat=True).first() or "")
        if present == SENDING:
            # A worker was lost in the middle of it: whether it went out nobody can tell.
            note(UNSURE)
            return UNSURE
        return present
    try:
        state = hand_over(make(), name)
    except (OSError, smtplib.SMTPException):
        rows.update(**{column: WAITING})
        raise
    note(state)
    return state


def _for_now(error: smtplib.SMTPException) -> bool:
    """Whether the server said 4xx: not now, ask again later (a full box, a sender not seen before)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _said in error.recipients.values()]
    else:
        codes = [error.smtp_code]
    return bool(codes) and all(400 <= code < 500 for code in codes)
