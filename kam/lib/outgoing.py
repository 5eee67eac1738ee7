"""One mail to the server, and what is known afterwards."""

from __future__ import annotations

import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

SENT, REFUSED, UNSURE = "sent", "refused", "unsure"
# Backends that show mails to a developer or drop them: nobody gets anything.
_NOWHERE = (
    "django.core.mail.backends.console.EmailBackend",
    "django.core.mail.backends.dummy.EmailBackend",
)
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
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
        log.warning("%s was refused", name, exc_info=True)
        return REFUSED
    except (OSError, smtplib.SMTPException):
        log.warning("%s was broken off", name, exc_info=True)
        return UNSURE
    finally:
        connection.close()
    return SENT
