"""The second step of signing in: an app with codes, passkeys, and codes for the day both are lost.

The secrets are sealed with the key of the installation (:mod:`kam.lib.secret_box`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.models import User
from kam.audit.services import record
from kam.lib import secret_box
from kam.lib.company import company
from kam.lib.periods import today

Type = Authenticator.Type
PURPOSE = "second step"
# What a person can sign in with; codes for emergencies hang on one of them.
STEPS = (Type.TOTP, Type.WEBAUTHN)
_SETTING_UP = "kam setting up an app"
SETTING_UP_SECONDS = 900


@dataclass(frozen=True)
class Factors:
    """What a person has.  ``codes_left`` is None where there are none at all."""

    app: Authenticator | None
    passkeys: Sequence[Authenticator]
    codes_left: int | None

    @property
    def any(self) -> bool:
        return self.app is not None or bool(self.passkeys)

    @property
    def is_last(self) -> bool:
        """Whether taking one more away leaves none."""
        return (self.app is not None) + len(self.passkeys) == 1


def factors(person: User) -> Factors:
    rows = list(Authenticator.objects.filter(user=person).order_by("pk"))
    app = next((row for row in rows if row.type == Type.TOTP), None)
    codes = next((row for row in rows if row.type == Type.RECOVERY_CODES), None)
    left = None
    if codes is not None:
        left = 0
        with suppress(secret_box.Lost):
            left = len(RecoveryCodes(codes).get_unused_codes())
    return Factors(app, [row for row in rows if row.type == Type.WEBAUTHN], left)


def has_one(person: User) -> bool:
    return Authenticator.objects.filter(user=person, type__in=STEPS).exists()


def is_required(person: User) -> bool:
    """Whether the company asks a second step of this role by now."""
    rule = company()
    begins = rule.second_step_from
    return person.role in rule.second_step_roles and (begins is None or begins <= today())


def begins_later(person: User) -> dt.date | None:
    """The day from which this role will need one."""
    rule = company()
    begins = rule.second_step_from if person.role in rule.second_step_roles else None
    return begins if begins and begins > today() else None


def owes(person: User) -> bool:
    """Whether the person needs one and has none.  Most often this asks nothing."""
    return is_required(person) and not has_one(person)


def new_app(person: User) -> tuple[str, str]:
    """A secret for an app, and the same signed: what is posted back must be ours, and theirs."""
    secret = generate_totp_secret()
    return secret, signing.dumps([person.pk, secret], salt=_SETTING_UP)


def secret_of(person: User, signed: str) -> str:
    """The secret that was offered to this person a little while ago; empty where it was not."""
    try:
        owner, secret = signing.loads(signed, salt=_SETTING_UP, max_age=SETTING_UP_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return secret if owner == person.pk else ""


@transaction.atomic
def add_app(person: User, secret: str, code: str) -> list[str] | None:
    """Keep the app where it shows the right code now; new recovery codes, or none where there are
    some already.  None where the code is not right."""
    counter = _counter_of(secret, code)
    if counter is None:
        return None
    _taking_turns(person)
    Authenticator.objects.filter(user=person, type=Type.TOTP).delete()
    row = TOTP.activate(person, secret).instance
    row.data["counter"] = counter
    row.save(update_fields=["data"])
    record("second_step.add", object=person, details={"kind": row.type})
    return codes_where_none(person)


@transaction.atomic
def add_passkey(person: User, name: str, credential: dict) -> list[str]:
    """Keep a passkey whose answer has been checked; codes as of :func:`add_app`."""
    _taking_turns(person)
    WebAuthn.add(person, name, credential)
    record("second_step.add", object=person, details={"kind": Type.WEBAUTHN.value})
    return codes_where_none(person)


def name_passkey(row: Authenticator, name: str) -> None:
    row.data["name"] = name
    row.save(update_fields=["data"])


def codes_where_none(person: User) -> list[str]:
    """The first step brings codes for emergencies along; nothing where there are some."""
    if Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).exists():
        return []
    return RecoveryCodes.activate(person).generate_codes()


@transaction.atomic
def renew_codes(person: User) -> list[str]:
    """New recovery codes; the earlier ones no longer work."""
    _taking_turns(person)
    Authenticator.objects.filter(user=person, type=Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(person).generate_codes()
    record("second_step.codes", object=person)
    return codes


@transaction.atomic
def remove(person: User, row: Authenticator) -> None:
    """Take one away; with the last one the codes for emergencies go, too."""
    row.delete()
    if not has_one(person):
        Authenticator.objects.filter(user=person).delete()
    record("second_step.remove", object=person, details={"kind": row.type})


@transaction.atomic
def remove_all(person: User, *, actor=None) -> int:
    """Take everything away from somebody who has lost it; how many steps there were."""
    count = Authenticator.objects.filter(user=person, type__in=STEPS).count()
    Authenticator.objects.filter(user=person).delete()
    if count:
        record("second_step.reset", object=person, details={"ended": count}, actor=actor)
    return count


@transaction.atomic
def used(person: User, code: str) -> Authenticator | None:
    """Use up a code of the app or one for emergencies: each works once.  None where it is wrong."""
    code = "".join(code.split()).replace("-", "")
    rows = Authenticator.objects.select_for_update().filter(
        user=person, type__in=(Type.TOTP, Type.RECOVERY_CODES)
    )
    for row in rows.order_by("-type"):  # the app first
        with suppress(secret_box.Lost):
            if row.type == Type.TOTP:
                secret = secret_box.unseal(row.data["secret"], PURPOSE)
                counter = _counter_of(secret, code)
                if counter is None or counter <= row.data.get("counter", 0):
                    continue
                row.data["counter"] = counter
                row.save(update_fields=["data"])
                return row
            if RecoveryCodes(row).validate_code(code):
                return Authenticator.objects.get(pk=row.pk)
    return None


def _counter_of(secret: str, code: str) -> int | None:
    """Which of the present steps of the clock this code belongs to."""
    code = "".join(code.split())
    for counter in yield_hotp_counters_from_time():
        if constant_time_compare(format_hotp_value(hotp_value(secret, counter)), code):
            return counter
    return None


@transaction.atomic
def reseal() -> int:
    """Seal all secrets with the present key of the installation; how many."""
    count = 0
    for row in Authenticator.objects.select_for_update().exclude(type=Type.WEBAUTHN):
        name = "secret" if row.type == Type.TOTP else "seed"
        with suppress(secret_box.Lost):
            row.data[name] = secret_box.sealed_anew(row.data[name], PURPOSE)
            row.save(update_fields=["data"])
            count += 1
    return count


def _taking_turns(person: User) -> None:
    User.objects.select_for_update().get(pk=person.pk)
