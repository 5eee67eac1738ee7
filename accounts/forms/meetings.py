"""Forms about meetings, their agenda and their minutes."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Contact, Meeting, MeetingResult, User
from accounts.selectors import ledger
from accounts.selectors import meetings as found
from accounts.selectors import people as directory
from accounts.selectors.blocks import blocked
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import DateField, VersionedForm


class MomentField(forms.DateTimeField):
    """A day and an hour by the clock of the company."""

    def __init__(self, **options):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%z"], **options
        )

    def to_python(self, value):
        return super().to_python(value if not value or hasattr(value, "year") else str(value))


class MeetingForm(VersionedForm):
    starts_at = MomentField(label=_("When"))
    contacts = forms.ModelMultipleChoiceField(
        None,
        label=_("Who comes from the client"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Who comes from us"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Meeting
        fields = [
            "kind",
            "title",
            "starts_at",
            "minutes",
            "place",
            "wanted",
            "owner",
            "about",
            "every",
        ]
        widgets = {"wanted": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"wanted": _("What shall be different when we leave the room?")}

    def __init__(self, *args, client: Client | None, **kwargs):
        super().__init__(*args, **kwargs)
        staff = directory.people_beside(current())
        for name in ("owner", "about"):
            self.fields[name].queryset = staff
        self.fields["owner"].empty_label = _("you")
        self.fields["people"].queryset = staff
        if client is None:
            del self.fields["kind"]
            del self.fields["contacts"]
            self.fields["about"].required = True
        else:
            del self.fields["about"]
            self.fields["contacts"].queryset = Contact.objects.filter(
                ~blocked(), client__in=ledger.legal_entities(client, today()), left_on__isnull=True
            )
        if self.instance.pk:
            there = list(found.people_of(self.instance))
            self.initial["people"] = [each.person_id for each in there if each.person_id]
            if client is not None:
                self.initial["contacts"] = [each.contact_id for each in there if each.contact_id]


class ItemForm(forms.Form):
    text = forms.CharField(label=_("What else to talk about"), max_length=500)
    internal = forms.BooleanField(label=_("For ourselves only"), required=False)


class MinutesForm(forms.Form):
    notes = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The client may read this."),
    )
    own_notes = forms.CharField(
        label=_("For ourselves only"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ResultForm(forms.Form):
    """One thing that came of a meeting; without a text it is left out."""

    kind = forms.ChoiceField(label=_("What it is"), choices=MeetingResult.Kind.choices)
    what = forms.CharField(label=pgettext_lazy("result", "What"), max_length=500, required=False)
    due = DateField(label=_("By when"), required=False)
    person = forms.ModelChoiceField(
        User.objects.none(), label=_("Who"), required=False, empty_label="—"
    )
    internal = forms.BooleanField(label=_("For ourselves only"), required=False)

    def __init__(self, *args, with_client: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = directory.people_beside(current())
        if not with_client:
            kinds = (MeetingResult.Kind.DECISION, MeetingResult.Kind.TASK)
            self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]

    def clean(self):
        data = super().clean()
        if data.get("what") and data.get("kind") in MeetingResult.DATED and not data.get("due"):
            self.add_error("due", _("By when? Promises and tasks need a day."))
        return data


ResultForms = forms.formset_factory(ResultForm, extra=5, max_num=40, absolute_max=40)


class ApprovalForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the minutes are corrected"), max_length=500, required=False
    )


class MinutesMailForm(forms.Form):
    """Who of the client gets the last approved version, and in which language."""

    contacts = forms.ModelMultipleChoiceField(
        None, label=_("Who gets the minutes"), widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args, version, people: list[Contact], **kwargs):
        super().__init__(*args, **kwargs)
        done = found.mails_of(version.meeting).filter(version=version).values("contact")
        there = Contact.objects.filter(pk__in=[each.pk for each in people])
        self.fields["contacts"].queryset = there.exclude(pk__in=done)
        self.initial.setdefault("language", get_language())
