"""What hangs on one card on its way to another, and back.

Every foreign key to a client is followed, so a table that somebody adds later comes along by
itself.  Rows that cannot stand twice (a second standing of today, the same e-mail twice) stay with
the card that goes and lie in the bin with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import ForeignKey, Q
from django.utils import timezone

from accounts import signals
from accounts.models import (
    Client,
    HealthWeek,
    Membership,
    Potential,
    Relation,
    Standing,
    Twin,
    User,
    Wallet,
)
from kam.audit.services import record
from kam.webhooks.services import emit

from .clients import update
from .removal_rows import Model, _quoted, _references

# One state of the client through time: two of them would contradict each other, so the card that
# stays keeps its own, where it has any.
ONE_HISTORY = (Standing, Wallet, Potential, HealthWeek)
# unique, check and exclusion: the row has its like with the card that stays.
CANNOT_STAND_TWICE = ("23505", "23514", "23P01")


@dataclass
class Moved:
    """``rows``: what came over, as ``Twin.moved`` keeps it.  ``counts``: rows by model.
    ``refused``: models with rows that never change, and so hold the card where it is."""

    rows: list[list[Any]] = field(default_factory=list)
    counts: dict[Model, int] = field(default_factory=dict)
    refused: list[Model] = field(default_factory=list)


def move_over(other: Client, kept: Client) -> Moved:
    """Everything of ``other`` becomes ``kept``'s.  In the caller's transaction, as the system."""
    moved = Moved()
    for reference in _references(Client):
        model = reference.model
        if not model._meta.managed or model is Twin:
            continue  # rows of rankings, which stand without what they name
        rows = model._default_manager.filter(**{reference.name: other.pk}).exclude(
            _would_be_of_itself(reference, kept)
        )
        if _has_its_own(reference, kept):
            continue
        ids, never_change = _update(reference, rows, other.pk, kept.pk)
        if never_change:
            moved.refused.append(model)
        if ids:
            table = model._meta
            key = table.pk.column
            moved.rows.append([table.db_table, key, reference.column, ids])
            moved.counts[model] = moved.counts.get(model, 0) + len(ids)
    return moved


def _has_its_own(reference: ForeignKey, kept: Client) -> bool:
    model = reference.model
    single = model in ONE_HISTORY or (model is Membership and reference.name == "member")
    return single and model._default_manager.filter(**{reference.name: kept.pk}).exists()


def _would_be_of_itself(reference: ForeignKey, kept: Client) -> Q:
    """A relation between the two would lead from the client to itself."""
    if reference.model is Relation:
        other_end = "other" if reference.name == "client" else "client"
        return Q(**{other_end: kept.pk})
    return Q(pk__in=[])


def _update(reference: ForeignKey, rows, before: int, after: int) -> tuple[list[int], bool]:
    """Ids of the rows that took the new key, all at once or, where one cannot, one by one; and
    whether some may never change."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return [], False
    if _try(reference, ids, before, after) == "":
        return ids, False
    done, refused = [], False
    for pk in ids:
        code = _try(reference, [pk], before, after)
        if code == "":
            done.append(pk)
        refused = refused or (code != "" and code not in CANNOT_STAND_TWICE)
    return done, refused


def _try(reference: ForeignKey, ids: list[int], before: int, after: int) -> str:
    """Empty where it went well, else the database's code of what is wrong."""
    table = reference.model._meta
    try:
        with transaction.atomic():
            _write(table.db_table, table.pk.column, reference.column, ids, before, after)
    except IntegrityError as error:
        return getattr(error.__cause__, "pgcode", None) or "unknown"
    return ""


def _write(table: str, key: str, column: str, ids: list[int], before: int, after: int) -> None:
    with connection.cursor() as cursor:
        # What is written for good may name the other card, and nothing else of it changes.
        cursor.execute("SELECT set_config('kam.joining', 'on', true)")
        cursor.execute(
            f"UPDATE {_quoted(table)} SET {_quoted(column)} = %s "
            f"WHERE {_quoted(key)} = ANY(%s) AND {_quoted(column)} = %s",
            [after, ids, before],
        )
        cursor.execute("SELECT set_config('kam.joining', '', true)")


def move_back(twin: Twin) -> None:
    """Give the other card its rows again, as far as they are still with this one.  It may come
    back after them: the database looks at the end."""
    for table, key, column, ids in twin.moved:
        _write(table, key, column, ids, twin.kept_id, twin.other_id)


def plain(value: Any) -> Any:
    """As JSON keeps it: rows by their id, amounts as text."""
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, str | int | list | dict | None) else str(value)


def settle(twin: Twin, person: User | None) -> None:
    Twin.objects.filter(pk=twin.pk).update(undone_at=timezone.now(), undone_by=person)


def part(twin: Twin, person: User | None) -> None:
    """Once the other card is back with its rows: fields that came over and were not changed since
    go back too.  In the caller's transaction, as the system."""
    kept = Client.objects.select_for_update(of=("self",)).get(pk=twin.kept_id)
    back = {
        name: before
        for name, (before, after) in twin.values.items()
        if plain(getattr(kept, name)) == after and before != after
    }
    values = {name: _field_value(name, value) for name, value in back.items()}
    if values:
        update(kept, values, kept.version)
    settle(twin, person)
    details = {"other": twin.other_id}
    record("client.part", object=kept, client_id=kept.pk, details=details, actor=person)
    emit("client.parted", {"client": kept.pk, "other": twin.other_id})
    signals.portfolio_changed.send(sender=Twin, reason="twins")


def _field_value(name: str, value: Any) -> Any:
    column = Client._meta.get_field(name)
    if isinstance(column, models.ForeignKey):
        return column.related_model._default_manager.filter(pk=value).first()
    return column.to_python(value)
