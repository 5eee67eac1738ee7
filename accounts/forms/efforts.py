"""Forms of hours and costs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import EffortRules, HourRate, ProgrammeCost, ServiceCost
from kam.lib.periods import today

from .clients import DateField, VersionedForm


class EffortRulesForm(VersionedForm):
    class Meta:
        model = EffortRules
        fields = [
            "call", "meeting", "email", "visit", "complaint", "survey", "note", "promise", "step",
            "rate", "capital", "discount",
        ]  # fmt: skip
        help_texts = {
            "rate": _("Wage with taxes and the place of work; it holds for whoever has no own."),
            "capital": _("By it late payment costs: what a loan would cost you."),
            "discount": _("By it lifetime value and payback count: money next year is worth less."),
        }


class HourRateForm(VersionedForm):
    class Meta:
        model = HourRate
        fields = ["rate"]
        help_texts = {"rate": _("Weeks saved from now on count by it; earlier ones stay.")}


class _CostForm(VersionedForm):
    date = DateField(label=_("On what day"))

    def clean_date(self):
        day = self.cleaned_data["date"]
        if day > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class ServiceCostForm(_CostForm):
    class Meta:
        model = ServiceCost
        fields = ["kind", "what", "date", "amount"]
        help_texts = {"amount": _("Without VAT, in your company’s currency.")}


class ProgrammeCostForm(_CostForm):
    class Meta:
        model = ProgrammeCost
        fields = ["kind", "what", "date", "amount"]
        help_texts = {"amount": _("Without VAT, in your company’s currency.")}
