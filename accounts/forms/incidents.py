"""A breach: when it was noticed, which days, whose doing, and who has been told."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, ImportFile, Incident, User
from accounts.services.incidents import DUTIES
from kam.exports.models import Export
from kam.lib.periods import today

from .clients import DateField, VersionedForm

# Of files so many of the latest are offered.
OFFERED = 100
TOLD = tuple(duty.field for duty in DUTIES)


class MomentField(forms.DateTimeField):
    """Day and time, picked in the browser's own calendar, in the company's zone."""

    def __init__(self, **options):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)


class ExportChoice(forms.ModelChoiceField):
    def label_from_instance(self, row):
        return f"{row.filename or row.name} · {row.author}"


class IncidentForm(VersionedForm):
    noticed_at = MomentField(
        label=_("Noticed at"), help_text=_("From this moment the hours of the law count.")
    )
    since = DateField(label=_("Data may have been seen from"))
    until = DateField(label=_("Until"))
    people = forms.ModelMultipleChoiceField(
        label=_("By which accounts of ours"),
        queryset=None,
        required=False,
        help_text=_(
            "Whose password or laptop it was, or who did it. Nobody and nothing: everybody."
        ),
    )
    tokens = forms.ModelMultipleChoiceField(
        label=_("By which keys of programs"), queryset=None, required=False
    )
    export_ref = ExportChoice(label=_("Which exported file"), queryset=None, required=False)

    class Meta:
        model = Incident
        # People, keys and the export are ids: they are filled in by hand below.
        fields = ["title", "noticed_at", "since", "until", "file", "note", *TOLD]
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    field_order = [
        "title", "noticed_at", "since", "until", "people", "tokens", "export_ref", "file", "note",
    ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        row = self.instance
        for name in ("people", "tokens", "export_ref"):
            self.initial[name] = getattr(row, name)
        self.fields["people"].queryset = User.objects.order_by("-is_active", "name", "pk")
        self.fields["tokens"].queryset = ApiToken.objects.select_related("user").order_by("pk")
        self.fields["export_ref"].queryset = _latest(
            Export.objects.exclude(filename="").select_related("author"), row.export_ref
        )
        self.fields["file"].queryset = _latest(ImportFile.objects.all(), row.file_id)
        self.fields["people"].widget.attrs["size"] = 7
        if not self.fields["tokens"].queryset.exists():
            self.fields["tokens"].widget = forms.MultipleHiddenInput()
        for name in ("export_ref", "file"):
            self.fields[name].empty_label = _("none")
        for name in TOLD:
            plain = self.fields[name]
            self.fields[name] = MomentField(label=plain.label, required=False)
            if not row.pk:
                del self.fields[name]

    def clean(self):
        values = super().clean()
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("The last day lies before the first."))
        elif until and until > today():
            self.add_error("until", gettext("This day has not come yet."))
        noticed = values.get("noticed_at")
        if noticed and noticed > timezone.now():
            self.add_error("noticed_at", gettext("This moment has not come yet."))
        for name in TOLD:
            told = values.get(name)
            if told and told > timezone.now():
                self.add_error(name, gettext("This moment has not come yet."))
            elif told and noticed and told < noticed:
                self.add_error(name, gettext("Nobody can be told before it was noticed."))
        return values

    def values(self) -> dict:
        values = super().values()
        for name in ("people", "tokens"):
            values[name] = sorted(row.pk for row in values[name])
        values["export_ref"] = getattr(values["export_ref"], "pk", None)
        return values


def _latest(rows, chosen: int | None):
    """The latest, and the one that is chosen already."""
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:OFFERED])
    return rows.filter(pk__in=[*ids, *([chosen] if chosen else [])]).order_by("-pk")
