"""The goal of a client: three questions, a measure, and who answers for it by when."""

from collections.abc import Callable
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.measures.catalogue import MEASURES
from accounts.models import Goal, GoalReading, ProgrammeGoal
from accounts.selectors import people as directory
from accounts.services.standings import GOAL_FIELDS
from kam.lib.scoping import current

from .clients import DateField, VersionedForm


class GoalForm(VersionedForm):
    """A goal may be saved while it still lacks answers; what it lacks is said beside it.

    ``present_value(key)`` gives a measure's value today, None where it is not known: the start
    that is meant where people leave it empty.
    """

    due = DateField(label=_("By when"), required=False)

    class Meta:
        model = Goal
        fields = GOAL_FIELDS
        help_texts = {
            "why": _("Why this client, why now: what do we see in the figures or hear from them?"),
            "what_for": _("What will be different for them and for us once it is reached?"),
            "how": _("The steps, and who on both sides takes them."),
            "own_measure": _("Only where the list has no measure for it: what people count."),
            "start": _("Left empty, it is today's value where it can be computed."),
            "unit": _("Left empty, it is the unit of the measure."),
        }

    def __init__(self, *args, present_value: Callable[[str], Decimal | None], **kwargs):
        super().__init__(*args, **kwargs)
        self.present_value = present_value
        self.fields["measure"] = forms.ChoiceField(
            label=_("What is measured"),
            required=False,
            choices=[
                ("", _("own measure")),
                *((key, measure.label) for key, measure in MEASURES.items()),
            ],
        )
        for name in ("why", "what_for", "how"):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 2})
        self.fields["owner"].queryset = directory.people_beside(current())
        self.fields["owner"].empty_label = _("Nobody yet")
        programme = self.fields["programme"]
        programme.queryset = ProgrammeGoal.objects.order_by("-year")
        programme.empty_label = _("none")
        if not self.instance.pk:
            del self.fields["status"]

    def clean(self):
        data = super().clean()
        if (measure := data.get("measure")) and not self.errors:
            data["own_measure"] = ""
            data["unit"] = data.get("unit") or str(MEASURES[measure].unit_label)
            if data.get("start") is None:
                data["start"] = self.present_value(measure)
        start, target = data.get("start"), data.get("target")
        if start is not None and start == target:
            self.add_error("target", _("The target is the start: nothing would have to change."))
        return data


class CheckInForm(forms.Form):
    """Where a goal stands, by who looked."""

    on = DateField(label=_("On what day"), required=False)
    value = forms.DecimalField(label=_("Where it stands"), max_digits=18, decimal_places=2)
    note = forms.CharField(
        label=_("What is behind it"),
        max_length=GoalReading._meta.get_field("note").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What moved it, what is in the way, what comes next."),
    )


class ProgrammeGoalForm(VersionedForm):
    class Meta:
        model = ProgrammeGoal
        fields = ["why", "what_for", "how", "owner"]
        help_texts = {
            "why": _("Why does the company work with key clients this year?"),
            "what_for": _("What will be different at the end of the year, in figures?"),
            "how": _("What the programme does for it, and who."),
        }
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("why", "what_for", "how")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = directory.people_beside(current())
        self.fields["owner"].empty_label = _("Nobody yet")
