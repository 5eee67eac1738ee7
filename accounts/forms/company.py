"""The company: name, currency, time zone, and how amounts in files are meant."""

import re
from decimal import Decimal
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kam.lib.models import CompanyRecord

from .clients import VersionedForm

CURRENCIES = ("RUB", "BYN", "KZT", "UZS", "AMD", "GEL", "AZN", "KGS", "EUR", "USD", "GBP", "CNY",
              "TRY", "AED", "PLN", "CZK", "CHF", "INR")  # fmt: skip
NOT_PLACES = re.compile(r"^(Etc|SystemV|US|posix|right)/|^[A-Z0-9+-]+$")


def zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())
            if "/" in zone and not NOT_PLACES.search(zone)]  # fmt: skip


def currencies() -> list[tuple[str, str]]:
    return [(code, code) for code in CURRENCIES]


class CompanyForm(VersionedForm):
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("All amounts are kept and shown in it.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("What “today” and “the end of the day” mean.")
    )
    vat = forms.ChoiceField(
        label=_("Amounts in your files"),
        required=False,
        choices=[
            ("", _("each file says it, or people do")),
            ("included", _("with VAT")),
            ("excluded", _("without VAT")),
            ("none", _("we have no VAT")),
        ],
        help_text=_("How amounts are meant where a file does not say. Revenue is without VAT."),
    )
    vat_rate = forms.DecimalField(
        label=_("VAT rate, %"), required=False, min_value=0, max_value=99, decimal_places=2
    )

    second_step_roles = forms.MultipleChoiceField(
        label=_("Who needs a second step to sign in"),
        required=False,
        choices=User.Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Besides the password: an app with codes, or a passkey. Whoever has none is led to add "
            "one and can do nothing else until then."
        ),
    )

    class Meta:
        model = CompanyRecord
        fields = [
            "name", "currency", "time_zone", "vat", "small_company", "second_step_roles",
            "second_step_from",
        ]  # fmt: skip
        widgets = {"second_step_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    field_order = [
        "name", "currency", "time_zone", "vat", "vat_rate", "small_company", "second_step_roles",
        "second_step_from",
    ]  # fmt: skip

    def __init__(self, *args, fixed_currency: bool, **kwargs):
        super().__init__(*args, **kwargs)
        present = self.instance
        self.fields["version"].initial = present.version
        known = currencies()
        if present.currency not in CURRENCIES:
            known.insert(0, (present.currency, present.currency))
        self.fields["currency"].choices = known
        self.fields["time_zone"].choices = zones()
        if fixed_currency:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _(
                "Amounts are kept in this currency already; it can change no more."
            )
        meant, _colon, rate = present.vat.partition(":")
        self.initial |= {"vat": meant, "vat_rate": rate}

    def values(self) -> dict:
        values = super().values()
        rate: Decimal | None = values.pop("vat_rate")
        if values["vat"] in ("included", "excluded") and rate is not None:
            values["vat"] += f":{rate.normalize():f}"
        return values
