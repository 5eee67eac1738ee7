"""Criteria of one's own beside those of the library."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.measures.catalogue import MEASURES
from accounts.models import Client, User
from kam.audit.services import record
from scoring.engine.ratings import rule_from_dict
from scoring.inputs import ATTRIBUTES
from scoring.models import Criterion

from .versions import Choice, check_rule

TEXTS = ("label_ru", "label_en", "description_ru", "description_en", "axis")
MARKS = ("1", "5", "10")
MANUAL = {"kind": "manual", "direction": "benefit", "rounding": "integer"}
USUAL = 5.0  # what each word of a new table is rated
MOST_WORDS = 60


@transaction.atomic
def save_criterion(
    criterion: Criterion | None, data: Mapping[str, Any], author: User | None
) -> Criterion:
    """Make a criterion, or change one of one's own.

    data: ``label_ru``, ``label_en``, ``description_ru``, ``description_en``, ``axis``, ``anchors``
    ({"ru": {"1": …}, "en": …}), ``measure``, ``people_share`` (0..1) and if wanted ``rule``, by
    default the one it has, or for another source a first one to be set beside the data.  Versions
    keep the rule that they were made with.  Raises ValidationError.
    """
    fresh = criterion is None
    if criterion is None:
        last = Criterion.objects.aggregate(last=Max("position"))["last"] or 0
        criterion = Criterion(key=_key(data["label_en"]), position=last + 1)
    elif criterion.in_library:
        raise ValidationError(
            _("This criterion comes with the product. Make one of your own to change it.")
        )
    for name in TEXTS:
        setattr(criterion, name, str(data.get(name, getattr(criterion, name))).strip())
    criterion.anchors = _anchors(data.get("anchors", criterion.anchors))
    source = data.get("measure", criterion.measure)
    rule = data.get("rule") or (
        criterion.rule if source == criterion.measure and criterion.rule else _first_rule(source)
    )
    criterion.measure = source
    share = Decimal(data.get("people_share", criterion.people_share))
    criterion.people_share = share if source else Decimal(1)
    criterion.rated_by_people = criterion.people_share > 0
    check_rule(Choice(criterion, Decimal(1), rule=rule))
    criterion.rule = rule_from_dict(rule).to_dict()
    criterion.full_clean()
    criterion.save()
    record(
        "criterion.created" if fresh else "criterion.changed",
        object=criterion,
        details={"key": criterion.key},
    )
    return criterion


def _key(label: str) -> str:
    stem = slugify(label)[:50] or "criterion"
    taken = set(Criterion.objects.filter(key__startswith=stem).values_list("key", flat=True))
    taken.add("new")  # the address of the page that makes one
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def _anchors(said: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """What 1, 5 and 10 mean; a language is either said in full or left out."""
    found: dict[str, dict[str, str]] = {}
    for language in ("ru", "en"):
        words = {mark: str(said.get(language, {}).get(mark, "")).strip()[:300] for mark in MARKS}
        if any(words.values()):
            if not all(words.values()):
                raise ValidationError(_("Say what 1, 5 and 10 mean, all three of them."))
            found[language] = words
    if not found:
        raise ValidationError(_("Say what 1, 5 and 10 mean, all three of them."))
    return found


def _first_rule(source: str) -> dict[str, Any]:
    """A rule to begin with: a place among the clients, or for words the middle for each."""
    if source in MEASURES:
        return {"kind": "percentile", "direction": MEASURES[source].direction}
    if source in ATTRIBUTES:
        words = Client.objects.exclude(**{source: ""}).order_by(source)
        table = dict.fromkeys(words.values_list(source, flat=True).distinct()[:MOST_WORDS], USUAL)
        if not table:
            raise ValidationError(_("No client has such a word yet, so it cannot be rated."))
        return {"kind": "category", "table": table}
    return MANUAL
