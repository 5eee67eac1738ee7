"""Forms about initiatives and the clients invited to them."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact, Initiative, Invitation, ProductFamily, Theme
from accounts.selectors import ledger
from accounts.selectors import people as directory
from accounts.services.initiatives import NEXT
from kam.lib.editing import VersionedForm
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import DateField


class InitiativeForm(VersionedForm):
    starts = DateField(label=_("Is to run from"), required=False)
    ends = DateField(label=_("Is to run until"), required=False)

    class Meta:
        model = Initiative
        fields = [
            "kind", "name", "goal", "audience", "theme", "family", "owner", "starts", "ends",
            "expected",
        ]  # fmt: skip
        widgets = {"goal": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "goal": _("In words: what clients gain, what we gain, and how one sees it."),
            "audience": _("For a unique offer: whom our client wins by it."),
            "theme": _("Clients with needs of this theme fit best."),
            "family": _("Clients whose look-alikes buy more of it fit, too."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        self.fields["theme"].queryset = Theme.objects.filter(
            Q(merged_into__isnull=True) | Q(pk=row.theme_id)
        )
        self.fields["theme"].empty_label = _("None yet")
        self.fields["family"].queryset = ProductFamily.objects.all()
        self.fields["family"].empty_label = _("None")
        owners = self.fields["owner"]
        owners.queryset = directory.people_beside(current())
        owners.required = False
        owners.empty_label = _("who writes it down")

    def clean(self):
        data = super().clean()
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("It would end before it begins."))
        if data.get("kind") == Initiative.Kind.OFFER and not data.get("audience", "").strip():
            self.add_error("audience", _("Say whom our client is to win by the offer."))
        return data


class InitiativeStepForm(forms.Form):
    """Which stage an initiative comes to, and on what day."""

    stage = forms.ChoiceField(label=_("It is now"), widget=forms.RadioSelect)
    on = DateField(label=_("Since what day"), required=False)
    note = forms.CharField(
        label=_("What is to be said of it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it is stopped or goes back."),
    )

    def __init__(self, *args, initiative: Initiative, **kwargs):
        super().__init__(*args, **kwargs)
        labels = dict(Initiative.Stage.choices)
        self.fields["stage"].choices = [(s, labels[s]) for s in NEXT[initiative.stage]]


def _people_of(client: Client, now: int | None = None):
    people = Contact.objects.filter(client__in=ledger.legal_entities(client, today()))
    return people.filter(Q(left_on__isnull=True) | Q(pk=now))


class InvitationForm(VersionedForm):
    """Inviting a client."""

    class Meta:
        model = Invitation
        fields = ["contact", "expected", "despite"]
        help_texts = {
            "despite": _("Only where they were asked for something else shortly before."),
        }

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = _people_of(client)
        self.fields["contact"].empty_label = _("Nobody named")


class AnswerForm(VersionedForm):
    """What an invited client answered, and what came of it."""

    class Meta:
        model = Invitation
        fields = ["state", "words", "contact", "expected", "realised"]
        widgets = {"words": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "words": _("Needed where they declined: the next offer begins with it."),
            "realised": _("A year’s sales that came of it, once it is known."),
        }

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = _people_of(client, self.instance.contact_id)
        self.fields["contact"].empty_label = _("Nobody named")

    def clean(self):
        data = super().clean()
        declined = data.get("state") == Invitation.State.DECLINED
        if declined and not data.get("words", "").strip():
            self.add_error("words", _("Say in their words why they declined."))
        return data
