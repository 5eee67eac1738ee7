"""Forms about endpoints."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.lib.editing import VersionedForm
from kam.lib.periods import today

from .models import Endpoint
from .words import event_boxes, event_choices


class EndpointForm(VersionedForm):
    events = forms.MultipleChoiceField(
        label=_("Tell it when"), widget=forms.CheckboxSelectMultiple, choices=event_boxes
    )

    class Meta:
        model = Endpoint
        fields = ["url", "description", "events", "is_active"]
        widgets = {"url": forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})}
        help_texts = {"url": _("Where the other system takes messages, with https://.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["url"].label = _("Address")
        self.fields["description"].label = _("Receiver")
        self.fields["description"].help_text = _("What it is called here, such as Data warehouse.")


class ExampleForm(forms.Form):
    event = forms.ChoiceField(label=_("Event"))

    def __init__(self, *args, endpoint: Endpoint, **kwargs):
        super().__init__(*args, **kwargs)
        # Of all events: what an endpoint does not want yet can be tried as well.
        wanted = [each for each in event_choices() if each[0] in endpoint.events]
        rest = [each for each in event_choices() if each[0] not in endpoint.events]
        self.fields["event"].choices = [*wanted, *rest]


class ResendForm(forms.Form):
    since = forms.DateField(
        label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_since(self):
        since = self.cleaned_data["since"]
        if since > today():
            raise forms.ValidationError(_("This day is still to come."))
        return since
