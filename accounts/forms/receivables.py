"""Forms about debts: stopping shipments, lifting that, a promised payment."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact
from accounts.selectors import ledger
from accounts.selectors.blocks import blocked
from kam.lib.periods import today

from .clients import DateField


class StopForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In words that may be said to the client."),
    )
    until = DateField(
        label=_("Until when"),
        required=False,
        help_text=_("The last day; empty: until somebody lifts it."),
    )


class ReleaseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is lifted"),
        max_length=500,
        help_text=_("The rules then leave this client alone for 14 days."),
    )


class PaymentPromiseForm(forms.Form):
    amount = forms.DecimalField(
        label=_("How much"), max_digits=18, decimal_places=2, min_value=0.01, localize=False
    )
    due = DateField(label=_("By when"))
    contact = forms.ModelChoiceField(
        None,
        label=_("Who says so"),
        required=False,
        empty_label=_("Nobody named"),
    )

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = Contact.objects.filter(
            ~blocked(), client__in=ledger.legal_entities(client, today()), left_on__isnull=True
        )
