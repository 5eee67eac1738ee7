"""What the history calls the fields of matrices and criteria, and how it tells rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.services.history_words import Part, register
from kam.lib import formatting
from scoring.models import Criterion, Matrix, MatrixVersion, VersionCriterion

from .explanation import rule_words, source_label

SOURCE = {
    "measure": _("Computed from"),
    "rule": _("Rating rule"),
    "rated_by_people": pgettext_lazy("history", "people rate"),
    "people_share": pgettext_lazy("history", "share of people's ratings"),
}


def share(value: float) -> str:
    return formatting.percent(float(value), 0, language=get_language())


def rule(value: Mapping[str, Any]) -> str:
    """A rule in one line; without the measure's unit, which the history may not know."""
    by_people = value.get("kind") == "manual"
    told = rule_words(
        VersionCriterion(measure="" if by_people else "-", rule=dict(value)), say=_plain
    )
    pairs = "; ".join(f"{said} = {rating}" for said, rating in told.pairs)
    return f"{told.text} {pairs}".strip()


def _plain(value: float) -> str:
    decimals = 0 if float(value).is_integer() else 2
    return formatting.number(value, decimals, language=get_language())


def anchors(value: Mapping[str, Mapping[str, str]]) -> str:
    """What 1, 5 and 10 mean, language after language."""
    return "; ".join(
        f"{mark}: {words[mark]}"
        for _language, words in sorted(value.items(), reverse=True)
        for mark in ("1", "5", "10")
        if words.get(mark)
    )


def of_version(row: VersionCriterion) -> str:
    return _now("%(criterion)s, version %(number)s") % {
        "criterion": row.criterion.label,
        "number": row.version.number,
    }


def register_words() -> None:
    telling = {"rule": rule, "measure": source_label, "people_share": share}
    register(
        Criterion._meta.db_table,
        {
            **SOURCE,
            "description_ru": _("What it is about, in Russian"),
            "description_en": _("What it is about, in English"),
            "anchors": _("What 1, 5 and 10 mean"),
            "axis": _("On the map"),
        },
        words={**telling, "anchors": anchors},
    )
    register(Matrix._meta.db_table, {"is_main": pgettext_lazy("history", "the main matrix")})
    register(
        MatrixVersion._meta.db_table,
        {
            "number": pgettext_lazy("history", "number"),
            "status": pgettext_lazy("history", "state"),
            "selection": _("The list takes"),
            "selection_value": pgettext_lazy("history", "key line"),
            "min_coverage": pgettext_lazy("history", "least coverage for a place"),
            "activated_at": pgettext_lazy("history", "in use since"),
        },
        part=Part(pgettext_lazy("history", "Version"), lambda row: str(row.number)),
        whole="matrix_id",
        words={"min_coverage": share},
    )
    register(
        VersionCriterion._meta.db_table,
        {
            **SOURCE,
            "criterion": pgettext_lazy("history", "criterion"),
            "weight": pgettext_lazy("history", "weight"),
            "mandatory": pgettext_lazy("history", "without it no place"),
        },
        part=Part(pgettext_lazy("history", "Criterion"), of_version, ("criterion", "version")),
        whole="version_id",
        words=telling,
    )
