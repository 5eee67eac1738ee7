"""Forms of surveys: the questionnaire, whom to ask, and what the client fills in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Survey
from accounts.selectors import surveys as found
from accounts.services.survey_answers import LONGEST, LONGEST_REPLY, asked_questions
from kam.lib import outgoing
from kam.lib.periods import today

from .clients import DateField, VersionedForm

DAYS_OPEN = 30
LONGEST_QUESTION = 300


class SurveyForm(VersionedForm):
    """``fast``: somebody has answered, the questions can only be read."""

    closes_on = DateField(
        label=_("Answers are taken until"),
        help_text=_("Until the end of this day links work and answers can be changed."),
    )

    class Meta:
        model = Survey
        fields = ["name", "scale", "closes_on"]
        help_texts = {"name": _("For your colleagues; clients do not see it.")}

    def __init__(self, *args, fast: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.fields["closes_on"].initial = today() + dt.timedelta(days=DAYS_OPEN)
        self.order_fields(["name", "scale", "closes_on", "version"])
        self.fast = fast
        if fast:
            del self.fields["scale"]
            return
        for number in range(Survey.MOST_QUESTIONS):
            known = dict(enumerate(self.instance.questions)).get(number, {})
            self._add_question(number, known)

    def _add_question(self, number: int, known: dict) -> None:
        for code, _name in settings.LANGUAGES:
            self.fields[f"q{number}_{code}"] = forms.CharField(
                label=_("In Russian") if code == "ru" else _("In English"),
                max_length=LONGEST_QUESTION,
                required=False,
            )
            self.initial.setdefault(f"q{number}_{code}", known.get(code, ""))
        self.fields[f"q{number}_kind"] = forms.ChoiceField(
            label=_("Answer"),
            choices=[("scale", _("a figure from 1 to 10")), ("text", _("in words"))],
            required=False,
        )
        self.initial.setdefault(f"q{number}_kind", known.get("kind", "scale"))

    def head_fields(self):
        return [self[name] for name in ("name", "scale", "closes_on") if name in self.fields]

    def question_fields(self):
        """Fields of each own question: Russian, English, kind of answer."""
        if self.fast:
            return []
        return [
            [self[f"q{number}_{part}"] for part in ("ru", "en", "kind")]
            for number in range(Survey.MOST_QUESTIONS)
        ]

    def values(self) -> dict:
        data = self.cleaned_data
        values = {name: data[name] for name in ("name", "scale", "closes_on") if name in data}
        if not self.fast:
            values["questions"] = [
                {"kind": kind or "scale", "ru": ru, "en": en}
                for ru, en, kind in (
                    (data.get(f"q{n}_ru", ""), data.get(f"q{n}_en", ""), data.get(f"q{n}_kind", ""))
                    for n in range(Survey.MOST_QUESTIONS)
                )
                if ru or en
            ]
        return values


class InviteForm(forms.Form):
    """Whom to ask, in which survey and language; ``people``: those who may be chosen."""

    survey = forms.ModelChoiceField(label=_("Survey"), queryset=None, empty_label=None)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("The client can change it on the page."),
    )
    mail = forms.BooleanField(
        label=_("Mail the link to those who have an address"), required=False, initial=True
    )
    contact = forms.ModelMultipleChoiceField(
        label=_("Whom to ask"), queryset=None,
        error_messages={"required": _("Choose at least one person.")},
    )  # fmt: skip

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["survey"].queryset = found.open_surveys(today())
        self.fields["contact"].queryset = people
        if not outgoing.is_set_up():
            del self.fields["mail"]

    def head_fields(self):
        return [self[name] for name in ("survey", "language", "mail") if name in self.fields]


class FollowUpForm(forms.Form):
    follow_up = forms.CharField(
        label=_("What was done"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whom you talked with, what you found, what was agreed."),
    )


class AnswerForm(forms.Form):
    """What the client fills in.  Radio buttons rather than a slider: nothing is chosen before they
    choose, and it works without scripts."""

    def __init__(self, *args, survey: Survey, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions: Sequence[dict[str, str]] = asked_questions(survey, language)
        self.fields["score"] = _scale(
            survey.lowest, required=True, error_messages={"required": _("Choose a figure.")}
        )
        for each in self.questions:
            name = f"reply_{each['key']}"
            if each["kind"] == "scale":
                self.fields[name] = _scale(1, label=each["words"], required=False)
            else:
                self.fields[name] = forms.CharField(
                    label=each["words"], max_length=LONGEST_REPLY, required=False,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )  # fmt: skip
        self.fields["comment"] = forms.CharField(
            max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 4})
        )

    def reply_fields(self):
        return [(self[f"reply_{each['key']}"], each["kind"]) for each in self.questions]

    def values(self) -> dict:
        data = self.cleaned_data
        replies = {}
        for each in self.questions:
            said = data.get(f"reply_{each['key']}")
            if said not in (None, ""):
                replies[each["key"]] = said
        return {
            "score": data["score"],
            "comment": data["comment"].strip(),
            "replies": replies,
        }


def _scale(lowest: int, **options) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[(str(n), str(n)) for n in range(lowest, 11)],
        coerce=int, empty_value=None, widget=forms.RadioSelect, **options,
    )  # fmt: skip
