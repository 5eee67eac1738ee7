"""Notices: what the product tells a person by itself, in words of the language they read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Client, Notice, User
from kam.lib.formatting import day as day_in_words
from kam.lib.navigation import address
from kam.lib.periods import today

from .connection_words import words as problem_in_words
from .handover_words import words_of as handover_words_of
from .plan_words import words_of as plan_words_of
from .report_words import words_of as report_words_of
from .task_words import words_of as task_words_of

SHOWN = 20


def tell(
    people: Iterable[User],
    kind: str,
    key: str,
    *,
    client: Client | None = None,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Tell each of these people once; returns to how many it was new."""
    rows = [
        Notice(person=person, kind=kind, key=key, client=client, facts=dict(facts or {}))
        for person in people
    ]
    before = Notice.objects.filter(key=key).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return Notice.objects.filter(key=key).count() - before


@dataclass(frozen=True)
class Told:
    """A notice in words, and where it leads."""

    row: Notice
    text: str
    url: str


def unseen_of(person: User) -> list[Told]:
    """What a person has not seen yet, latest first; of clients only those they still may see."""
    rows = (
        Notice.objects.filter(person=person, seen_at__isnull=True)
        .filter(Q(client__isnull=True) | Q(client__in=Client.objects.all()))
        .select_related("client")
        .order_by("-created_at", "-pk")[:SHOWN]
    )
    return [Told(row, *words_of(row)) for row in rows]


def words_of(notice: Notice) -> tuple[str, str]:
    """Text and address of a notice."""
    facts = notice.facts
    if notice.kind == "plan":
        return plan_words_of(facts)
    if notice.kind == "task":
        return task_words_of(facts)
    if notice.kind == "built_report":
        return report_words_of(facts)
    if notice.kind in ("handover", "substitution"):
        return handover_words_of(notice.kind, facts)
    if notice.kind == "agreement_ends" and notice.client is not None:
        ends = dt.date.fromisoformat(facts["ends"])
        left = (ends - today()).days
        known = {
            "client": notice.client.name,
            "number": facts["number"],
            "day": day_in_words(ends, language=get_language() or "en"),
            "n": left,
        }
        if left < 0:
            text = _("%(client)s: agreement %(number)s ended on %(day)s and is not renewed.")
        else:
            text = ngettext(
                "%(client)s: agreement %(number)s ends in %(n)s day, on %(day)s.",
                "%(client)s: agreement %(number)s ends in %(n)s days, on %(day)s.",
                left,
            )
        return text % known, reverse("client_agreements", args=[notice.client_id])
    if notice.kind == "goal_off" and notice.client is not None:
        known = {"client": notice.client.name, "what": facts["what"]}
        text = _("%(client)s: the goal “%(what)s” is off its path.")
        return text % known, reverse("goal_detail", args=[facts["goal"]])
    if notice.kind == "promise":
        due = dt.date.fromisoformat(facts["due"])
        known = {
            "client": facts["client"],
            "what": facts["what"],
            "day": day_in_words(due, language=get_language() or "en"),
        }
        if due < today():
            text = _("%(client)s: the promise “%(what)s” was due on %(day)s and is open.")
        else:
            text = _("%(client)s: the promise “%(what)s” is due on %(day)s.")
        return text % known, reverse("promise_detail", args=[facts["promise"]])
    if notice.kind == "skills_rated":
        text = _("Your skills have been rated. See where you and your manager differ.")
        return text, reverse("kam_detail", args=[facts["person"]])
    if notice.kind.startswith("onboarding"):
        if notice.kind == "onboarding_done":
            text = _("%(name)s has gone through the onboarding.")
        elif notice.kind == "onboarding_late":
            due = dt.date.fromisoformat(facts["due"])
            facts = {**facts, "day": day_in_words(due, language=get_language() or "en")}
            text = _("%(name)s: the onboarding step “%(step)s” was due on %(day)s.")
        else:
            text = _("Your onboarding plan has begun: what to learn week by week, and who helps.")
        return text % facts, reverse("onboarding_detail", args=[facts["onboarding"]])
    if notice.kind == "matrix_review":
        text = _(
            "A new year begins: look at the matrix. Do criteria and weights still say who is key?"
        )
        return text, address("matrix_list") or reverse("home")
    if notice.kind == "survey_low" and notice.client is not None:
        known = {"client": notice.client.name, "score": facts["score"]}
        text = _("%(client)s: a survey was answered with %(score)s of 10. Talk with them.")
        return text % known, reverse("survey_invitation", args=[facts["invitation"]])
    if notice.kind == "import_folder":
        text = _("The file %(file)s from the folder of %(source)s was not loaded. %(reason)s")
        return text % facts, reverse("import_list")
    if notice.kind == "webhook_stopped":
        if facts["why"] == "gone":
            text = _("%(host)s is told nothing more: it says that the address is gone.")
        else:
            text = _("%(host)s is told nothing more: nothing has arrived there for days.")
        return text % facts, reverse("webhook_detail", args=[facts["endpoint"]])
    if notice.kind == "retention":
        text = _(
            "Their time of keeping was over: contacts destroyed %(people)s, notes emptied"
            " %(notes)s, not done %(failed)s."
        )
        return text % facts, address("retention")
    if notice.kind == "connection":
        text = _("%(name)s could not be read. %(reason)s")
        known = {"name": facts["name"], "reason": problem_in_words(facts["problem"])}
        return text % known, address("connection_detail", facts["connection"])
    return notice.kind, reverse("home")


def see(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, seen_at__isnull=True).update(seen_at=timezone.now())
