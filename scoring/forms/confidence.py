"""Asking again how sure the list is: with another idea of how closely people agree."""

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.services.confidence import DRAWS, MOST_SEED, Asked
from scoring.services.confidence_words import CONCENTRATIONS, agreement_choices


class ConfidenceForm(forms.Form):
    agreement = forms.ChoiceField(
        label=_("How closely do people agree?"), choices=agreement_choices, initial="rough"
    )
    draws = forms.IntegerField(
        label=_("Weightings to draw"), min_value=100, max_value=100_000, initial=DRAWS
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=MOST_SEED,
        initial=0,
        help_text=_("The same seed draws the same weightings, so the answer can be repeated."),
    )

    def asked(self) -> Asked:
        found = self.cleaned_data
        return Asked(CONCENTRATIONS[found["agreement"]], found["seed"], found["draws"])
