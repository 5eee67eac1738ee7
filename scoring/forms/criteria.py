"""A criterion of one's own: names, what 1, 5 and 10 mean, and where its ratings come from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.models import Criterion
from scoring.services.criteria import MARKS

from .matrices import sources

LANGUAGES = ("ru", "en")


class CriterionForm(forms.Form):
    """Texts in both languages; the meanings of 1, 5 and 10 at least in one."""

    label_ru = forms.CharField(label=_("Name in Russian"), max_length=150)
    label_en = forms.CharField(label=_("Name in English"), max_length=150)
    description_ru = forms.CharField(
        label=_("What it is about, in Russian"), widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )  # fmt: skip
    description_en = forms.CharField(
        label=_("What it is about, in English"), widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )  # fmt: skip
    one_ru = forms.CharField(label=_("What 1 means"), max_length=300, required=False)
    five_ru = forms.CharField(label=_("What 5 means"), max_length=300, required=False)
    ten_ru = forms.CharField(label=_("What 10 means"), max_length=300, required=False)
    one_en = forms.CharField(label=_("What 1 means"), max_length=300, required=False)
    five_en = forms.CharField(label=_("What 5 means"), max_length=300, required=False)
    ten_en = forms.CharField(label=_("What 10 means"), max_length=300, required=False)
    measure = forms.ChoiceField(label=_("Computed from"), required=False)
    people = forms.IntegerField(
        label=_("Share of people's ratings, %"),
        help_text=_("0: only computed. With people alone as the source it is 100."),
        min_value=0,
        max_value=99,
        required=False,
    )
    axis = forms.ChoiceField(
        label=_("On the map"), required=False,
        choices=[("", _("on neither axis")), *Criterion.Axis.choices],
    )  # fmt: skip

    def __init__(self, *args, criterion: Criterion | None = None, **kwargs):
        if criterion is not None:
            kwargs.setdefault("initial", self.of(criterion))
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = sources()

    @staticmethod
    def of(criterion: Criterion) -> dict[str, Any]:
        names = ("label_ru", "label_en", "description_ru", "description_en", "measure", "axis")
        words = {
            f"{name}_{language}": criterion.anchors.get(language, {}).get(mark, "")
            for language in LANGUAGES
            for name, mark in zip(("one", "five", "ten"), MARKS, strict=True)
        }
        people = round(criterion.people_share * 100) if criterion.measure else 0
        return {**{n: getattr(criterion, n) for n in names}, **words, "people": people}

    def data_of(self) -> dict[str, Any]:
        """Arguments of :func:`scoring.services.criteria.save_criterion`."""
        data = self.cleaned_data
        names = ("label_ru", "label_en", "description_ru", "description_en", "measure", "axis")
        return {
            **{name: data[name] for name in names},
            "anchors": {
                language: {
                    mark: data[f"{name}_{language}"]
                    for name, mark in zip(("one", "five", "ten"), MARKS, strict=True)
                }
                for language in LANGUAGES
            },
            "people_share": Decimal(data["people"] or 0) / 100,
        }
