"""Which two clients are compared: typed by name, or linked by id."""

from django import forms
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.clients import ClientNameField
from accounts.models import Client

# Numbers shorter than an INN are ids of ours, as links give them.
SHORTEST_INN = 10


class ClientField(ClientNameField):
    """As its parent, and by our id; begun names are completed from ``client_suggestions``."""

    def __init__(self, name: str, **options):
        super().__init__(
            required=False,
            widget=forms.TextInput(
                attrs={
                    "list": f"names-{name}",
                    "autocomplete": "off",
                    "hx-get": format_lazy("{}?field={}", reverse_lazy("client_suggestions"), name),
                    "hx-trigger": "input changed delay:200ms",
                    "hx-target": f"#names-{name}",
                }
            ),
            **options,
        )

    def clean(self, value):
        text = (value or "").strip()
        if text.isdecimal() and len(text) < SHORTEST_INN:
            found = Client.objects.filter(pk=int(text)).first()
            if found is not None:
                return found
        return super().clean(value)


class ComparisonForm(forms.Form):
    a = ClientField("a", label=_("Client"))
    b = ClientField("b", label=_("Compare it with"))
