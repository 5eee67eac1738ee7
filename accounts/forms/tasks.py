"""Forms about tasks."""

import datetime as dt

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.measures import recurrence
from accounts.models import Task, User
from accounts.selectors.tasks import askable
from accounts.services.task_words import rule_in_words
from kam.lib.navigation import may
from kam.lib.periods import today

from .clients import ClientNameField, DateField, VersionedForm

KEPT = "kept"
_CHOICES = [
    ("", pgettext_lazy("repeats", "Does not repeat")),
    ("workdays", _("every working day")),
    ("weekly", pgettext_lazy("repeats", "Every week, on the same weekday")),
    ("biweekly", pgettext_lazy("repeats", "Every two weeks, on the same weekday")),
    ("monthly", pgettext_lazy("repeats", "Every month, on the same day")),
    ("quarterly", pgettext_lazy("repeats", "Every three months, on the same day")),
    ("yearly", pgettext_lazy("repeats", "Every year")),
]
_SHAPES = {
    ("DAILY", 1, recurrence.DAYS[:5]): "workdays",
    ("WEEKLY", 1, None): "weekly",
    ("WEEKLY", 2, None): "biweekly",
    ("MONTHLY", 1, None): "monthly",
    ("MONTHLY", 3, None): "quarterly",
    ("YEARLY", 1, None): "yearly",
}


def repeats_of(rule: str) -> str:
    """Which of the choices a rule is; KEPT for one that only a program can write."""
    if not rule:
        return ""
    found = recurrence.parse(rule)
    days = found.days if found.frequency == "DAILY" or len(found.days) > 1 else None
    shape = "" if found.until else _SHAPES.get((found.frequency, found.every, days or None), "")
    return shape or KEPT


def rule_of(repeats: str, due: dt.date) -> str:
    """The rule of a choice, on the rhythm of the day."""
    Rule, weekday = recurrence.Rule, (recurrence.DAYS[due.weekday()],)
    found = {
        "workdays": Rule("DAILY", days=recurrence.DAYS[:5]),
        "weekly": Rule("WEEKLY", days=weekday),
        "biweekly": Rule("WEEKLY", every=2, days=weekday),
        "monthly": Rule("MONTHLY", day=due.day),
        "quarterly": Rule("MONTHLY", every=3, day=due.day),
        "yearly": Rule("YEARLY"),
    }.get(repeats)
    return str(found) if found else ""


class AboutField(ClientNameField):
    """As :class:`ClientNameField`; ``about``, the client it stands for already, needs no search: its
    name may be that of several, or of one that this person does not see."""

    about = None

    def clean(self, value):
        if self.about is not None and (value or "").strip() == self.about.name:
            return self.about
        return super().clean(value)


class TaskForm(VersionedForm):
    due = DateField(label=_("By when"))
    client = AboutField(
        label=_("Client"),
        required=False,
        help_text=_("Begin to write its name. Empty: the task is about no client."),
        widget=forms.TextInput(
            attrs={
                "list": "task-clients",
                "autocomplete": "off",
                "hx-get": reverse_lazy("client_suggestions"),
                "hx-vals": '{"field": "client"}',
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#task-clients",
                "hx-swap": "innerHTML",
            }
        ),
    )
    repeats = forms.ChoiceField(label=_("Repeats"), choices=_CHOICES, required=False)

    class Meta:
        model = Task
        fields = ["what", "due", "client", "owner", "note"]
        labels = {"what": _("What is to be done"), "owner": _("Who does it"), "note": _("Details")}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    field_order = ["what", "due", "repeats", "client", "owner", "note"]

    def __init__(self, *args, person: User, client=None, **kwargs):
        instance = kwargs.get("instance")
        about = instance.client if instance is not None and instance.client_id else client
        first = {"client": about.name if about else "", "owner": person.pk, "due": today()}
        if instance is not None and instance.pk:
            first = {"client": first["client"], "repeats": repeats_of(instance.rule)}
        kwargs["initial"] = first | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.person, self.about = person, about
        self.fields["owner"].queryset = askable(person, self.instance.owner_id)
        self.fields["owner"].required = False
        self.fields["owner"].empty_label = _("I do")
        self.fields["client"].about = about
        if not may(person, "client_suggestions"):
            del self.fields["client"]
        if self.instance.pk and repeats_of(self.instance.rule) == KEPT:
            kept = (KEPT, rule_in_words(self.instance.rule, self.instance.due))
            self.fields["repeats"].choices = [*_CHOICES, kept]

    def values(self) -> dict:
        found = super().values()
        repeats, due, before = found.pop("repeats", ""), found["due"], self.instance
        same = before.pk and self.initial.get("repeats", "") == repeats and before.rule
        moved = "due" in self.changed_data
        keeps = same and (not moved or repeats in (KEPT, "workdays", "yearly"))
        found["rule"] = before.rule if keeps else rule_of(repeats, due)
        found["owner"] = found.get("owner") or self.person
        if "client" not in self.fields:
            found.pop("client", None)
        return found


class ReturnForm(forms.Form):
    word = forms.CharField(label=_("Why you return it"), max_length=500)
