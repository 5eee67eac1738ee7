"""Forms about talks: the whole note, the quick one, and what is made of its words."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Attendance, Client, Contact, Interaction, User
from accounts.selectors import people as directory
from accounts.selectors.blocks import blocked
from accounts.services.talks import MOST_FILES
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import ClientNameField, DateField, InteractionForm


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    def __init__(self, **options):
        super().__init__(widget=FilesInput(), required=False, **options)

    def clean(self, data, initial=None):
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most %(most)s files at once.") % {"most": MOST_FILES})
        return [super(FilesField, self).clean(each, initial) for each in given]


class NextStep:
    """What comes next, and by when: both or neither."""

    def check_next(self, data):
        what, due = data.get("next_what"), data.get("next_due")
        if what and not due and "next_due" not in self.errors:
            self.add_error("next_due", _("Say by when."))
        if due and not what:
            self.add_error("next_what", _("Say what is to be done by then."))


class TalkForm(NextStep, InteractionForm):
    """A talk with who was there, files, and the next step."""

    others = forms.ModelMultipleChoiceField(
        label=_("Who else of theirs"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checks"}),
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Who else of ours"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "checks"}),
    )
    files = FilesField(
        label=_("Files"), help_text=_("Up to 25 MB each; they are kept as they come.")
    )
    next_what = forms.CharField(
        label=_("Next step"),
        max_length=500,
        required=False,
        help_text=_("It becomes a task of yours."),
    )
    next_due = DateField(label=_("Next step by"), required=False)

    field_order = [
        "kind", "date", "contact", "subject", "text", "satisfaction", "next_what", "next_due",
        "others", "people", "files",
    ]  # fmt: skip

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, client=client, **kwargs)
        there, ours = [], []
        if self.instance.pk:
            for row in Attendance.objects.filter(interaction=self.instance.pk):
                (there if row.contact_id else ours).append(row.contact_id or row.person_id)
        theirs = Contact.objects.filter(client=client)
        theirs = theirs.filter(~blocked() & Q(left_on__isnull=True) | Q(pk__in=there))
        self.fields["others"].queryset = theirs
        beside = directory.people_beside(current())
        if self.instance.pk:
            beside = beside | User.objects.filter(pk__in=ours)
        self.fields["people"].queryset = beside
        self.initial |= {"others": there, "people": ours}
        if not theirs.exists():
            del self.fields["others"]

    def clean(self):
        data = super().clean()
        self.check_next(data)
        return data


class QuickNoteForm(NextStep, forms.Form):
    """Half a minute after a talk, on the phone."""

    client = ClientNameField(
        label=_("Client"),
        widget=forms.TextInput(
            attrs={
                "list": "note-clients",
                "autocomplete": "off",
                "hx-get": reverse_lazy("client_suggestions"),
                "hx-vals": '{"field": "client"}',
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#note-clients",
                "hx-swap": "innerHTML",
            }
        ),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (kind.value, kind.label)
            for kind in Interaction.Kind
            if kind in ("call", "meeting", "visit", "email", "note")
        ],
        widget=forms.RadioSelect,
        initial="call",
    )
    text = forms.CharField(
        label=_("What was said and agreed"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    satisfaction = forms.IntegerField(
        label=_("Satisfaction, 1 to 10"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        widget=forms.NumberInput(attrs={"min": 1, "max": 10, "inputmode": "numeric"}),
    )
    next_what = forms.CharField(label=_("Next step"), max_length=500, required=False)
    next_due = DateField(label=_("Next step by"), required=False)

    def clean(self):
        data = super().clean()
        self.check_next(data)
        return data

    def values(self) -> dict:
        """As a talk of today: its subject is how the text begins."""
        data = dict(self.cleaned_data)
        client = data.pop("client")
        first = data["text"].strip().splitlines()[0]
        if len(first) > 80:
            first = first[:80].rsplit(" ", 1)[0] + "…"
        return {"client": client, "values": data | {"date": today(), "subject": first}}
