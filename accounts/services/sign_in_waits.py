"""Guessing is slowed down: after some failures in a row the next try has to wait, longer each time.

A try is counted before it is made and forgiven where it was right, so that many at once are no way
around it.  Nobody is kept out for good: a wait never grows beyond a quarter of an hour, tries during
it do not prolong it, and a browser in which the person has signed in before has a count of its own,
so that a stranger's guesses do not keep them out.  ``manage.py unlock`` ends waits by hand.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from dataclasses import dataclass

from django.core import signing
from django.db import DatabaseError, connection
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from accounts.models import SignInWait

log = logging.getLogger(__name__)
_SALT = "kam sign-in"
_BROWSER = "kam known browser"
# For so long a browser is known after the last sign-in in it.
KNOWN_SECONDS = 180 * 86_400


@dataclass(frozen=True)
class Rule:
    """``free`` failures cost nothing; then ``first`` seconds, doubled by each, ``most`` at most.
    After ``quiet`` seconds without a try the count begins anew."""

    free: int
    first: int
    most: int
    quiet: int


ACCOUNT = Rule(free=5, first=30, most=900, quiet=86_400)
# Behind one address there may be a whole office.
ADDRESS = Rule(free=30, first=10, most=300, quiet=900)
# How often devices are asked for passkeys from one address: nothing can be guessed there.
PASSKEYS = Rule(free=120, first=10, most=60, quiet=60)


def _digest(text: str, length: int = 64) -> str:
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()[:length]


def _account(email: str) -> str:
    return _digest(f"account {email.strip().lower()}", 40)


def account_key(email: str, what: str = "") -> str:
    """Of tries in the name of ``email``, whether there is such a person or not; ``what`` where
    something else than the password at the door is tried."""
    return f"{_account(email)}.{what}"


def address_key(address: str) -> str:
    return _digest(f"address {address}")


def token_of_browser(email: str) -> str:
    """What a browser keeps in which ``email`` has signed in."""
    return signing.dumps([_account(email), secrets.token_hex(8)], salt=_BROWSER)


def known_browser_key(email: str, token: str) -> str:
    """The key of this browser where ``email`` has signed in in it; empty where not."""
    try:
        account, nonce = signing.loads(token, salt=_BROWSER, max_age=KNOWN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return f"{account}.{nonce}" if account == _account(email) else ""


def take(key: str, rule: Rule = ACCOUNT) -> int:
    """Count one try; how many seconds to wait where it may not be made yet, or 0.

    Where it cannot be counted the try is let pass: a count must not keep everybody out.
    """
    now = timezone.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO accounts_signinwait AS w (key, failures, at, until)
                VALUES (%(key)s, 1, %(now)s, %(now)s)
                ON CONFLICT (key) DO UPDATE
                   SET failures = CASE WHEN w.at < %(quiet)s THEN 1 ELSE w.failures + 1 END,
                       at = %(now)s,
                       until = %(now)s + make_interval(secs => CASE
                           WHEN w.at < %(quiet)s OR w.failures + 1 < %(free)s THEN 0
                           ELSE least(%(most)s, %(first)s
                                      * power(2, least(w.failures + 1 - %(free)s, 20)))
                       END)
                 WHERE w.until <= %(now)s
                RETURNING 1
                """,
                {
                    "key": key,
                    "now": now,
                    "quiet": now - dt.timedelta(seconds=rule.quiet),
                    "free": rule.free,
                    "first": rule.first,
                    "most": rule.most,
                },
            )
            if cursor.fetchone():
                return 0
    except DatabaseError:
        if connection.in_atomic_block:
            raise
        log.warning("a sign-in cannot be counted", exc_info=True)
        return 0
    until = SignInWait.objects.filter(key=key).values_list("until", flat=True).first()
    return max(1, round((until - now).total_seconds())) if until else 0


def forgive(key: str) -> None:
    """It was right: the count begins anew."""
    SignInWait.objects.filter(key=key).delete()


def take_back(key: str) -> None:
    """It was right; what others behind the same address have tried stays counted."""
    SignInWait.objects.filter(key=key, failures__gt=0).update(
        failures=F("failures") - 1, until=timezone.now()
    )


def unlock(email: str) -> int:
    """End all waits in the name of ``email``, at the door and inside; how many there were."""
    return SignInWait.objects.filter(key__startswith=f"{_account(email)}.").delete()[0]


def forget() -> int:
    """Drop what has been quiet for the longest that counts; how many."""
    old = timezone.now() - dt.timedelta(seconds=max(ACCOUNT.quiet, ADDRESS.quiet))
    return SignInWait.objects.filter(at__lt=old).delete()[0]


def told(seconds: int) -> str:
    """The wait in words."""
    if seconds <= 90:
        return ngettext(
            "Too many failed attempts. Try again in %(n)s second.",
            "Too many failed attempts. Try again in %(n)s seconds.",
            seconds,
        ) % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many failed attempts. Try again in %(n)s minute.",
        "Too many failed attempts. Try again in %(n)s minutes.",
        minutes,
    ) % {"n": minutes}
