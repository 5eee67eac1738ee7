"""What is asked before a year is closed."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClosingForm(forms.Form):
    """The same fields show the preview (in the address) and close the year (posted)."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)
    growth = forms.DecimalField(
        label=_("The next year’s plan is larger by, %"),
        min_value=-90,
        max_value=500,
        max_digits=5,
        decimal_places=1,
        required=False,
        help_text=_("0 copies the plan as it is; empty copies no plan."),
    )
    goals = forms.BooleanField(
        label=_("Carry goals that were not reached into the next year"), required=False
    )
    review = forms.BooleanField(
        label=_("Ask the managers to look at the matrix again"), required=False
    )

    def __init__(self, *args, years: list[int], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year) for year in years]
