"""Finding a person, destroying what is kept of them, masking words by hand."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Destruction


class FindForm(forms.Form):
    person = forms.CharField(
        label=_("E-mail, phone or name"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class ErasureForm(forms.Form):
    basis = forms.ChoiceField(
        label=pgettext_lazy("law", "Basis"), choices=Destruction.Basis.choices
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Such as the number of the letter. It stays in the act, so it names nobody."),
    )


class RedactionForm(forms.Form):
    place = forms.CharField(max_length=40, widget=forms.HiddenInput)
    row = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    words = forms.CharField(label=_("Words to mask"), max_length=200, required=False)
