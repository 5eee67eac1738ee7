"""A process with its steps: the standard of the company, and the one of a client."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Process, ProcessTemplate, RunStep, TemplateStep, User
from accounts.selectors import people as directory
from accounts.services.processes import MOST_STEPS, STEP_FIELDS
from kam.lib.editing import rows_over
from kam.lib.scoping import current

from .clients import DateField, VersionedForm

EMPTY_ROWS = 2


class StepForm(forms.Form):
    """A row of the table of steps.  An emptied name takes the step out."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    origin = forms.IntegerField(widget=forms.HiddenInput, required=False)
    order = forms.IntegerField(label=_("No."), min_value=1, max_value=999, required=False)
    name = forms.CharField(label=_("Step"), max_length=200, required=False)
    details = forms.CharField(
        label=_("How"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 1})
    )
    function = forms.ChoiceField(
        label=_("Part of the company"),
        choices=[("", "—"), *User.Function.choices],
        required=False,
    )
    responsible = forms.ModelChoiceField(
        label=_("Who answers for it"), queryset=None, required=False, empty_label=_("the KAM")
    )
    days = forms.IntegerField(
        label=_("Within days"), min_value=0, max_value=730, required=False, initial=1
    )
    check_by = forms.CharField(label=_("How we see it is done"), max_length=300, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        if people is None:
            del self.fields["responsible"]
        else:
            self.fields["responsible"].queryset = people
        for name, field in self.fields.items():
            if name not in ("pk", "origin"):
                field.widget.attrs["aria-label"] = field.label

    def clean(self):
        data = super().clean()
        if data.get("name") and data.get("days") is None and "days" not in self.errors:
            data["days"] = 1
        told = data.get("details") or data.get("check_by")
        if told and not data.get("name") and not data.get("pk"):
            self.add_error("name", _("Name the step."))
        return data


class StepFormSet(forms.BaseFormSet):
    def steps(self, owned: dict[int, Any], origins: dict[int, TemplateStep]) -> list[dict]:
        """Rows with a name, in their order.  owned: the steps that may be changed, by id."""
        rows = []
        for place, form in enumerate(self.forms):
            data = form.cleaned_data
            if not data.get("name"):
                continue
            row = {name: data[name] for name in STEP_FIELDS}
            if "responsible" in form.fields:
                row["responsible"] = data["responsible"]
                if data.get("pk") not in owned and data.get("origin") in origins:
                    row["origin"] = origins[data["origin"]]
            if data.get("pk") in owned:
                row["pk"] = data["pk"]
            rows.append(((data.get("order") or 999, place), row))
        return [row for _key, row in sorted(rows, key=lambda each: each[0])]


def step_rows(data, rows: list[dict], *, people, extra: int = EMPTY_ROWS) -> StepFormSet:
    """The table of steps: those there are and some empty rows.  people: who may answer for a step,
    None where nobody is named (in a standard)."""
    factory = forms.formset_factory(
        StepForm, formset=StepFormSet, extra=extra, max_num=MOST_STEPS, absolute_max=MOST_STEPS + 5
    )
    initial = [{**row, "order": number} for number, row in enumerate(rows, 1)]

    def make(data):
        return factory(data, initial=initial, prefix="steps", form_kwargs={"people": people})

    return rows_over(make, data, "steps")


def initial_row(step, **more) -> dict:
    return {name: getattr(step, name) for name in STEP_FIELDS} | more


def people_to_answer():
    return directory.people_beside(current())


class TemplateForm(VersionedForm):
    class Meta:
        model = ProcessTemplate
        fields = ["name", "serves", "archived"]
        widgets = {"serves": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["archived"]


class ProcessForm(VersionedForm):
    next_on = DateField(label=_("Starts next on"), required=False)

    class Meta:
        model = Process
        fields = ["name", "expectation", "starts", "next_on", "every_months"]
        widgets = {"expectation": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "expectation": _("What this client counts on that others may not: in their words."),
            "starts": _("New orders, late payments and complaints are looked for every night."),
        }

    def clean(self):
        data = super().clean()
        if data.get("starts") == Process.Start.DATE and not data.get("next_on"):
            self.add_error("next_on", _("Say on which day it starts next."))
        return data


class SettleForm(forms.Form):
    """What became of a step of a run."""

    state = forms.ChoiceField(choices=RunStep.State.choices)
    note = forms.CharField(max_length=500, required=False)
