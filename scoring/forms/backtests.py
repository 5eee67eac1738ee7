"""What a person asks of a backtest."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.models import Matrix, MatrixVersion
from scoring.services.backtests import (
    GROWTH,
    LEVEL,
    MOST_ORIGINS,
    MOST_VERSIONS,
    PROFIT,
    REVENUE,
    SPANS,
    Asked,
)

MONTHS = [
    (3, gettext_lazy("3 months")),
    (6, gettext_lazy("6 months")),
    (12, gettext_lazy("12 months")),
]
MOST_CHOICES = 12  # versions of this matrix, and of others
assert tuple(months for months, _label in MONTHS) == SPANS


class BacktestForm(forms.Form):
    versions = forms.MultipleChoiceField(
        label=gettext_lazy("Versions"), widget=forms.CheckboxSelectMultiple
    )
    target = forms.ChoiceField(
        label=gettext_lazy("What counts"),
        choices=[
            (GROWTH, gettext_lazy("how much more a client brought than before")),
            (LEVEL, gettext_lazy("how much a client brought")),
        ],
        initial=GROWTH,
    )
    base = forms.ChoiceField(
        label=gettext_lazy("Measured in"),
        choices=[(PROFIT, gettext_lazy("profit")), (REVENUE, gettext_lazy("revenue"))],
        initial=PROFIT,
    )
    n = forms.IntegerField(
        label=gettext_lazy("Clients on the list"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=gettext_lazy("As many as the first version chooses where nothing is written."),
    )
    origins = forms.IntegerField(
        label=gettext_lazy("How many dates"), min_value=1, max_value=MOST_ORIGINS, initial=6
    )
    step = forms.TypedChoiceField(
        label=gettext_lazy("Between the dates"), choices=MONTHS, coerce=int, initial=3
    )
    horizon = forms.TypedChoiceField(
        label=gettext_lazy("Looked at after each date"), choices=MONTHS, coerce=int, initial=12
    )
    seed = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)

    def __init__(self, *args, matrix: Matrix, most: int | None = MOST_CHOICES, **kwargs):
        super().__init__(*args, **kwargs)
        self.choices = version_choices(matrix, most)
        self.fields["versions"].choices = self.choices
        if self.choices:
            self.fields["versions"].initial = [self.choices[0][0]]
        self.fields["seed"].widget = forms.HiddenInput()

    def clean_versions(self):
        chosen = self.cleaned_data["versions"]
        if len(chosen) > MOST_VERSIONS:
            raise forms.ValidationError(_("Choose from one to four versions."))
        return tuple(int(pk) for pk in chosen)

    def asked(self) -> Asked:
        data = self.cleaned_data
        return Asked(
            versions=data["versions"],
            n=data["n"],
            origins=data["origins"],
            step=data["step"],
            horizon=data["horizon"],
            target=data["target"],
            base=data["base"],
            seed=data["seed"] or 0,
        )


def version_choices(matrix: Matrix, most: int | None) -> list[tuple[str, str]]:
    """Versions that can be tried: those of this matrix, the one in use first, and those that
    other matrices use; ``most`` of each, None = all."""
    own = list(
        MatrixVersion.objects.filter(matrix=matrix, criteria__isnull=False)
        .distinct()
        .order_by("status", "-number")[:most]
    )
    others = list(
        MatrixVersion.objects.filter(status=MatrixVersion.Status.ACTIVE, criteria__isnull=False)
        .exclude(matrix=matrix)
        .select_related("matrix")
        .distinct()
        .order_by("matrix__name")[:most]
    )
    found = []
    for version in own:
        text = _("Version %(number)s") % {"number": version.number}
        found.append((str(version.pk), f"{text}, {version.get_status_display().lower()}"))
    for version in others:
        text = _("Version %(number)s") % {"number": version.number}
        found.append((str(version.pk), f"{version.matrix.name}: {text}"))
    return found
