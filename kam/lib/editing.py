"""Two people, one record: whoever saves second sees both versions and loses nothing.

A form carries the version it was read at and digests of what it showed then (``read``).  Where
the row has another version by now, fields that the person had not touched take the other's value,
and each field that both have differs visibly: the person keeps theirs or takes the other's by
``taken-<field>``, and saves again.  Rows of a table inside a form (``parts``) are compared as one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.conf import settings
from django.forms import BaseForm, BaseFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import formatting

CHOICE = "taken-"
CARRIED = ("version", "read")
DIGITS = 12


class Conflict(Exception):
    """Somebody saved the row since it was read; ``present`` is the row as it is now."""

    def __init__(self, present):
        super().__init__(f"{type(present).__name__} {present.pk} has been changed meanwhile")
        self.present = present


@dataclass(frozen=True)
class Theirs:
    """What somebody else has left in a field or a table of rows; ``lines`` in words."""

    name: str
    label: str
    lines: list[str]
    choice: str = ""
    taken: bool = False


@dataclass(frozen=True)
class Differing:
    """``choose``: both have changed it; ``taken``: only the other has, so theirs stands now."""

    choose: list[Theirs] = field(default_factory=list)
    taken: list[Theirs] = field(default_factory=list)


class VersionedForm(forms.ModelForm):
    """A form over a row that two people may edit.  ``parts``: tables of rows inside it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    read = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __new__(cls, *args, **kwargs):
        # Remembered, so that the same form can be made again over the row as it is now.
        form = super().__new__(cls)
        form._made = (args, kwargs)
        return form

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts: dict[str, BaseFormSet] = {}
        if self.instance.pk:
            self.fields["version"].initial = getattr(self.instance, "version", None)
            self.fields["read"].initial = self._digests

    def values(self) -> dict:
        """What is to be saved."""
        return {name: v for name, v in self.cleaned_data.items() if name not in CARRIED}

    def is_stale(self) -> bool:
        """Whether the row says something else than it did when it was read: how rows without a
        version are compared, under a lock."""
        read = self._read()
        return bool(self.instance.pk and read) and json.loads(self._digests()) != read

    def over(self, present) -> Self:
        """The same form, empty of what was typed, over ``present``."""
        args, kwargs = self._made
        kept = {name: v for name, v in kwargs.items() if name not in ("data", "initial")}
        return type(self)(None, *args[1:], **kept | {"instance": present})

    def full_clean(self):
        if self.is_bound and isinstance(self.data, MultiValueDict):
            chosen = [name for name in self.fields if takes_theirs(self.data, name)]
            if chosen and self.instance.pk:
                self._take(chosen, self)
        super().full_clean()

    def beside(self, theirs: VersionedForm) -> Differing:
        """Compare with the same form over the row as it is now, and write that version on this
        one.  Untouched fields and parts take what is there; the others say both."""
        seen = self._read()
        found = Differing()
        for name in self._compared(theirs):
            initial = theirs.get_initial_for_field(theirs.fields[name], name)
            if not self.fields[name].has_changed(initial, self[name].data):
                continue
            touched = seen.get(name) != digest(_sent(self, name))
            self._tell(found, theirs[name].label, name, [shown(theirs, name)], touched)
        for name, rows in theirs.parts.items():
            if row_values(rows) == row_values(self.parts[name]):
                continue
            touched = seen.get(name) != digest(row_values(self.parts[name]))
            self._tell(found, "", name, shown_rows(rows), touched)
        self.data = self.data.copy()
        self._take([each.name for each in found.taken], theirs)
        if "version" in theirs.fields:
            self.data["version"] = str(theirs.fields["version"].initial or "")
        self.data["read"] = theirs._digests()
        for each in found.choose:
            if each.name in self.fields:
                self[each.name].theirs = each
            else:
                self.parts[each.name].theirs = each
        return found

    def _tell(self, found: Differing, label, name: str, lines: list[str], touched: bool) -> None:
        # Without digests nobody knows what was touched: then all of it was.
        if not touched and self._read():
            found.taken.append(Theirs(name, label, lines))
        else:
            theirs = takes_theirs(self.data, name)
            found.choose.append(Theirs(name, label, lines, CHOICE + name, theirs))

    def _compared(self, theirs: VersionedForm):
        """Fields of the row itself: not why it changes, nor secrets, which are never told."""
        for name, each in self.fields.items():
            secret = isinstance(each.widget, forms.PasswordInput)
            if name in theirs.initial and name in theirs.fields and not (each.disabled or secret):
                yield name

    def _take(self, names: list[str], theirs: VersionedForm) -> None:
        data = self.data.copy()
        for name in names:
            if name in self.fields:
                data.setlist(self.add_prefix(name), posted(theirs, name))
            else:
                self.parts[name] = theirs.parts[name]
        self.data = data

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self.data.get("read") or "{}")
        except (ValueError, RecursionError):
            return {}
        return known if isinstance(known, dict) else {}

    def _digests(self) -> str:
        """Digests of what the form shows; the words themselves would double the page."""
        told = {name: digest(posted(self, name)) for name in self.fields if name not in CARRIED} | {
            name: digest(row_values(rows)) for name, rows in self.parts.items()
        }
        return json.dumps(told, separators=(",", ":"))


def takes_theirs(data, name: str) -> bool:
    return data.get(CHOICE + name) == "theirs"


def rows_over(make, data, name: str) -> BaseFormSet:
    """A table of rows, ``make(data)``; where the person takes what the other has left, with the
    rows that are kept in place of what was posted."""
    if not data or not takes_theirs(data, name):
        return make(data)
    kept = make(None)
    as_posted = QueryDict(mutable=True)
    for form in (kept.management_form, *kept.forms):
        for each in form.fields:
            as_posted.setlist(form.add_prefix(each), posted(form, each))
    return make(as_posted)


def posted(form: BaseForm, name: str) -> list[str]:
    """What a browser sends for a field that nobody has touched."""
    each = form.fields[name]
    value = each.prepare_value(form.get_initial_for_field(each, name))
    if isinstance(each.widget, forms.CheckboxInput):
        return ["on"] if value else []
    told = each.widget.format_value(value)
    return [str(x) for x in told] if isinstance(told, list | tuple) else [str(told or "")]


def _sent(form: BaseForm, name: str) -> list[str]:
    if isinstance(form.fields[name].widget, forms.CheckboxInput):
        return ["on"] if form[name].data else []
    if hasattr(form.data, "getlist"):
        return form.data.getlist(form.add_prefix(name))
    return [str(form.data.get(form.add_prefix(name), ""))]


def row_values(rows: BaseFormSet) -> list[list[list[str]]]:
    """What the rows hold, the empty ones left out."""
    told = _sent if rows.is_bound else posted
    empty = [posted(rows.empty_form, name) for name in rows.empty_form.fields]
    values = [[told(form, name) for name in form.fields] for form in rows.forms]
    return [[_plain(x) for x in row] for row in values if row != empty and any(map(any, row))]


def _plain(values: list[str]) -> list[str]:
    """As it stays the same on its way through a browser."""
    return sorted(text.replace("\r\n", "\n").strip() for text in values if text)


def digest(values: Any) -> str:
    flat = _plain(values) if all(isinstance(each, str) for each in values) else values
    return hashlib.sha256(json.dumps(flat).encode()).hexdigest()[:DIGITS]


def shown(form: BaseForm, name: str) -> str:
    """The value of an untouched field in words."""
    each = form.fields[name]
    value = form.get_initial_for_field(each, name)
    if isinstance(each, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(each, forms.ModelMultipleChoiceField):
        return ", ".join(str(row) for row in each.queryset.filter(pk__in=value or [])) or "—"
    if isinstance(each, forms.ModelChoiceField):
        return str(_row_of(each, value) or "—")
    if isinstance(each, forms.ChoiceField):
        labels = {str(key): str(label) for key, label in each.choices}
        wanted = value if isinstance(value, list | tuple) else [value]
        return ", ".join(labels.get(str(key or ""), str(key or "—")) for key in wanted) or "—"
    language = get_language() or settings.LANGUAGE_CODE
    if isinstance(value, dt.date):
        return formatting.day(value, language=language)
    if isinstance(value, int | Decimal):
        whole = value == int(value)
        return formatting.number(value, 0 if whole else 2, language=language)
    return "—" if value in (None, "", []) else str(value)


def _row_of(each: forms.ModelChoiceField, value):
    if value is None or hasattr(value, "_meta"):
        return value
    return each.queryset.model._default_manager.filter(pk=value).first()


def shown_rows(rows: BaseFormSet) -> list[str]:
    told = []
    for form in rows.initial_forms:
        words = [shown(form, f.name) for f in form.visible_fields() if f.name not in ("DELETE",)]
        told.append(" · ".join(word for word in words if word != "—"))
    return told or ["—"]
