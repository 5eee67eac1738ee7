"""A day in a form."""

import datetime as dt

from django import forms


class DateField(forms.DateField):
    """A day, picked in the browser's own calendar."""

    def __init__(self, **options):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)

    def to_python(self, value):
        """Programs send numbers and lists where people type: no day either way."""
        given = isinstance(value, str | dt.date) or value is None
        return super().to_python(value if given else str(value))
