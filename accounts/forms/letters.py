"""Forms about mail that people hand on."""

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.importing.letters import MAX_LETTER

from .clients import ClientNameField
from .talks import FilesField


class UploadForm(forms.Form):
    files = FilesField(label=_("Mail as a file (.eml)"), help_text=_("Up to 25 MB each."))

    def clean_files(self):
        files = self.cleaned_data["files"]
        if not files:
            raise forms.ValidationError(_("Choose a file."))
        if any(each.size > MAX_LETTER for each in files):
            raise forms.ValidationError(_("This is no mail (.eml), or it is larger than 25 MB."))
        return files


class PlacingForm(forms.Form):
    client = ClientNameField(
        label=_("Client"),
        widget=forms.TextInput(
            attrs={
                "list": "letter-clients",
                "autocomplete": "off",
                "hx-get": reverse_lazy("client_suggestions"),
                "hx-vals": '{"field": "client"}',
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#letter-clients",
                "hx-swap": "innerHTML",
            }
        ),
    )
