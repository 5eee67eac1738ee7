"""An agreement with its parts: committed volume, prices, and the scale of the rebate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from accounts.models import Agreement, Client, Product, ProductFamily
from accounts.selectors import people as directory
from accounts.services import agreements
from kam.lib.editing import rows_over
from kam.lib.scoping import current

from .clients import DateField, VersionedForm


class ProductField(forms.CharField):
    """A product by its code or name; suggestions come from a list on the page."""

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(Product.objects.filter(code=text)[:2]) or list(
            Product.objects.filter(name__iexact=text)[:2]
        )
        if len(found) != 1:
            raise forms.ValidationError(_("Name one product by its code or its whole name."))
        return found[0]


class PartForm(forms.Form):
    """A row of a part; left empty it is no row."""

    def row(self) -> dict[str, Any] | None:
        data = {name: self.cleaned_data.get(name) for name in self.fields if name != "DELETE"}
        empty = all(value in (None, "") for value in data.values())
        return None if empty or self.cleaned_data.get("DELETE") else data


class CommitmentForm(PartForm):
    starts = DateField(label=_("from"))
    ends = DateField(label=_("until"))
    family = forms.ModelChoiceField(
        queryset=None, required=False, label=_("product family"), empty_label=_("everything")
    )
    amount = forms.DecimalField(
        label=_("committed volume"), min_value=1, max_digits=18, decimal_places=2
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["family"].queryset = ProductFamily.objects.all()


class PriceForm(PartForm):
    product = ProductField(
        label=_("product"), max_length=500, widget=forms.TextInput(attrs={"list": "products"})
    )
    price = forms.DecimalField(label=_("price"), min_value=0, max_digits=20, decimal_places=6)


class RebateStepForm(PartForm):
    volume = forms.DecimalField(
        label=_("from a volume of"), min_value=0, max_digits=18, decimal_places=2
    )
    percent = forms.DecimalField(
        label=_("rebate, %"), min_value=0, max_value=50, max_digits=5, decimal_places=2
    )


def _as_typed(value: Any) -> Any:
    """What a person would have typed: the code of a product, numbers without trailing zeros."""
    if isinstance(value, Product):
        return value.code
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _rows(name: str, present: Sequence[Mapping[str, Any]], data) -> BaseFormSet:
    form, extra, most = FORMSETS[name]
    factory = formset_factory(
        form, extra=extra, can_delete=True, max_num=most, absolute_max=most + extra
    )
    initial = [{key: _as_typed(value) for key, value in row.items()} for row in present]
    return factory(data, prefix=name, initial=initial)


FORMSETS: dict[str, tuple[type[PartForm], int, int]] = {
    "commitments": (CommitmentForm, 2, 60),
    "rebate_steps": (RebateStepForm, 3, 20),
    "prices": (PriceForm, 3, 400),
}


class AgreementForm(VersionedForm):
    """The agreement itself; its parts stand in ``parts``, one set of rows each."""

    starts = DateField(label=_("From"))
    ends = DateField(
        label=_("Until"), required=False, help_text=_("Left empty, it holds until it is ended.")
    )
    ended_on = DateField(
        label=_("Ended early on"), required=False, help_text=_("Its last day, once it is known.")
    )

    class Meta:
        model = Agreement
        fields = agreements.FIELDS
        labels = {
            "number": _("Number"),
            "subject": _("Subject"),
            "payment_days": _("Days to pay"),
            "credit_limit": _("Credit limit"),
            "rebate_period": _("Rebate for each"),
            "rebate_on": _("The rebate is paid"),
            "owner": _("Who answers for it"),
        }
        help_texts = {
            "credit_limit": _("What the client may owe at a time, with VAT."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data=None, *, client: Client, parts: agreements.Parts, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["owner"].queryset = directory.people_beside(current())
        self.fields["owner"].empty_label = _("The KAM alone")
        if not self.instance.pk:
            del self.fields["ended_on"]
        self.parts = {
            name: rows_over(partial(_rows, name, parts.get(name, ())), data, name)
            for name in FORMSETS
        }

    def is_valid(self):
        return all([super().is_valid(), *(each.is_valid() for each in self.parts.values())]) and (
            self._fits()
        )

    def _fits(self) -> bool:
        wrong = agreements.check_parts(self.cleaned_data, self.part_rows())
        for name, text in wrong.items():
            self.add_error(name if name in self.fields else None, text)
        return not wrong

    def part_rows(self) -> dict[str, list[dict[str, Any]]]:
        return {
            name: [row for form in part if (row := form.row()) is not None]
            for name, part in self.parts.items()
        }


class AgreementFileForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("Up to 25 MB; it is kept as it came."))
