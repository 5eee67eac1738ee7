"""Who acts, told to the database with each statement that may change an edited record.

The database writes the history of records by itself (accounts_keep_edit); who, and of which
request, it learns here, for pages, REST, jobs and commands alike.  The names go in front of the
statement itself, so no statement is added, and hold as long as its transaction.  They are looked up
at the statement and not at the start of a request, because REST signs in inside the view.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kam.lib import request_ids
from kam.lib.scoping import Actor, System, current

_TOLD = (
    "SELECT set_config('kam.actor', %s, true), set_config('kam.actor_name', %s, true), "
    "set_config('kam.request', %s, true); "
)
_CHANGES = ("UPDATE", "DELETE", "WITH")
_tables: set[str] = set()


def who(actor: Actor | None = None) -> tuple[int | None, str, str]:
    """Id and name of who acts, and the request or job it came of; a system's id is that of who
    asked for it."""
    actor = actor or current()
    asked = isinstance(actor, System)
    person = getattr(actor, "asked_by_id", None) if asked else getattr(actor, "pk", None)
    return person, str(actor or "nobody")[:200], request_ids.present()[:64]


def tell_of(tables: Iterable[str]) -> None:
    """Say of tables, by their names, that their history is kept."""
    _tables.update(tables)


def on_connecting(connection, **_rest: Any) -> None:
    if _tell not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _tell)


def _tell(execute, sql, params, many, context):
    if many or not isinstance(sql, str) or not _may_change(sql):
        return execute(sql, params, many, context)
    person, name, request = who()
    told = (str(person or ""), name, request)
    if isinstance(params, dict):  # names cannot stand beside places
        with context["cursor"].connection.cursor() as cursor:
            cursor.execute(_TOLD, told)
        return execute(sql, params, many, context)
    return execute(_TOLD + _whole(sql, params), (*told, *(params or ())), many, context)


def _may_change(sql: str) -> bool:
    starts = sql.lstrip()[:6].upper().startswith(_CHANGES)
    return starts and any(table in sql for table in _tables)


def _whole(sql: str, params) -> str:
    """Without parameters a per cent sign stands for itself; beside those in front it would not."""
    return sql if params is not None else sql.replace("%", "%%")
