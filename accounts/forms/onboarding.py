"""Forms about bringing a new KAM into the work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OnboardingStep, OnboardingTemplate, User
from accounts.models.onboarding import MOST_WEEKS
from accounts.selectors import onboarding as found
from accounts.selectors import people as directory
from accounts.services.onboarding import MOST_STEPS, STEP_FIELDS
from kam.lib.editing import VersionedForm, rows_over
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import DateField

EMPTY_ROWS = 3


class StartForm(forms.Form):
    begun = DateField(label=_("First day"))
    template = forms.ModelChoiceField(
        label=_("By which plan"),
        queryset=None,
        required=False,
        empty_label=_("the built-in one, twelve weeks"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["begun"].initial = today()
        self.fields["template"].queryset = found.templates(archived=False)


class LearnedForm(VersionedForm):
    """One step of a person's plan."""

    due = DateField(label=pgettext_lazy("onboarding", "By when"))
    done_on = DateField(
        label=_("Done on"), required=False, help_text=_("Leave empty while it is open.")
    )

    class Meta:
        model = OnboardingStep
        fields = ["done_on", "note", "due", "helped_by"]
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        helper = self.fields["helped_by"]
        helper.queryset = directory.people_beside(current()) | User.objects.filter(
            pk=self.instance.helped_by_id
        )
        helper.empty_label = _("Nobody named")


class EndForm(forms.Form):
    reason = forms.CharField(label=_("Why it ends before its end"), max_length=500)


class OnboardingTemplateForm(VersionedForm):
    class Meta:
        model = OnboardingTemplate
        fields = ["name", "archived"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["archived"]


class LearningForm(forms.Form):
    """A row of the table of steps; an emptied name takes the step out."""

    week = forms.IntegerField(
        label=pgettext_lazy("onboarding", "Week"), min_value=0, max_value=MOST_WEEKS, required=False
    )
    name = forms.CharField(
        label=pgettext_lazy("onboarding", "Step"), max_length=200, required=False
    )
    details = forms.CharField(
        label=_("How"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 1})
    )
    helper = forms.CharField(label=_("Who helps"), max_length=120, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def clean(self):
        data = super().clean()
        if (data.get("details") or data.get("helper")) and not data.get("name"):
            self.add_error("name", _("Name the step."))
        return data


class LearningFormSet(forms.BaseFormSet):
    def steps(self) -> list[dict[str, Any]]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [{**{n: row[n] for n in STEP_FIELDS}, "week": row.get("week") or 0} for row in rows]


def learning_rows(posted, rows: list[dict[str, Any]]) -> LearningFormSet:
    """The table of steps; where the person takes what another has left, with those rows."""
    made = forms.formset_factory(
        LearningForm, formset=LearningFormSet, extra=EMPTY_ROWS, max_num=MOST_STEPS + EMPTY_ROWS,
        absolute_max=MOST_STEPS + 20,
    )  # fmt: skip
    return rows_over(lambda data: made(data, initial=rows, prefix="steps"), posted, "steps")
