"""Rows on their way into the bin and back, as the database tells them.

The database itself writes rows as JSON and reads them again, so nothing is lost or rounded on the
way, and columns of every type come back as they were.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import BigIntegerField, ForeignKey, IntegerField, Value
from django.db.models.functions import Cast

from accounts.models import Removal

from .history import switched_off

Model = type[models.Model]


@dataclass
class Hanging:
    """What hangs on some rows: what goes ``along`` (they themselves first), what stands in the
    way, and the links of other rows that are ``loosened``."""

    along: dict[Model, set[int]] = field(default_factory=dict)
    blocking: dict[Model, int] = field(default_factory=dict)
    loosened: list[list[Any]] = field(default_factory=list)


def hanging(model: Model, ids: Iterable[int], may_go: Collection[str]) -> Hanging:
    """Follow every reference to the rows.

    may_go: references, ``Model.field``, whose rows go along.  Any other blocks, so what somebody
    adds later is safe until it is said to go.
    """
    found = Hanging({model: set(ids)})
    blocking: dict[Model, set[int]] = {}
    links: list[tuple[ForeignKey, int, int]] = []
    level = {model: set(ids)}
    while level:
        below: dict[Model, set[int]] = {}
        for reference, pk, value in _rows_below(level, may_go):
            dependent = reference.model
            if reference.remote_field.on_delete is models.SET_NULL:
                links.append((reference, pk, value))
            elif _name(reference) not in may_go:
                blocking.setdefault(dependent, set()).add(pk)
            elif pk not in found.along.setdefault(dependent, set()):
                found.along[dependent].add(pk)
                below.setdefault(dependent, set()).add(pk)
        level = below
    found.blocking = {
        each: left
        for each, some in blocking.items()
        if (left := len(some - found.along.get(each, set())))
    }
    found.loosened = [
        [table.db_table, table.pk.column, pk, reference.column, value]
        for reference, pk, value in links
        if pk not in found.along.get(reference.model, ())
        for table in [reference.model._meta]
    ]
    return found


def _rows_below(
    level: dict[Model, set[int]], may_go: Collection[str]
) -> list[tuple[ForeignKey, int, int]]:
    """Rows that name some of these, (reference, key, what it names), in one query."""
    references: list[ForeignKey] = []
    asked = []
    for parent, some in level.items():
        for reference in _references(parent):
            stands = reference.remote_field.on_delete is models.DO_NOTHING
            if stands and _name(reference) not in may_go:
                continue  # it is made to stand without what it names, as a row of a ranking
            rows = reference.model._default_manager.filter(**{f"{reference.name}__in": some})
            number = Value(len(references), output_field=IntegerField())
            key, value = (
                Cast(name, BigIntegerField())
                for name in (reference.model._meta.pk.attname, reference.attname)
            )
            asked.append(rows.order_by().values_list(number, key, value))
            references.append(reference)
    if not asked:
        return []
    found = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]
    return [(references[number], key, value) for number, key, value in found]


def _name(reference: ForeignKey) -> str:
    return f"{reference.model.__name__}.{reference.name}"


def _references(model: Model) -> Iterator[ForeignKey]:
    """Foreign keys of all tables to this one, those without a way back as well."""
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and isinstance(
            getattr(relation, "field", None), ForeignKey
        ):  # fmt: skip
            yield relation.field


def take_out(removal: Removal, found: Hanging) -> None:
    """Write the rows into the bin and out of their tables.  In the caller's transaction.

    One event tells of it, and the history of the rows stays for when they come back.
    """
    with switched_off(), connection.cursor() as cursor:
        for model, ids in found.along.items():
            table, key = _table(model), _quoted(model._meta.pk.column)
            cursor.execute(
                f"UPDATE accounts_removal SET contents = contents || jsonb_build_object(%s, "
                f"(SELECT jsonb_agg(to_jsonb(t) ORDER BY {key}) FROM {table} t "
                f"WHERE {key} = ANY(%s))) WHERE id = %s",
                [model._meta.label_lower, list(ids), removal.pk],
            )
        for name, key, pk, column, _value in found.loosened:
            cursor.execute(
                f"UPDATE {_quoted(name)} SET {_quoted(column)} = NULL WHERE {_quoted(key)} = %s",
                [pk],
            )
        for model, ids in reversed(found.along.items()):
            key = _quoted(model._meta.pk.column)
            cursor.execute(f"DELETE FROM {_table(model)} WHERE {key} = ANY(%s)", [list(ids)])


def put_back(removal: Removal) -> int:
    """Write the rows of the bin back where they were; how many.

    A link to a row that is gone meanwhile comes back empty; a row that cannot be without such a
    link stays away.  Raises IntegrityError where something new stands in the place of a row.
    """
    ids = {
        label: [row[_model(label)._meta.pk.column] for row in rows]
        for label, rows in removal.contents.items()
    }
    count = 0
    with switched_off(), connection.cursor() as cursor:
        for label in removal.contents:
            count += _insert(cursor, removal, label, ids)
        for name, key, pk, column, value in removal.loosened:
            cursor.execute(
                f"UPDATE {_quoted(name)} SET {_quoted(column)} = %s "
                f"WHERE {_quoted(key)} = %s AND {_quoted(column)} IS NULL",
                [value, pk],
            )
        # What is wrong is to be said now, not when the request is over.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return count


def _insert(cursor, removal: Removal, label: str, ids: dict[str, list[int]]) -> int:
    model = _model(label)
    columns, values, parameters, needed, asked = [], [], [], [], []
    for each in model._meta.concrete_fields:
        if getattr(each, "generated", False):
            continue
        column = _quoted(each.column)
        columns.append(column)
        if not isinstance(each, ForeignKey) or not each.db_constraint:
            values.append(f"r.{column}")
            continue
        target = each.related_model._meta
        there = (
            f"(EXISTS (SELECT FROM {_quoted(target.db_table)} p "
            f"WHERE p.{_quoted(target.pk.column)} = r.{column}) OR r.{column} = ANY(%s))"
        )
        also = ids.get(target.label_lower, [])
        if each.null:
            values.append(f"CASE WHEN {there} THEN r.{column} END")
            parameters.append(also)
        else:
            values.append(f"r.{column}")
            needed.append(there)
            asked.append(also)
    cursor.execute(
        f"INSERT INTO {_table(model)} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM accounts_removal b, jsonb_array_elements(b.contents -> %s) e, "
        f"jsonb_populate_record(NULL::{_table(model)}, %s::jsonb || e) r "
        f"WHERE b.id = %s {''.join(f' AND {each}' for each in needed)}",
        [*parameters, label, _defaults(model), removal.pk, *asked],
    )
    return cursor.rowcount


def _defaults(model: Model) -> str:
    """What stands in columns that the product has got since."""
    told = {
        each.column: each.get_default()
        for each in model._meta.concrete_fields
        if each.has_default() and not isinstance(each, models.JSONField)
    }
    return json.dumps(told, cls=DjangoJSONEncoder)


def _model(label: str) -> Model:
    return apps.get_model(label)


def _table(model: Model) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
