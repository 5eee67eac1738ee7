"""Forms about exceptional offers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, ExceptionalOffer, OfferPart, Process
from accounts.selectors import ledger
from accounts.selectors import people as directory
from kam.lib.periods import today
from kam.lib.scoping import current

from .agreements import ProductField
from .clients import DateField, VersionedForm


class OfferForm(VersionedForm):
    starts = DateField(label=_("From"))
    ends = DateField(label=_("Until"), required=False)

    class Meta:
        model = ExceptionalOffer
        fields = ["title", "expectation", "starts", "ends", "process"]
        widgets = {"expectation": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "expectation": _("In the client's words; it is what the offer will be measured by."),
            "process": _("The steps by which it comes about each time, made for this client."),
        }

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        entities = ledger.legal_entities(client, today())
        ways = self.fields["process"]
        ways.queryset = Process.objects.filter(client__in=entities, stopped_on__isnull=True)
        ways.empty_label = _("None yet")


class OfferPartForm(forms.ModelForm):
    due = DateField(label=_("By when"))
    product = ProductField(
        label=_("Product"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
        help_text=_("Its code or whole name, where it is one of yours."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = OfferPart
        fields = ["kind", "what", "product", "due", "owner", "assured"]
        widgets = {"what": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "assured": _("What is reserved, ordered or prepared so that it can be kept."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        owners = self.fields["owner"]
        owners.queryset = directory.people_beside(current())
        owners.empty_label = _("the KAM of the client")
        if self.instance.pk:
            self.fields["version"].initial = self.instance.offer.version
            self.initial["product"] = getattr(self.instance.product, "code", "")

    def values(self) -> dict:
        return {name: v for name, v in self.cleaned_data.items() if name != "version"}


class OfferEndForm(forms.Form):
    on = DateField(label=_("Last day"), required=False)
    reason = forms.CharField(label=_("Why it ends"), max_length=500)
