"""What the history of a record says, in words: fields by their names, references by theirs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Client, Contact, Edit, OwnField
from accounts.selectors import own_fields
from accounts.selectors.blocks import withheld
from kam.lib.templatetags.kam import day, moment, number

from . import client_words

NOTHING = "—"
# What columns are called that no form asks for.
_NAMES: dict[str, dict[str, Any]] = {
    "accounts_accountplan": {"number": _("number of the signed plan")},
    "accounts_contact": {
        "client": _("client"), "name": pgettext_lazy("person", "name"),
        "told_by": pgettext_lazy("history", "told by"),
    },
    "accounts_membership": {
        "group": _("group"), "known_to": pgettext_lazy("history", "closed on"),
    },
    "accounts_planaction": {
        "section": _("section"), "settled_on": _("settled on"), "settled_by": _("settled by"),
    },
    "accounts_planparticipant": {"acknowledged": pgettext_lazy("history", "has read the signed plan")},
    "accounts_plansection": {"position": pgettext_lazy("history", "place in the plan")},
    "accounts_promise": {"settled_by": _("settled by")},
    "accounts_user": {"name": pgettext_lazy("person", "name")},
}  # fmt: skip
# Values of a field that are more than a word, and how they are told.
_WORDS: dict[tuple[str, str], Callable[[Any], str]] = {}


@dataclass(frozen=True)
class Part:
    """What a part of a record is called; ``title`` tells which one it is, ``related`` what that
    needs of the row."""

    name: Any
    title: Callable[[Any], str] = str
    related: tuple[str, ...] = ()


_PARTS = {
    "accounts_membership": Part(pgettext_lazy("history", "Member of a group"), lambda _row: ""),
    "accounts_plansection": Part(_("Section")),
    "accounts_planaction": Part(pgettext_lazy("history", "Action")),
    "accounts_planparticipant": Part(pgettext_lazy("history", "Participant"), related=("person",)),
}
# Kept so that a removed part is found; the reader knows of what it was.
_WHOLE = {("accounts_planparticipant", "plan_id")}


def register(
    relation: str,
    names: Mapping[str, Any],
    *,
    part: Part | None = None,
    whole: str = "",
    words: Mapping[str, Callable[[Any], str]] | None = None,
) -> None:
    """Say of a table of an app above this one what its fields are called, how values that are more
    than a word are told, what a row is a part of, and which column tells of what."""
    _NAMES[relation] = dict(names)
    if part is not None:
        _PARTS[relation] = part
    if whole:
        _WHOLE.add((relation, whole))
    for name, told_by in (words or {}).items():
        _WORDS[relation, name] = told_by


@dataclass(frozen=True)
class Line:
    """One field of one edit, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """An edit as a person reads it.  ``who``: a person's name, or empty where a program did it;
    ``part``: which part of the record, empty for itself."""

    edit: Edit
    who: str
    part: str
    lines: list[Line]


def field_of(edit: Edit, column: str) -> models.Field | None:
    """The field of a column; None where the column is gone meanwhile."""
    for each in _model(edit.relation)._meta.concrete_fields:
        if each.column == column:
            return each
    return None


def label(field: models.Field) -> str:
    """What a field is called: clients have their names in one place, others on the model."""
    if field.model is Client and field.name in client_words.LABELS:
        return str(client_words.LABELS[field.name])
    known = _NAMES.get(field.model._meta.db_table, {}).get(field.name)
    return capfirst(str(known or field.verbose_name))


def told(edits: Iterable[Edit]) -> list[Told]:
    """Edits in words; names of what they refer to by one query a kind."""
    edits = list(edits)
    names, own, parts = _Names(edits), _own_fields(edits), _titles(edits)
    return [
        Told(
            edit,
            "" if edit.actor_name.startswith("system:") else edit.actor_name,
            _part(edit, parts),
            list(_lines(edit, names, own)),
        )
        for edit in edits
    ]


def _titles(edits: list[Edit]) -> dict[tuple[str, int], str]:
    """Which parts were edited, of those that are there and seen; one query a kind."""
    found = {}
    for relation in {edit.relation for edit in edits} & set(_PARTS):
        part, model = _PARTS[relation], _model(relation)
        ids = {edit.object_id for edit in edits if edit.relation == relation}
        rows = model._default_manager.select_related(*part.related).filter(pk__in=ids)
        found |= {(relation, row.pk): part.title(row) for row in rows}
    return found


def _part(edit: Edit, titles: dict[tuple[str, int], str]) -> str:
    if edit.relation not in _PARTS:
        return ""
    title = titles.get((edit.relation, edit.object_id), "")
    return ": ".join(filter(None, (str(_PARTS[edit.relation].name), title)))


def _lines(edit: Edit, names: _Names, own: dict[str, OwnField]) -> Iterator[Line]:
    told_of = edit.before if edit.did == Edit.Did.REMOVED else edit.after
    for field in _model(edit.relation)._meta.concrete_fields:
        column = field.column
        if column not in told_of or (edit.relation, column) in _WHOLE:
            continue
        before, after = edit.before[column], edit.after.get(column)
        if field.name == "own" and field.model is Client:
            yield from _answers(before or {}, after or {}, own)
        else:
            line = Line(label(field), names.words(field, before), names.words(field, after))
            if line.before != NOTHING or line.after != NOTHING:
                yield line


def _answers(before: dict, after: dict, own: dict[str, OwnField]) -> Iterator[Line]:
    for key in sorted({*before, *after}):
        field, old, new = own.get(key), before.get(key), after.get(key)
        if field is not None and old != new:
            yield Line(
                field.name,
                own_fields.shown(field, old) or NOTHING,
                own_fields.shown(field, new) or NOTHING,
            )


def _own_fields(edits: list[Edit]) -> dict[str, OwnField]:
    asked = any("own" in edit.after for edit in edits if edit.relation == Client._meta.db_table)
    return {each.key: each for each in OwnField.objects.all()} if asked else {}


@cache
def _model(relation: str) -> type[models.Model]:
    return next(each for each in apps.get_models() if each._meta.db_table == relation)


class _Names:
    """Names of the rows that edits refer to, as far as the reader sees them."""

    def __init__(self, edits: list[Edit]):
        asked: dict[type[models.Model], set[int]] = defaultdict(set)
        for edit in edits:
            for column in {*edit.before, *edit.after}:
                field = field_of(edit, column)
                if isinstance(field, models.ForeignKey):
                    ids = {edit.before.get(column), edit.after.get(column)} - {None}
                    asked[field.related_model] |= ids
        self._known = {
            model: {row.pk: _name(row) for row in model._default_manager.filter(pk__in=ids)}
            for model, ids in asked.items()
            if ids
        }

    def words(self, field: models.Field, value: Any) -> str:
        if value in (None, "", [], {}):
            return NOTHING
        if told_by := _WORDS.get((field.model._meta.db_table, field.name)):
            return told_by(value)
        if isinstance(field, models.ForeignKey):
            known = self._known.get(field.related_model, {})
            return known.get(value) or _now("not shown to you, or gone")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _plain(field, value)


def _name(row: models.Model) -> str:
    return str(withheld(row, named=False)) if isinstance(row, Contact) else str(row)


def _plain(field: models.Field, value: Any) -> str:
    if isinstance(field, models.BooleanField):
        return _now("yes") if value else _now("no")
    if isinstance(field, ArrayField):
        return ", ".join(map(str, value))
    if isinstance(field, models.DateTimeField):
        return moment(dt.datetime.fromisoformat(value))
    if isinstance(field, models.DateField):
        return day(dt.date.fromisoformat(value))
    if isinstance(field, models.DecimalField):
        return number(value, 0 if float(value) == int(float(value)) else field.decimal_places)
    if isinstance(field, models.FloatField):
        return number(value, 0 if value == int(value) else 2)
    if isinstance(field, models.IntegerField):
        return number(value)
    return str(value)
