"""What people type into a draft: criteria with weights, rules as lines of text, the key line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.measures.catalogue import MEASURES
from scoring.engine.ratings import rule_from_dict
from scoring.inputs import ATTRIBUTES
from scoring.models import Criterion, Matrix, MatrixVersion, VersionCriterion
from scoring.services.explanation import attribute_labels
from scoring.services.versions import Choice

# How a value becomes a rating, as a person chooses it; the two scales are one kind of rule.
KINDS = (
    ("piecewise", gettext_lazy("By points, evenly between them")),
    ("threshold", gettext_lazy("By steps")),
    ("min_max_log", gettext_lazy("Compared with others, logarithmic")),
    ("min_max", gettext_lazy("Compared with others, evenly")),
    ("percentile", gettext_lazy("By share of clients")),
    ("decile_band", gettext_lazy("By tenths of clients")),
    ("category", gettext_lazy("By a table of words")),
    ("manual", gettext_lazy("People only")),
)


def sources() -> list[tuple[str, str]]:
    """What a criterion may be computed from."""
    return [
        ("", _("people only")),
        *((key, str(measure.label)) for key, measure in MEASURES.items()),
        *((key, attribute_labels()[key]) for key in ATTRIBUTES),
    ]


def rule_kind(rule: dict[str, Any]) -> str:
    kind = rule.get("kind", "manual")
    return "min_max_log" if kind == "min_max" and rule.get("log") else kind


def rule_text(rule: dict[str, Any]) -> str:
    """A rule's numbers as lines that `read_rule` reads: ``value = rating``, or a step a line."""
    kind = rule.get("kind")
    if kind == "piecewise":
        return "\n".join(
            f"{plain_number(value)} = {plain_number(rating)}" for value, rating in rule["knots"]
        )
    if kind == "threshold":
        return "\n".join(plain_number(cut) for cut in rule["cuts"])
    if kind == "min_max":
        pairs = ((rule.get("lo"), 1), (rule.get("hi"), 10))
        return "\n".join(
            f"{plain_number(value)} = {rating}" for value, rating in pairs if value is not None
        )
    if kind == "category":
        return "\n".join(
            f"{code} = {plain_number(rating)}" for code, rating in rule["table"].items()
        )
    return ""


def plain_number(value: float) -> str:
    """All digits of a number and no more: ``1250000``, ``0.5``."""
    return f"{Decimal(repr(float(value))):f}".removesuffix(".0")


def read_rule(kind: str, text: str, *, cost: bool, whole: bool, within: str = "") -> dict[str, Any]:
    """The rule that a person means; ``within`` counts where the rule compares clients.

    Raises ValidationError saying which line cannot be read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rule: dict[str, Any] = {"kind": kind.removesuffix("_log")}
    if kind == "piecewise":
        pairs = [_pair(line) for line in lines]
        rule["knots"] = sorted((read_number(value), rating) for value, rating in pairs)
    elif kind == "threshold":
        rule["cuts"] = sorted(read_number(line) for line in lines)
    elif kind in ("min_max", "min_max_log"):
        bounds = {rating: read_number(value) for value, rating in (_pair(line) for line in lines)}
        if set(bounds) - {1.0, 10.0}:
            raise ValidationError(_("A scale needs the values rated 1 and 10, nothing between."))
        rule |= {"lo": bounds.get(1.0), "hi": bounds.get(10.0), "log": kind.endswith("_log")}
    elif kind == "category":
        rule["table"] = dict(_pair(line) for line in lines)
    if cost and kind in ("threshold", "min_max", "min_max_log", "percentile", "decile_band"):
        rule["direction"] = "cost"
    rule["rounding"] = "integer" if whole else "none"
    try:
        found = rule_from_dict(rule)
        if within and found.relative:
            found = replace(found, within=within)
        return found.to_dict()
    except ValueError as error:
        raise ValidationError(
            _("This rule cannot be used: %(error)s") % {"error": error}
        ) from error


def _pair(line: str) -> tuple[str, float]:
    value, mark, rating = line.rpartition("=")
    if not mark:
        raise ValidationError(_("“%(line)s” is not “value = rating”.") % {"line": line})
    return value.strip(), read_number(rating)


def read_number(text: str) -> float:
    cleaned = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    try:
        number = float(Decimal(cleaned.replace(",", ".").replace("−", "-").rstrip("%₽")))
    except (InvalidOperation, ValueError):
        raise ValidationError(_("“%(text)s” is not a number.") % {"text": text.strip()}) from None
    return number


class ChoiceForm(forms.Form):
    """One criterion of a draft; without a weight it is not taken."""

    weight = forms.DecimalField(
        label=gettext_lazy("Weight"), min_value=0, max_value=10_000, decimal_places=4,
        required=False,
    )  # fmt: skip
    measure = forms.ChoiceField(label=gettext_lazy("Computed from"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Rating rule"), choices=KINDS)
    points = forms.CharField(
        label=gettext_lazy("Values and ratings"),
        help_text=gettext_lazy("One on a line: value = rating. For steps only the values."),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
    )
    people = forms.IntegerField(
        label=gettext_lazy("Share of people's ratings, %"), min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    mandatory = forms.BooleanField(label=gettext_lazy("Without it no rank"), required=False)

    def __init__(self, *args, criterion: Criterion, row: VersionCriterion | None, **kwargs):
        self.criterion, self.row = criterion, row
        source = row or criterion
        kwargs.setdefault("prefix", f"c{criterion.pk}")
        kwargs.setdefault(
            "initial",
            {
                "weight": f"{row.weight:f}".rstrip("0").rstrip(".") if row else None,
                "measure": source.measure,
                "kind": rule_kind(source.rule),
                "points": rule_text(source.rule),
                "people": round(source.people_share * 100) if source.rated_by_people else 0,
                "mandatory": bool(row and row.mandatory),
            },
        )
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = sources()
        self.whole = True

    @property
    def summary(self) -> str:
        """How the criterion is rated at present, in a few words."""
        source = self.row or self.criterion
        names = [dict(sources())[source.measure]] if source.measure else []
        if source.rated_by_people:
            names.append(_("people"))
        return ", ".join(names)

    @property
    def taken(self) -> bool:
        return bool(self.cleaned_data.get("weight"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors or not data.get("weight"):
            return data
        measure, people = data["measure"], data.get("people") or 0
        if not measure:
            data |= {"kind": "manual", "people": 100}
        elif people == 100:
            raise ValidationError(_("With people only, choose “people only” as the source."))
        known = MEASURES.get(measure)
        cost = known is not None and known.direction == "cost"
        kept = self._kept(measure, data["kind"])
        if "direction" in kept:
            cost = kept["direction"] == "cost"
        data["rule"] = read_rule(
            data["kind"], data["points"], cost=cost, whole=self.whole, within=kept.get("within", "")
        )
        return data

    def _kept(self, measure: str, kind: str) -> dict[str, Any]:
        """The rule whose direction and segments hold on, as only its own page asks for them;
        nothing where the source or the kind of rule is another one."""
        source = self.row or self.criterion
        same = source.measure == measure and rule_kind(source.rule) == kind
        return source.rule if same else {}

    def choice(self) -> Choice:
        people = self.cleaned_data.get("people") or 0
        return Choice(
            criterion=self.criterion,
            weight=self.cleaned_data["weight"],
            measure=self.cleaned_data["measure"],
            rule=self.cleaned_data["rule"],
            rated_by_people=people > 0,
            people_share=Decimal(people) / 100,
            mandatory=self.cleaned_data["mandatory"],
        )


class VersionForm(forms.Form):
    """How a version cuts the list and how much has to be known."""

    selection = forms.ChoiceField(
        label=gettext_lazy("The list takes"), choices=MatrixVersion.Selection
    )
    selection_value = forms.FloatField(
        label=gettext_lazy("How many, from how many points, or which share in %"), min_value=0
    )
    min_coverage = forms.IntegerField(
        label=gettext_lazy("Least coverage for a rank, %"), min_value=0, max_value=100
    )
    gap = forms.FloatField(
        label=gettext_lazy("Gap between entry and exit"),
        help_text=gettext_lazy(
            "So many places (or points) inside the line to enter, as many outside to leave: "
            "the list does not flicker."
        ),
        min_value=0,
        required=False,
    )
    dwell_days = forms.IntegerField(
        label=gettext_lazy("Days between two changes of one client"),
        min_value=0,
        max_value=3_650,
        required=False,
    )
    fractions = forms.BooleanField(
        label=gettext_lazy("Ratings with fractions"),
        help_text=gettext_lazy("Without, points can be checked with a calculator."),
        required=False,
    )

    @staticmethod
    def of(version: MatrixVersion) -> dict[str, Any]:
        """What the form shows of a version at first."""
        share = version.selection == MatrixVersion.Selection.SHARE
        fractions = any(row.rule.get("rounding") == "none" for row in version.criteria.all())
        value = version.selection_value * 100 if share else version.selection_value
        return {
            "selection": version.selection,
            "selection_value": int(value) if float(value).is_integer() else value,
            "min_coverage": round(version.min_coverage * 100),
            "gap": int(version.gap) if version.gap.is_integer() else version.gap,
            "dwell_days": version.dwell_days,
            "fractions": fractions,
        }

    def settings(self) -> dict[str, Any]:
        """Arguments of :func:`scoring.services.versions.save_draft`."""
        data = self.cleaned_data
        share = data["selection"] == MatrixVersion.Selection.SHARE
        return {
            "selection": data["selection"],
            "selection_value": data["selection_value"] / (100 if share else 1),
            "min_coverage": data["min_coverage"] / 100,
            "gap": data["gap"] or 0,
            "dwell_days": data["dwell_days"] or 0,
        }


def choice_forms(version: MatrixVersion, data=None) -> list[ChoiceForm]:
    """A form for each criterion, those of the version first."""
    rows = {row.criterion_id: row for row in version.criteria.select_related("criterion")}
    criteria = sorted(
        Criterion.objects.all(),
        key=lambda c: (rows[c.pk].position if c.pk in rows else 1_000, c.position, c.pk),
    )
    return [ChoiceForm(data, criterion=c, row=rows.get(c.pk)) for c in criteria]


def choices_of(forms_: Sequence[ChoiceForm], *, whole: bool) -> list[Choice] | None:
    """What was taken; None where something cannot be read."""
    for form in forms_:
        form.whole = whole
    if [form for form in forms_ if not form.is_valid()]:  # all of them, so that all errors show
        return None
    return [form.choice() for form in forms_ if form.taken]


class ActivationForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Stays with the version for whoever asks a year later."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
    )


class MatrixForm(forms.ModelForm):
    class Meta:
        model = Matrix
        fields = ("name",)
