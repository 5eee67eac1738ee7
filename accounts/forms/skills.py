"""Forms about skills and what a person can carry."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Kam, OwnSkill
from accounts.selectors.skill_library import Skill
from accounts.services.load import CAPACITY
from kam.lib.periods import today

from .clients import DateField, VersionedForm


class RatingsForm(forms.Form):
    """A rating and what shows it for each skill; one left empty is not rated this time."""

    day = DateField(label=_("On what day"))

    def __init__(self, *args, skills: Iterable[Skill], **kwargs):
        super().__init__(*args, **kwargs)
        self.skills = list(skills)
        self.fields["day"].initial = today()
        for skill in self.skills:
            self.fields[f"value_{skill.key}"] = forms.IntegerField(
                label=skill.name, min_value=1, max_value=10, required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
            self.fields[f"note_{skill.key}"] = forms.CharField(
                label=_("What shows it"), max_length=500, required=False
            )

    def clean(self):
        data = super().clean()
        noted = [
            skill
            for skill in self.skills
            if data.get(f"note_{skill.key}")
            and data.get(f"value_{skill.key}") is None
            and f"value_{skill.key}" not in self.errors
        ]
        for skill in noted:
            self.add_error(f"value_{skill.key}", _("Give a rating too, or take the words out."))
        if not self.errors and not self.ratings():
            raise forms.ValidationError(_("Rate at least one skill."))
        return data

    def ratings(self) -> dict[str, tuple[int, str]]:
        said = {
            skill.key: (
                self.cleaned_data.get(f"value_{skill.key}"),
                self.cleaned_data.get(f"note_{skill.key}", ""),
            )
            for skill in self.skills
        }
        return {key: (value, note) for key, (value, note) in said.items() if value is not None}

    def rows(self):
        """(skill, field of its rating, field of its words), as the page shows them."""
        return [(s, self[f"value_{s.key}"], self[f"note_{s.key}"]) for s in self.skills]


class OwnSkillForm(VersionedForm):
    class Meta:
        model = OwnSkill
        fields = ["name", "at_three", "at_six", "at_nine", "archived"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 2}) for name in ("at_three", "at_six", "at_nine")
        }
        help_texts = {
            "name": _("A few words, such as “Price talks” or “Tenders”."),
            "at_three": _("What one sees a beginner do."),
            "at_six": _("What is enough for the daily work."),
            "at_nine": _("What the others come to learn from."),
            "archived": _("Ratings so far stay in the history."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["archived"]


class CapacityForm(forms.Form):
    """``seen``: what stood there when the form was opened, so that nobody's change is lost.

    A person has no version of their own, and these are two numbers.
    """

    key_slots = forms.IntegerField(
        label=_("places for key clients"), min_value=0, max_value=32_767, required=False,
        help_text=_("How many key clients this person can look after well; empty means none."),
    )  # fmt: skip
    load_points = forms.IntegerField(
        label=_("points of load"), min_value=0, max_value=32_767, required=False,
        help_text=_("How many points of load this person can carry; empty means not said."),
    )  # fmt: skip
    seen_key_slots = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_load_points = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, person: Kam, **kwargs):
        super().__init__(*args, **kwargs)
        for name in CAPACITY:
            present = getattr(person, name)
            self.fields[name].initial = self.fields[f"seen_{name}"].initial = present
            self.fields[name].label = self.fields[name].label.capitalize()

    def values(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in CAPACITY}

    def seen(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[f"seen_{name}"] for name in CAPACITY}
