"""One change to several clients: every field may be left as it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from accounts.selectors import own_fields as known
from accounts.selectors import people as directory
from accounts.services.several import Change

from .clients import LEADING
from .own_fields import TagsField, answer_of

LEAVE = ("", _("Leave as it is"))
NONE = "none"
EMPTY = "-"  # typed into a field of words, it empties the field
WORDS = ("segment", "country", "region", "city")


class SeveralForm(forms.Form):
    """``change()`` is what was asked for."""

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        if person.role in LEADING:
            self.fields["owner"] = _rows(_("KAM"), directory.people_to_assign(person), _("Nobody"))
            self.fields["team"] = _rows(_("Team"), directory.teams_to_assign(person), _("None"))
        self.fields["sales_manager"] = _rows(
            _("Sales manager"), directory.people_beside(person), _("Nobody named")
        )
        self.fields["lifecycle"] = forms.ChoiceField(
            label=_("Lifecycle"), required=False, choices=[LEAVE, *Client.Lifecycle.choices]
        )
        for name in WORDS:
            column = Client._meta.get_field(name)
            label = column.verbose_name
            self.fields[name] = forms.CharField(
                label=str(label)[:1].upper() + str(label)[1:],
                required=False,
                max_length=column.max_length,
            )
        self.fields["segment"].help_text = _("A hyphen alone empties a field.")
        self.fields["add"] = TagsField(label=_("Add tags"))
        self.fields["remove"] = TagsField(label=_("Take tags away"), help_text="")
        self.answers = [answer_of(each) for each in known.asked()]
        for each in self.answers:
            self.fields[each.name] = each.made
            if each.field.kind in known.NARROWING:
                each.made.choices = [LEAVE, (NONE, "—"), *each.made.choices[1:]]

    def clean_country(self):
        country = self.cleaned_data["country"].strip().upper()
        fits = len(country) == 2 and country.isascii() and country.isalpha()
        if country and country != EMPTY and not fits:
            raise forms.ValidationError(_("Write the country as two letters, such as RU or KZ."))
        return country

    def clean(self):
        data = super().clean()
        if not self.errors and not self.change():
            raise forms.ValidationError(_("Say what is to change: everything is left as it is."))
        return data

    def change(self) -> Change:
        data = self.cleaned_data
        values: dict[str, Any] = {}
        for name in ("owner", "team", "sales_manager"):
            if asked := data.get(name, ""):
                values[name] = None if asked == NONE else self.fields[name].row(asked)
        if data.get("lifecycle"):
            values["lifecycle"] = data["lifecycle"]
        for name in WORDS:
            if data.get(name):
                values[name] = "" if data[name] == EMPTY else data[name]
        own = {
            each.field.key: None if data[each.name] == NONE else each.kept(data[each.name])
            for each in self.answers
            if data.get(each.name) not in (None, "")
        }
        return Change(values, data.get("add", ()), data.get("remove", ()), own)


class _Rows(forms.ChoiceField):
    """One of some rows, none of them, or as it is."""

    def __init__(self, queryset, nobody, **options):
        self._rows = {str(row.pk): row for row in queryset}
        choices = [LEAVE, (NONE, nobody), *((key, str(row)) for key, row in self._rows.items())]
        super().__init__(choices=choices, required=False, **options)

    def row(self, key: str):
        return self._rows[key]


def _rows(label, queryset, nobody) -> _Rows:
    return _Rows(queryset, nobody, label=label)
