"""The choices of the report builder, and the name under which they are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.editing import VersionedForm
from reports.dashboards import built_words as words
from reports.figures.built_choices import Definition, faults
from reports.models import BuiltReport

ID = r"^[1-9][0-9]{0,17}$"


def _words(name: str) -> Any:
    return words.FIELDS[name]


class ChoicesForm(forms.Form):
    """One set of rules for the page's address, what is kept, and programs."""

    measures = forms.MultipleChoiceField(
        label=_words("measures"), choices=list(words.MEASURES.items()),
        error_messages={"required": words.WHY["measures", "count"]},
    )  # fmt: skip
    rows = forms.ChoiceField(label=_words("rows"), choices=list(words.DIMENSIONS.items()))
    split = forms.ChoiceField(
        label=_words("split"), choices=[("", pgettext_lazy("report builder", "Nothing")), *words.DIMENSIONS.items()],
        required=False,
    )  # fmt: skip
    period = forms.ChoiceField(
        label=_words("period"), choices=list(words.PERIODS.items()), required=False
    )
    since = forms.DateField(label=_words("since"), required=False)
    until = forms.DateField(label=_words("until"), required=False)
    key_only = forms.BooleanField(
        label=pgettext_lazy("report builder", "Key clients only"), required=False
    )
    owner = forms.RegexField(r"^(none|[1-9][0-9]{0,17})$", label=_("KAM"), required=False)
    team = forms.RegexField(ID, label=_("Team"), required=False)
    segment = forms.CharField(label=_("Segment"), max_length=120, required=False)
    region = forms.CharField(label=_("Region"), max_length=120, required=False)
    family = forms.RegexField(ID, label=_("Product family"), required=False)
    chart = forms.ChoiceField(
        label=_words("chart"), choices=list(words.CHARTS.items()), required=False
    )

    def clean(self):
        told = super().clean()
        if self.errors:
            return told
        given = {name: value for name, value in told.items() if value not in ("", None, [])}
        given["measures"] = tuple(told["measures"])
        if told["period"] != "between":
            given.pop("since", None)
            given.pop("until", None)
        self.definition = Definition(**given)
        for name, why in faults(self.definition):
            self.add_error(name, words.WHY[name, why])
        return told

    @property
    def said(self) -> list[tuple[str, str]]:
        """(field in words, why) of all that is wrong."""
        return [
            (str(self.fields[name].label), str(why))
            for name, whys in self.errors.items()
            if name in self.fields
            for why in whys
        ]


def choices(asked: QueryDict | Mapping[str, Any], kept: Definition | None = None) -> ChoicesForm:
    """The choices of an address; where it says none, those that were kept, or the first ones."""
    if "rows" in asked or "measures" in asked:
        return ChoicesForm(asked)
    told = (kept or Definition()).told()
    plain = {field.name: told.get(field.name, "") for field in dataclasses.fields(Definition)}
    return ChoicesForm(plain)


class BuiltReportForm(VersionedForm):
    class Meta:
        model = BuiltReport
        fields = ["name", "shared"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())
