"""Forms about handovers and substitutions."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Handover, Substitution, User
from accounts.selectors import people as directory
from accounts.services.handovers import OVERLAP
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import DateField, VersionedForm


class HandoverForm(VersionedForm):
    """Of one handover that is planned already: ``taker`` and ``on`` go once it is done."""

    on = DateField(label=_("From which day"))
    overlap_until = DateField(
        label=_("Both work with the client until"),
        required=False,
        help_text=_("Until this day the one who hands over keeps the rights to the client."),
    )

    class Meta:
        model = Handover
        fields = ["taker", "on", "overlap_until", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "note": _("What is not written anywhere: habits, sore spots, who listens to whom.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = _takers()
        if self.instance.pk and self.instance.state == Handover.State.DONE:
            del self.fields["taker"]
            del self.fields["on"]


class NewHandoverForm(HandoverForm):
    """Of clients of one KAM."""

    clients = forms.ModelMultipleChoiceField(
        None, label=_("Clients"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ["clients", "taker", "on", "overlap_until", "note"]

    def __init__(self, *args, giver: User, client: Client | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        mine = Client.objects.filter(owner=giver).exclude(handovers__state="planned")
        self.fields["clients"].queryset = mine.editable_by(current())
        self.fields["taker"].queryset = self.fields["taker"].queryset.exclude(pk=giver.pk)
        self.initial.setdefault("on", today())
        self.initial.setdefault("overlap_until", today() + dt.timedelta(days=OVERLAP))
        if client is not None:
            self.initial["clients"] = [client.pk]


def _takers():
    """Whom the actor may give a client: a KAM within the own team, a manager likewise."""
    actor = current()
    if getattr(actor, "role", "") == User.Role.KAM:
        return directory.kams_beside(actor)
    return directory.people_to_assign(actor)


class StepForm(forms.Form):
    what = forms.CharField(label=_("What else has to happen"), max_length=300)


class SubstitutionForm(VersionedForm):
    since = DateField(label=_("From"))
    until = DateField(label=_("Until"), help_text=_("This day is the last."))

    class Meta:
        model = Substitution
        fields = ["person", "substitute", "since", "until", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"note": _("The one who stands in reads this on their first page.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        actor = current()
        self.fields["substitute"].queryset = directory.kams_beside(actor)
        role = getattr(actor, "role", "")
        if self.instance.pk or role == User.Role.KAM:
            del self.fields["person"]
        elif role == User.Role.MANAGER:
            self.fields["person"].queryset = directory.people_to_assign(actor)
        else:
            self.fields["person"].queryset = directory.kams()
