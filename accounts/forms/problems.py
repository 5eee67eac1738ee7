"""Forms about problems, signals, and the rules of both."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.measures.health import PARTS
from accounts.models import Problem, ProblemStep, RadarSettings, User
from accounts.models.problems import usual_weights
from accounts.selectors import people as directory
from accounts.services.radar_words import PARTS as PART_NAMES
from kam.lib.scoping import current

from .clients import DateField, VersionedForm


def _colleagues(present: int | None):
    """Whom one may name: a colleague from beside the client names nobody but themselves."""
    person = current()
    people = directory.people_beside(person)
    if getattr(person, "role", "") == User.Role.COLLEAGUE:
        people = people.filter(pk__in=[person.pk, present or person.pk])
    return people


class ProblemForm(VersionedForm):
    class Meta:
        model = Problem
        fields = ["what", "kind", "severity", "owner", "details", "solution"]
        widgets = {
            "details": forms.Textarea(attrs={"rows": 3}),
            "solution": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "what": _("One sentence, as the client would say it."),
            "solution": _("What we do, and how we will see that it works. Steps come after."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        owners = self.fields["owner"]
        owners.queryset = _colleagues(self.instance.owner_id)
        owners.required = False
        owners.empty_label = _("the KAM of the client")


class StepForm(forms.ModelForm):
    due = DateField(label=_("By when"))

    class Meta:
        model = ProblemStep
        fields = ["what", "due", "person"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = self.fields["person"]
        people.queryset = _colleagues(self.instance.person_id)
        people.required = False
        people.empty_label = _("who answers for the problem")


class CloseForm(forms.Form):
    """How a problem ended."""

    outcome = forms.ChoiceField(
        label=_("How it ended"),
        choices=[each for each in Problem.Outcome.choices if each[0]],
        widget=forms.RadioSelect,
    )
    came_of_it = forms.CharField(
        label=_("What came of it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What helped and what did not: if it comes again, this is read first."),
    )


class DismissForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is no problem"),
        max_length=500,
        help_text=_("It stays quiet until its cause has gone and come again."),
    )


class SnoozeForm(forms.Form):
    until = DateField(label=_("Silent until"))
    reason = forms.CharField(label=_("Why later"), max_length=500)


class RulesForm(VersionedForm):
    """How many signals a KAM sees in a week, and what the parts of health weigh."""

    class Meta:
        model = RadarSettings
        fields = ["budget"]
        help_texts = {
            "budget": _("The most important ones are shown; the rest waits under “Held back”.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        present = usual_weights() | (self.instance.weights or {})
        for key in PARTS:
            self.fields[f"weight_{key}"] = forms.IntegerField(
                label=PART_NAMES[key], min_value=0, max_value=100, initial=present[key]
            )
        self.fields["version"].initial = self.instance.version

    def weights(self) -> dict[str, int]:
        return {key: self.cleaned_data[f"weight_{key}"] for key in PARTS}
