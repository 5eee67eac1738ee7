"""Forms about promises."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact, Promise
from accounts.selectors import ledger
from accounts.selectors import people as directory
from accounts.selectors.blocks import blocked
from accounts.services.promises import OUTCOMES
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import DateField, VersionedForm

_OUTCOMES = {
    "kept": _("Kept"),
    "broken": _("Broken"),
    "withdrawn": _("Withdrawn: both sides have let it go"),
}


class PromiseForm(VersionedForm):
    due = DateField(label=_("By when"))
    reason = forms.CharField(
        label=_("Why it changes"),
        max_length=500,
        required=False,
        help_text=_("Needed where the wording or the day changes; it stays in the history."),
    )

    class Meta:
        model = Promise
        fields = ["side", "what", "contact", "about", "due", "owner", "assured"]
        widgets = {"what": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "what": _("In the words that the other side would use."),
            "assured": _("What is reserved, ordered or prepared so that it can be kept."),
        }

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        people = self.fields["contact"]
        people.queryset = Contact.objects.filter(
            ~blocked() | Q(pk=self.instance.contact_id),
            client__in=ledger.legal_entities(client, today()),
            left_on__isnull=True,
        )
        people.empty_label = _("Nobody named")
        owners = self.fields["owner"]
        owners.queryset = directory.people_beside(current())
        owners.required = False
        owners.empty_label = _("the KAM of the client")
        if not self.instance.pk:
            del self.fields["reason"]


class OutcomeForm(forms.Form):
    """What became of a promise."""

    outcome = forms.ChoiceField(
        label=_("What became of it"),
        choices=[(name, _OUTCOMES[name]) for name in OUTCOMES],
        widget=forms.RadioSelect,
    )
    on = DateField(label=_("On what day"), required=False)
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A document, a message, what was said and by whom."),
    )
    satisfaction = forms.IntegerField(
        label=_("How content the client is, 1–10"),
        min_value=1,
        max_value=10,
        required=False,
        help_text=_("Ask them once it is kept; it can be noted later."),
    )


class SatisfactionForm(forms.Form):
    satisfaction = forms.IntegerField(
        label=_("How content the client is, 1–10"), min_value=1, max_value=10
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(label=_("Why it is opened again"), max_length=500)
