"""Forms of connections: one for each system, since each lets people in by another key."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Connection
from accounts.services.connections import ELEMENTS

from .clients import VersionedForm


def secret_field(**options) -> forms.CharField:
    """Goes in and is never shown again, nor offered by the browser."""
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(widget=widget, required=False, max_length=4000, **options)


class _ConnectionForm(VersionedForm):
    """What is common; ``values`` gives what :mod:`accounts.services.connection_settings` takes."""

    SYSTEM = ""
    pulls = forms.MultipleChoiceField(
        label=_("What to read"), widget=forms.CheckboxSelectMultiple, required=False
    )
    vat = forms.ChoiceField(
        label=_("Amounts there"),
        required=False,
        choices=[
            ("", _("as the company says of files")),
            ("included", _("with VAT")),
            ("excluded", _("without VAT")),
            ("none", _("we have no VAT")),
        ],
    )
    vat_rate = forms.DecimalField(
        label=_("VAT rate, %"), required=False, min_value=0, max_value=99, decimal_places=2
    )

    class Meta:
        model = Connection
        fields = ["name", "source", "every", "whole_at_night"]
        labels = {"source": _("Name of the source")}
        help_texts = {
            "source": _(
                "Ids are unique within it. Use the name under which files of this system came."
            ),
            "whole_at_night": _(
                "Finds what the system has changed without saying so. Takes longer."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        known = Connection.PULLS[self.SYSTEM]
        self.fields["pulls"].choices = [(name, ELEMENTS[name]) for name in known]
        self.fields["source"].required = False
        meant, _colon, rate = row.vat.partition(":")
        self.initial |= {"vat": meant, "vat_rate": rate, "pulls": row.pulls or list(known)}
        if not row.pk:
            self.initial |= {"name": row.get_system_display(), "source": self.SYSTEM}

    def values(self) -> dict:
        values = super().values()
        rate = values.pop("vat_rate")
        if values["vat"] in ("included", "excluded") and rate is not None:
            values["vat"] += f":{rate.normalize():f}"
        return values


class BitrixForm(_ConnectionForm):
    SYSTEM = "bitrix24"
    webhook = secret_field(label=_("Address of the webhook"))

    field_order = [
        "name", "webhook", "pulls", "vat", "vat_rate", "every", "whole_at_night", "source",
    ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["webhook"].required = not self.instance.pk
        self.fields["webhook"].help_text = (
            _("Kept sealed and never shown. Leave empty to keep the present one.")
            if self.instance.pk
            else _("It holds the key: it is kept sealed and never shown again.")
        )


class AmoForm(_ConnectionForm):
    SYSTEM = "amocrm"
    address = forms.CharField(
        label=_("Address"), max_length=255, help_text=_("As in company.amocrm.ru.")
    )
    token = secret_field(label=_("Long-lived key"))
    won = forms.CharField(
        label=_("Stages that make a deal an order"),
        required=False,
        help_text=_("Numbers of stages, with commas. Empty: won, which is 142 in every pipeline."),
    )
    pipelines = forms.CharField(
        label=_("Pipelines"),
        required=False,
        help_text=_("Numbers of pipelines, with commas. Empty: all."),
    )
    client_id = secret_field(label=_("Id of the integration"))
    client_secret = secret_field(label=_("Secret of the integration"))
    redirect_uri = forms.CharField(
        label=_("Redirect address of the integration"), required=False, max_length=500
    )
    refresh_token = secret_field(label=_("Refresh token"))
    RENEWABLE = ("client_id", "client_secret", "redirect_uri", "refresh_token")

    field_order = [
        "name", "address", "token", "pulls", "won", "pipelines", "vat", "vat_rate", "every",
        "whole_at_night", "source", *RENEWABLE,
    ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        renewable = any(self.data.get(name) for name in self.RENEWABLE)
        self.fields["token"].required = not (row.pk or renewable)
        self.fields["token"].help_text = (
            _("Kept sealed and never shown. Leave empty to keep the present one.")
            if row.pk
            else _("It is kept sealed and never shown again.")
        )
        self.initial |= {
            "address": row.address,
            "won": ", ".join(map(str, row.won)),
            "pipelines": ", ".join(map(str, row.pipelines)),
        }

    @property
    def main_fields(self):
        return [field for field in self.visible_fields() if field.name not in self.RENEWABLE]

    @property
    def renewal_fields(self):
        return [self[name] for name in self.RENEWABLE]

    @property
    def renewal_is_open(self) -> bool:
        return any(self.data.get(name) or name in self.errors for name in self.RENEWABLE)

    def clean_won(self):
        return numbers(self.cleaned_data["won"])

    def clean_pipelines(self):
        return numbers(self.cleaned_data["pipelines"])


def numbers(text: str) -> list[int]:
    """Numbers between commas or blanks.  Raises ValidationError."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    if len(parts) > 100 or not all(re.fullmatch(r"[0-9]{1,15}", part) for part in parts):
        raise ValidationError(_("Numbers with commas between them are needed."))
    return sorted({int(part) for part in parts})


FORMS: dict[str, type[_ConnectionForm]] = {"bitrix24": BitrixForm, "amocrm": AmoForm}
