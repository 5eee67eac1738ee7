"""Which client rows in quarantine are about."""

from django import forms
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .clients import ClientNameField


class GiveForm(forms.Form):
    client = ClientNameField(
        label=_("Client"),
        help_text=_("By its name or INN."),
        widget=forms.TextInput(
            attrs={
                "list": "client-names",
                "autocomplete": "off",
                "hx-get": format_lazy("{}?field=client", reverse_lazy("client_suggestions")),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#client-names",
            }
        ),
    )


class DiscardForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500)
