"""Forms about planned changes and the clients they touch."""

from django import forms
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Client, Contact, PlannedChange, ProductFamily, TouchedClient
from accounts.selectors import ledger
from accounts.selectors import people as directory
from kam.lib.editing import VersionedForm
from kam.lib.periods import today
from kam.lib.scoping import current

from .agreements import ProductField
from .clients import ClientNameField, DateField


class PlannedChangeForm(VersionedForm):
    on = DateField(label=_("From what day"))
    product = ProductField(
        label=_("Product"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"list": "products"}),
        help_text=_("Its code or its whole name."),
    )

    class Meta:
        model = PlannedChange
        fields = ["kind", "name", "details", "on", "family", "product", "owner"]
        widgets = {"details": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "family": _(
                "Key clients that bought it in twelve months are listed by themselves. With neither"
                " a family nor a product you choose them."
            ),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        if row.pk:
            self.initial["product"] = row.product.code if row.product else ""
        self.fields["family"].queryset = ProductFamily.objects.all()
        self.fields["family"].empty_label = _("None")
        owners = self.fields["owner"]
        owners.queryset = directory.people_beside(current())
        owners.required = False
        owners.empty_label = _("who writes it down")


class SettlingForm(forms.Form):
    """What becomes of a planned change."""

    state = forms.ChoiceField(label=_("It is now"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Why"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it is dropped."),
    )

    def __init__(self, *args, change: PlannedChange, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [
            each for each in PlannedChange.State.choices if each[0] != change.state
        ]


class ChosenClientForm(forms.Form):
    client = ClientNameField(
        label=_("Client"),
        help_text=_("Begin to write its name."),
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


class TouchedClientForm(VersionedForm):
    """Who tells a client, and what it answered."""

    told_on = DateField(label=pgettext_lazy("touched client", "Told on"), required=False)

    class Meta:
        model = TouchedClient
        fields = ["state", "words", "told_on", "informer", "contact"]
        widgets = {"words": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"words": _("Needed where they object or will stop buying it.")}

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(client__in=ledger.legal_entities(client, today()))
        self.fields["contact"].queryset = people.filter(
            Q(left_on__isnull=True) | Q(pk=self.instance.contact_id)
        )
        self.fields["contact"].empty_label = _("Nobody named")
        informers = directory.people_beside(current())
        if self.instance.informer_id:
            informers = informers | type(self.instance.informer).objects.filter(
                pk=self.instance.informer_id
            )
        self.fields["informer"].queryset = informers
        self.fields["informer"].empty_label = _("Nobody yet")

    def clean(self):
        data = super().clean()
        state = data.get("state")
        # As the service will save it: a day where it is told, none where it is not.
        if state == TouchedClient.State.UNTOLD:
            data["told_on"] = None
        elif state and "told_on" in data and not data["told_on"]:
            data["told_on"] = today()
        objecting = (TouchedClient.State.OBJECTS, TouchedClient.State.LEAVES)
        if state in objecting and not data.get("words", "").strip():
            self.add_error("words", _("Say in their words what they object to."))
        return data
