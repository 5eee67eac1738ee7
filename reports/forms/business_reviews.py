"""Forms about business reviews."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from kam.lib import formatting
from reports.figures.calendar import Period
from reports.models import BusinessReview
from reports.services import business_reviews as reviews
from reports.services import review_mail

LONGEST = reviews.LONGEST


def _words(label, help_text, rows: int = 3):
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class ReviewForm(forms.Form):
    """What a review is made of beside what the product knows.  Words for the client and words for
    ourselves stand apart, and say which they are."""

    quarter = forms.ChoiceField(label=_("Which quarter"))
    language = forms.ChoiceField(
        label=_("Language of the edition for the client"), choices=settings.LANGUAGES
    )
    goals = forms.ModelMultipleChoiceField(
        None,
        label=_("Goals agreed with the client"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The client sees those you tick: what for, target, fact. No others."),
    )
    headline = _words(
        _("For the client: the quarter in one sentence"),
        _("What it brought them, in their words."), 2,
    )  # fmt: skip
    lessons = _words(
        _("For the client: what did not go well, and what we changed"),
        _("Honest and short; they know it anyway."),
    )
    asks = _words(_("For the client: what we ask them to decide"), _("One line each."))
    notes = _words(
        _("For ourselves only: notes"), _("They stand in our own edition and nowhere else.")
    )

    def __init__(self, *args, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self._quarters = {each.ends.isoformat(): each for each in reviews.quarters()}
        language = get_language() or "en"
        self.fields["quarter"].choices = [
            (key, _span(each, language)) for key, each in self._quarters.items()
        ]
        self.fields["language"].initial = language
        self.fields["goals"].queryset = reviews.goals_of(client)

    def clean_quarter(self) -> Period:
        return self._quarters[self.cleaned_data["quarter"]]


def _span(period: Period, language: str) -> str:
    days = (formatting.day(each, language=language) for each in period)
    return " – ".join(days)


class CommentForm(forms.Form):
    text = forms.CharField(
        label=pgettext_lazy("review", "Comment"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only we read it; it never goes to the client."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    words = forms.CharField(
        label=pgettext_lazy("review", "What is to be changed"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed to return it."),
    )  # fmt: skip


class ReviewMailForm(forms.Form):
    """Who of the client gets an approved review: those who have it already are not asked again."""

    contacts = forms.ModelMultipleChoiceField(
        None, label=_("Who gets the review"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, review: BusinessReview, **kwargs):
        super().__init__(*args, **kwargs)
        done = review_mail.mails_of(review).values("contact")
        self.fields["contacts"].queryset = review_mail.recipients(review).exclude(pk__in=done)
