"""Forms of what clients gain, what they say to it, and of their words for others."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Benefit, Client, Contact, Reference
from accounts.selectors import ledger
from kam.lib.periods import today

from .clients import DateField, VersionedForm


def people_of(client: Client):
    entities = ledger.legal_entities(client, today())
    return Contact.objects.filter(client__in=entities, anonymised_at__isnull=True)


class BenefitForm(VersionedForm):
    since = DateField(label=pgettext_lazy("benefit", "Since"))
    until = DateField(
        label=pgettext_lazy("benefit", "Until"), required=False, help_text=_("Once it has ended.")
    )

    class Meta:
        model = Benefit
        fields = ["what", "amount", "method", "since", "until"]
        widgets = {"method": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "what": _("In the words of the client: what they spend, lose or wait less."),
            "amount": _("In your company’s currency, for twelve months."),
            "method": _("Figures and where they come from, so that the client can check them."),
        }

    def clean(self):
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the beginning."))
        return data


class BenefitOutcomeForm(forms.Form):
    """What the client says to a claim."""

    outcome = forms.ChoiceField(
        label=_("What the client says"),
        choices=[("confirmed", _("It is so")), ("disputed", _("They do not see it so"))],
        widget=forms.RadioSelect,
    )
    contact = forms.ModelChoiceField(
        label=_("Who says it"), queryset=None, required=False, empty_label="—"
    )
    on = DateField(label=_("On what day"), required=False)
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A letter, the minutes of a review, what was said."),
    )
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("Up to 25 MB; it is kept as it came.")
    )

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = people_of(client)


class ReferenceForm(VersionedForm):
    given_on = DateField(label=pgettext_lazy("reference", "From what day"))
    permitted_until = DateField(
        label=_("Permitted until"), required=False, help_text=_("Empty: until they take it back.")
    )
    link = forms.URLField(
        label=_("Where it stands"), max_length=500, required=False, assume_scheme="https"
    )

    class Meta:
        model = Reference
        fields = [
            "kind", "title", "text", "link", "contact", "given_on", "permission", "permitted_by",
            "permitted_until",
        ]  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "text": _("Their own words, as they may be quoted."),
            "permission": _("Nothing is shown to others without it."),
        }

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("contact", "permitted_by"):
            self.fields[name].queryset = people_of(client)
            self.fields[name].empty_label = _("Nobody named")
        if not self.instance.pk:
            self.fields["given_on"].initial = today()

    def clean_link(self):
        link = self.cleaned_data["link"]
        if link and not link.startswith(("https://", "http://")):
            raise forms.ValidationError(_("An address that begins with https:// is needed."))
        return link
