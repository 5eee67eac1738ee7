"""Connections as people describe them: made, changed, switched off and on.

What is secret goes in and never comes out again: not on a page, not by REST, not into the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.connectors.problems import refusal
from accounts.models import Connection, User
from kam.audit.services import record
from kam.lib import secret_box
from kam.lib.addresses import NotAllowed, target_of

from .clients import Conflict
from .connection_words import words
from .connections import address_rules

FIELDS = ("name", "source", "pulls", "won", "pipelines", "vat", "every", "whole_at_night")
RENEWABLE = ("client_id", "client_secret", "redirect_uri", "refresh_token")
SECRETS = ("webhook", "token", *RENEWABLE)


def create(person: User, system: str, values: Mapping[str, Any]) -> Connection:
    """Raises ValidationError with the fields that do not fit."""
    row = Connection(system=system, created_by=person)
    _describe(row, values)
    _sign_in(row, values)
    if not row.has_secret:
        field = "webhook" if system == Connection.System.BITRIX24 else "token"
        raise ValidationError({field: _("Without it the system lets nobody in.")})
    with transaction.atomic():
        row.save()
        record("connection.create", object=row, details={"kind": row.system})
    return row


def change(row: Connection, values: Mapping[str, Any], version: int | None) -> Connection:
    """Change what is given; a secret only where a new one is.

    Raises Conflict where somebody else was faster, ValidationError.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=row.pk)
        if version is not None and version != row.version:
            raise Conflict(row)
        before = {name: getattr(row, name) for name in (*FIELDS, "address")}
        _describe(row, values)
        renewed = _sign_in(row, values)
        changed = [name for name, value in before.items() if getattr(row, name) != value]
        if "address" in changed or "source" in changed:
            row.cursors = {}  # what was read elsewhere, or under another name, does not count here
        for name in set(before["pulls"]) - set(row.pulls):
            row.cursors.pop(name, None)
        if {"won", "pipelines"} & set(changed):
            row.cursors.pop("leads", None)
        if "pulls" in changed and "requisites" in row.pulls:
            row.cursors.pop("requisites", None)
        if changed or renewed:
            row.version += 1
            row.save()
            told = [*changed, *(["secret"] if renewed else [])]
            record("connection.change", object=row, details={"fields": told})
    return row


def switch(row: Connection, active: bool) -> Connection:
    """Off: nothing is asked of the system any more; what it gave stays."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=row.pk)
        if row.is_active != active:
            row.is_active = active
            row.version += 1
            row.save(update_fields=["is_active", "version"])
            record("connection.on" if active else "connection.off", object=row)
    return row


def _describe(row: Connection, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    known = Connection.PULLS[row.system]
    row.pulls = [name for name in known if name in row.pulls]
    if not row.pulls or row.pulls == ["requisites"]:
        raise ValidationError({"pulls": _("Choose what is to be read.")})
    row.source = row.source.strip() or row.system


def _sign_in(row: Connection, values: Mapping[str, Any]) -> bool:
    """Take in a new secret where there is one; whether there was."""
    given = {name: str(values.get(name) or "").strip() for name in SECRETS}
    if row.system == Connection.System.BITRIX24:
        if not given["webhook"]:
            return False
        address = _address(given["webhook"], "webhook")
        parts = urlsplit(given["webhook"]).path.strip("/").split("/")
        if len(parts) != 3 or parts[0] != "rest":
            raise ValidationError(
                {"webhook": _("It looks like https://company.bitrix24.ru/rest/1/abc123/.")}
            )
        row.address = address
        row.seal({"webhook": f"{address}/{'/'.join(parts)}"})
        return True
    if values.get("address"):
        address = _address(str(values["address"]), "address")
        if row.address and address != row.address and not any(given.values()):
            # A key is for the one who gave it: it is not sent to anybody else.
            raise ValidationError({"token": _("Another address needs a key of its own.")})
        row.address = address
    if not row.address:
        raise ValidationError({"address": _("Enter the address of your amoCRM.")})
    return _sign_in_to_amo(row, given)


@transaction.atomic
def reseal() -> int:
    """Seal the keys of all connections with the present key of the installation; how many."""
    count = 0
    for row in Connection.objects.select_for_update(of=("self",)).exclude(secret=""):
        with suppress(secret_box.Lost):  # its runs say so; only new keys help
            row.seal_anew()
            row.save(update_fields=["secret"])
            count += 1
    return count


def _sign_in_to_amo(row: Connection, given: Mapping[str, str]) -> bool:
    renewable = {name: given[name] for name in RENEWABLE if given[name]}
    if given["token"] and not renewable:
        row.seal({"token": given["token"]})
        return True
    if not renewable:
        return False
    try:
        kept = {name: value for name, value in row.credentials().items() if name in RENEWABLE}
    except secret_box.Lost:
        kept = {}
    renewable = kept | renewable
    missing = [name for name in RENEWABLE if not renewable.get(name)]
    if missing:
        raise ValidationError(
            {missing[0]: _("For access that is renewed all four are needed, or a long-lived key.")}
        )
    row.seal(renewable | ({"token": given["token"]} if given["token"] else {}))
    return True


def _address(text: str, field: str) -> str:
    """The address without path and what may be secret in it."""
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        target_of(text, address_rules())
    except NotAllowed as why:
        problem = refusal(text, why)
        told = words({"code": problem.code, "params": problem.params})
        raise ValidationError({field: told}) from None
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc.lower()}"
