"""Forms about plans of clients."""

import datetime as dt

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AccountPlan,
    Client,
    Goal,
    PlanAction,
    PlanParticipant,
    PlanSection,
    PlanTemplate,
    User,
)
from accounts.selectors import people as directory
from accounts.selectors import plans as found
from accounts.services.plan_work import OUTCOMES
from kam.lib.periods import today
from kam.lib.scoping import current

from .clients import DateField, VersionedForm

_OUTCOMES = {"done": _("Done"), "dropped": _("Dropped: it is not needed any more")}


class PlanForm(VersionedForm):
    starts = DateField(label=_("From"))
    ends = DateField(label=_("Until"))

    class Meta:
        model = AccountPlan
        fields = ["title", "starts", "ends"]


class PlanBeginForm(PlanForm):
    """A new plan: its period, and what it begins from."""

    previous = forms.ModelChoiceField(
        label=_("Carry on"),
        queryset=None,
        required=False,
        empty_label=_("nothing: begin with empty sections"),
        help_text=_(
            "Texts come as a starting point, open actions and unfinished goals come along; each is "
            "marked until somebody has looked at it."
        ),
    )
    template = forms.ModelChoiceField(
        label=_("Sections"),
        queryset=None,
        required=False,
        empty_label=_("the built-in ones"),
        help_text=_("Where a plan is carried on, its own sections stay."),
    )

    def __init__(self, *args, client: Client, **kwargs):
        first = default_period(today())
        title = _now("Account plan %(year)s") % {"year": first[0].year}
        initial = {"title": title, "starts": first[0], "ends": first[1]}
        plans = found.plans_of(client.pk)
        if latest := plans.first():
            starts = latest.ends + dt.timedelta(days=1)
            initial |= {
                "previous": latest.pk,
                "title": _now("Account plan %(year)s") % {"year": starts.year},
                "starts": starts,
                "ends": _a_year_from(starts),
            }
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["previous"].queryset = plans
        templates = PlanTemplate.objects.filter(archived=False)
        self.fields["template"].queryset = templates
        if latest is None:
            del self.fields["previous"]

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in PlanForm.Meta.fields}


def default_period(day: dt.date) -> tuple[dt.date, dt.date]:
    """The year in which we are; from October on the coming one."""
    year = day.year + (day.month >= 10)
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _a_year_from(starts: dt.date) -> dt.date:
    return dt.date(starts.year + 1, starts.month, min(starts.day, 28)) - dt.timedelta(days=1)


class SectionForm(VersionedForm):
    goals = forms.ModelMultipleChoiceField(
        label=_("Goals in which it ends"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PlanSection
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        section = self.instance
        linked = list(section.goal_links.values_list("goal", flat=True))
        goals = Goal.objects.filter(client=section.plan.client_id)
        self.fields["goals"].queryset = goals.filter(
            Q(status=Goal.Status.OPEN) | Q(pk__in=linked)
        ).order_by("side", "due", "pk")
        self.initial["goals"] = linked  # compared where two people write
        self.fields["text"].label = section.name
        self.fields["text"].help_text = section.question


def people_to_take_part(plan: AccountPlan):
    """Who may be asked into this plan, or has a part in it."""
    beside = directory.people_beside(current()).values("pk")
    return User.objects.filter(
        Q(pk__in=beside)
        | Q(role=User.Role.COLLEAGUE, is_active=True)  # they serve clients of every team
        | Q(plan_parts__plan=plan)
        | Q(pk=plan.client.owner_id)
    ).distinct()


class ActionForm(VersionedForm):
    due = DateField(label=_("By when"))

    class Meta:
        model = PlanAction
        fields = ["what", "owner", "due"]
        help_texts = {
            "owner": _("Whoever it is takes part in the plan and reads it."),
        }

    def __init__(self, *args, plan: AccountPlan, **kwargs):
        super().__init__(*args, **kwargs)
        owners = self.fields["owner"]
        owners.queryset = people_to_take_part(plan)
        owners.required = False
        owners.empty_label = _("the KAM of the client")


class SettleActionForm(forms.Form):
    """What came of an action."""

    outcome = forms.ChoiceField(
        label=_("What became of it"),
        choices=[(name, _OUTCOMES[name]) for name in OUTCOMES],
        widget=forms.RadioSelect,
        initial="done",
    )
    on = DateField(label=_("On what day"), required=False)
    result = forms.CharField(
        label=_("What came of it, or why it is dropped"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ParticipantForm(VersionedForm):
    class Meta:
        model = PlanParticipant
        fields = ["person", "function", "part"]
        help_texts = {
            "part": _("What this person does for the goal, in a sentence they would say."),
            "function": _("Left empty, it is the one of the person."),
        }

    def __init__(self, *args, plan: AccountPlan, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["person"]
        else:
            there = PlanParticipant.objects.filter(plan=plan).values("person")
            self.fields["person"].queryset = people_to_take_part(plan).exclude(pk__in=there)
