"""What a client says it buys in all."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Wallet
from kam.lib.periods import today

from .clients import DateField


class WalletForm(forms.ModelForm):
    date = DateField(label=_("Said on"), initial=today)

    class Meta:
        model = Wallet
        fields = ["amount", "date", "source"]
        labels = {
            "amount": _("Buys in our field in a year, from everybody"),
            "source": _("Who said so, and where"),
        }
