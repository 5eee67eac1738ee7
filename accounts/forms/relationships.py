"""A person at the client with their part in decisions, and relations to other organisations."""

from django import forms
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact, Relation
from accounts.selectors import ledger
from accounts.selectors import people as directory
from accounts.selectors.blocks import blocked
from accounts.selectors.clients import folded
from accounts.selectors.relationships import chiefs_for
from accounts.services.relationships import check_chief
from accounts.services.suppression import Suppressed
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import ClientNameField, DateField, VersionedForm


class ContactForm(VersionedForm):
    left_on = DateField(
        label=_("Left the company on"),
        required=False,
        help_text=_("The person stays in the history and is not called any more."),
    )

    class Meta:
        model = Contact
        fields = [
            "name", "position", "role", "influence", "attitude", "reports_to", "counterpart",
            "email", "phone", "left_on", "left_to",
        ]  # fmt: skip
        labels = {
            "name": _("Name and surname"),
            "role": _("Part in the decision"),
            "attitude": _("Attitude to us"),
            "left_to": _("Where to"),
        }
        help_texts = {"left_to": _("Those who know us may become clients there.")}

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.entities = ledger.legal_entities(client, today())
        chiefs = self.fields["reports_to"]
        chiefs.queryset = chiefs_for(self.entities, self.instance)
        chiefs.empty_label = _("Not known")
        ours = self.fields["counterpart"]
        ours.queryset = directory.people_beside(current())
        ours.empty_label = _("Nobody yet")
        if not self.instance.pk:
            del self.fields["left_on"], self.fields["left_to"]

    def clean_email(self):
        email = self.cleaned_data["email"].strip()
        if email:
            forms.EmailField().clean(email)
        return email

    def clean(self):
        """Who was destroyed, or is blocked, comes back neither by hand nor by a program."""
        data = super().clean()
        told = [str(data.get(name) or "") for name in ("name", "email", "phone")]
        suppressed = Suppressed.load(self.entities)
        if suppressed and suppressed.has(*told, self.entities[0]):
            raise forms.ValidationError(
                _("This person was destroyed by an act. Ask the administrator if they are back.")
            )
        same = Q(name__iexact=told[0]) | (Q(email__iexact=told[1]) if told[1] else Q())
        people = Contact.objects.filter(blocked(), client__in=self.entities).exclude(
            pk=self.instance.pk
        )
        if told[0] and people.filter(same).exists():
            raise forms.ValidationError(
                _("This person is blocked here. The administrator can end the block.")
            )
        return data

    def clean_left_on(self):
        day = self.cleaned_data["left_on"]
        if day and day > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean_reports_to(self):
        chief = self.cleaned_data["reports_to"]
        check_chief(self.instance.pk, chief, self.entities)
        return chief


class RelationForm(VersionedForm):
    """Another organisation: a client of ours by its name, or any other in words."""

    other = forms.CharField(
        label=_("Organisation"),
        max_length=255,
        help_text=_("A client of ours by its name or INN, or any other organisation."),
        widget=forms.TextInput(
            attrs={
                "list": "relation-names",
                "autocomplete": "off",
                "hx-get": format_lazy("{}?field=other", reverse_lazy("client_suggestions")),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#relation-names",
            }
        ),
    )
    since = DateField(label=_("Since"), required=False)
    until = DateField(label=_("Until"), required=False, help_text=_("Once it has ended."))

    class Meta:
        model = Relation
        fields = ["kind", "since", "until", "note"]
        labels = {"kind": _("What they are to the client")}

    field_order = ["other", "kind", "since", "until", "note"]

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.client = client
        if self.instance.pk:
            del self.fields["other"]  # another organisation is another relation
        else:
            del self.fields["until"]

    def clean_other(self):
        text = " ".join(self.cleaned_data["other"].split())
        try:
            known = ClientNameField().clean(text)
        except forms.ValidationError:
            if Client.objects.filter(sort_name=folded(text)).exists():
                raise  # several clients have this name
            return text
        if known.pk == self.client.pk:
            raise forms.ValidationError(_("This is the client itself."))
        return known

    def clean(self):
        data = super().clean()
        since = data.get("since")
        until = data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the beginning."))
        return data

    def values(self) -> dict:
        values = super().values()
        other = values.pop("other", None)
        if isinstance(other, Client):
            values["other"] = other
        elif other:
            values["name"] = other
        return values
