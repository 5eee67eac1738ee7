"""Asking again how sure the list is: with another idea of how closely people agree."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.clients import DateField
from accounts.models import User
from scoring.models import Confidence, WantedRating
from scoring.selectors.confidence import wanted_ratings
from scoring.services.confidence import DRAWS, MOST_SEED, Asked
from scoring.services.confidence_words import CONCENTRATIONS, agreement_choices
from scoring.services.rating_requests import MAY_RATE


class AskForm(forms.Form):
    """Which of the wanted ratings are asked for, of whom and until when."""

    wanted = forms.ModelMultipleChoiceField(
        queryset=None,
        error_messages={"required": _("Choose at least one rating.")},
    )
    person = forms.ModelChoiceField(
        label=_("Whom to ask"),
        queryset=None,
        required=False,
        empty_label=_("each client's KAM"),
    )
    due = DateField(label=_("By when"), required=False)

    def __init__(self, *args, confidence: Confidence | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wanted"].queryset = (
            WantedRating.objects.none() if confidence is None else wanted_ratings(confidence)
        )
        people = User.objects.filter(is_active=True, role__in=MAY_RATE)
        self.fields["person"].queryset = people.order_by("name")


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
