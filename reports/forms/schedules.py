"""The form of a schedule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kam.lib.editing import VersionedForm
from reports.models import BuiltReport, Schedule
from reports.models.periodic import Kind
from reports.services.schedules import choosable, chosen


class ScheduleForm(VersionedForm):
    """What a person may choose depends on their role; the service checks it again.

    ``built``: the built report that is ordered, or was; which report it is of is never changed.
    """

    people = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Who is chosen"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counts where the report is for people chosen one by one."),
    )

    class Meta:
        model = Schedule
        fields = ["kind", "audience", "rhythm", "day", "hour", "mailed", "attached", "is_active"]
        help_texts = {
            "day": _("Of the week 1–7, Monday is 1; of the month 1–28. Counted after the period."),
            "hour": _("In the company's time zone."),
            "audience": _("Each reader gets a report made with their own rights."),
        }

    def __init__(self, *args, person: User, built: BuiltReport | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        Audience, Role = Schedule.Audience, User.Role
        self.built = built or self.instance.built
        if self.built is not None:
            del self.fields["kind"]
            self.instance.kind, self.instance.built = Kind.BUILT, self.built
        else:
            self.fields["kind"].choices = [each for each in Kind.choices if each[0] != Kind.BUILT]
        if person.role not in (Role.ADMINISTRATOR, Role.MANAGER):
            del self.fields["people"]
            self.fields["audience"].choices = [(Audience.OWNER, Audience.OWNER.label)]
        elif person.role == Role.MANAGER:
            self.fields["audience"].choices = [
                (each, each.label) for each in (Audience.OWNER, Audience.KAMS, Audience.NAMED)
            ]
        if person.role == Role.KAM and "kind" in self.fields:
            self.fields["kind"].choices = [(each, each.label) for each in (Kind.KAM, Kind.REVIEWS)]
        if "people" in self.fields:
            self.fields["people"].queryset = choosable(person)
            if self.instance.pk:
                self.initial["people"] = [each.pk for each in chosen(self.instance)]
