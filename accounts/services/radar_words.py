"""What a signal and a part of health say in words, each with the page where its inputs are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Signal
from kam.lib import formatting
from kam.lib.company import company

PARTS = {
    "rhythm": gettext_lazy("Rhythm of orders"),
    "revenue": gettext_lazy("Revenue"),
    "payments": pgettext_lazy("health", "Payments"),
    "promises": gettext_lazy("Promises kept"),
    "satisfaction": pgettext_lazy("health", "Satisfaction"),
    "contacts": gettext_lazy("People reached"),
    "problems": gettext_lazy("Open problems"),
}
# What would make a missing part known.
WANTED = {
    "rhythm": gettext_lazy("It needs days of orders."),
    "revenue": gettext_lazy("It needs invoices of eighteen months."),
    "payments": gettext_lazy(
        "It needs invoices with a due day, paid or overdue within half a year."
    ),
    "promises": gettext_lazy("It needs three settled promises of ours within a year."),
    "satisfaction": gettext_lazy("Nobody has said how content they are within a year."),
    "contacts": gettext_lazy("No people of the client are written down."),
    "problems": "",
}
# Data that should be written down: what it is called, and the form where it is filled.
CHECKS = {
    "owner": (gettext_lazy("Who is its KAM"), "client_edit"),
    "decider": (gettext_lazy("Who decides there"), "contact_create"),
    "reachable": (gettext_lazy("Somebody’s mail or phone"), "client_people"),
    "talk": (gettext_lazy("A talk within 90 days"), "interaction_create"),
    "inn": (gettext_lazy("INN"), "client_edit"),
    "segment": (gettext_lazy("Segment"), "client_edit"),
    "place": (gettext_lazy("Region or city"), "client_edit"),
    "agreement": (gettext_lazy("An agreement in force"), "agreement_create"),
    "wallet": (gettext_lazy("What it buys in all"), "wallet_create"),
    "goal": (gettext_lazy("An open goal"), "goal_create"),
}


@dataclass(frozen=True)
class Said:
    text: str
    url: str
    leads_to: str


def _day(iso: str) -> str:
    return formatting.day(dt.date.fromisoformat(iso), language=get_language() or "en")


def _number(value: Any, decimals: int = 0) -> str:
    return formatting.number(value, decimals, language=get_language() or "en")


def _money(value: Any) -> str:
    return formatting.money(value, company().currency, language=get_language() or "en")


def evidence_of(signal: Signal) -> list[Said]:
    """Sentences with the numbers a detector has found; whatever it left out says nothing."""
    facts, client = signal.evidence, signal.client_id
    try:
        return _EVIDENCE[signal.kind](facts, client)
    except (KeyError, TypeError, ValueError):
        return []


def chance_of(signal: Signal) -> str:
    if signal.chance is None:
        return ""
    if signal.chance < 0.001:
        return _("Chance alone brings this in fewer than one case of a thousand.")
    share = formatting.percent(signal.chance, 1, language=get_language() or "en")
    return _("Chance alone brings this in %(share)s of cases.") % {"share": share}


def _waiting(facts: Mapping[str, Any], last: str) -> list[str]:
    lines = [
        ngettext(
            "%(last)s was on %(day)s, %(n)s day ago.", "%(last)s was on %(day)s, %(n)s days ago.",
            facts["days"],
        ) % {"last": last, "day": _day(facts["last"]), "n": facts["days"]}
    ]  # fmt: skip
    if "from" in facts:
        lines.append(
            _("Usually %(usual)s days pass; four gaps of five last %(low)s to %(high)s days.")
            % {
                "usual": _number(facts["usual"]), "low": _number(facts["from"]),
                "high": _number(facts["to"]),
            }
        )  # fmt: skip
    if facts.get("gaps", 9) < 4:
        lines.append(_("Its own gaps are too few, so those of its segment stand for them."))
    return lines


def _late_order(facts, client):
    url = reverse("client_documents", args=[client])
    return [Said(text, url, _("Documents")) for text in _waiting(facts, _("The last order"))]


def _silence(facts, client):
    url = reverse("client_timeline", args=[client])
    return [Said(text, url, _("Timeline")) for text in _waiting(facts, _("The last talk"))]


def _revenue(facts, client):
    url = reverse("client_documents", args=[client])
    texts = [
        _("%(now)s a month in the last half-year, %(before)s in the year before it: by %(fall)s less.")
        % {
            "now": _money(facts["now"]), "before": _money(facts["before"]),
            "fall": formatting.percent(facts["fall"] / 100, 0, language=get_language() or "en"),
        },
        _("The middle slope of twelve months is %(slope)s a month, between %(low)s and %(high)s.")
        % {name: _money(facts[name]) for name in ("slope", "low", "high")},
    ]  # fmt: skip
    if facts.get("seasonal"):
        texts.append(_("Each month is compared with the same month of the year before."))
    return [Said(text, url, _("Documents")) for text in texts]


def _assortment(facts, client):
    counts = [_number(each) for each in facts["quarters"]]
    text = _("Product families bought in the last three quarters: %(counts)s.")
    return [
        Said(
            text % {"counts": " → ".join(counts)},
            reverse("client_documents", args=[client]), _("Documents"),
        )
    ]  # fmt: skip


def _payments(facts, client):
    text = _("They pay %(now)s days after the due day now; it was %(usual)s in the first year.")
    return [
        Said(
            text % {"now": _number(facts["now"], 1), "usual": _number(facts["usual"], 1)},
            reverse("client_documents", args=[client]), _("Documents"),
        )
    ]  # fmt: skip


def _contact(facts, client):
    if facts["staying"]:
        text = _(
            "Somebody on whom the decision hangs left, last on %(day)s, and nobody has come instead."
        )
    else:
        text = _("The last one on whom the decision hangs left on %(day)s.")
    return [
        Said(
            text % {"day": _day(facts["left"])}, reverse("client_people", args=[client]),
            pgettext("client", "People"),
        )
    ]  # fmt: skip


def _promises(facts, client):
    url = reverse("client_promises", args=[client])
    texts = []
    if facts["broken"]:
        texts.append(
            ngettext(
                "%(n)s of our promises was broken within 90 days.",
                "%(n)s of our promises were broken within 90 days.", facts["broken"],
            ) % {"n": facts["broken"]}
        )  # fmt: skip
    if facts["overdue"]:
        texts.append(
            ngettext(
                "%(n)s of our promises is overdue by more than a week.",
                "%(n)s of our promises are overdue by more than a week.", facts["overdue"],
            ) % {"n": facts["overdue"]}
        )  # fmt: skip
    return [Said(text, url, _("Promises")) for text in texts]


def _volume(facts, client):
    text = _(
        "Bought %(bought)s of the %(expected)s that an even pace would bring by now; "
        "%(amount)s is agreed until %(day)s."
    )
    return [
        Said(
            text
            % (
                {name: _money(facts[name]) for name in ("bought", "expected", "amount")}
                | {"day": _day(facts["ends"])}
            ),
            reverse("client_agreements", args=[client]),
            _("Agreements"),
        )
    ]


_EVIDENCE = {
    "late_order": _late_order,
    "silence": _silence,
    "revenue": _revenue,
    "assortment": _assortment,
    "payments": _payments,
    "contact": _contact,
    "promises": _promises,
    "volume": _volume,
}


def part_words(key: str, part: Mapping[str, Any], client: int) -> Said:
    """What a part of health comes from, in words."""
    pages = {
        "rhythm": ("client_documents", _("Documents")),
        "revenue": ("client_documents", _("Documents")),
        "payments": ("client_documents", _("Documents")),
        "promises": ("client_promises", _("Promises")),
        "satisfaction": ("client_feedback", _("Feedback")),
        "contacts": ("client_people", pgettext("client", "People")),
        "problems": ("client_problems", _("Problems")),
    }
    route, leads_to = pages[key]
    url = reverse(route, args=[client])
    if part.get("value") is None:
        return Said(str(WANTED[key]), url, leads_to)
    try:
        text = _part_text(key, part)
    except (KeyError, TypeError, ValueError):
        text = ""
    return Said(text, url, leads_to)


def _part_text(key: str, part: Mapping[str, Any]) -> str:
    if key == "rhythm":
        return " ".join(_waiting(part, _("The last order")))
    if key == "revenue":
        text = _("%(now)s in the last half-year, %(before)s in the same half of the year before.")
        return text % {"now": _money(part["now"]), "before": _money(part["before"])}
    if key == "payments":
        text = ngettext(
            "%(late)s days late on the average of %(n)s invoice within half a year.",
            "%(late)s days late on the average of %(n)s invoices within half a year.",
            part["documents"],
        )
        return text % {"late": _number(part["late"], 1), "n": part["documents"]}
    if key == "promises":
        text = _("%(kept)s of %(settled)s promises of ours kept in time within a year.")
        return text % {"kept": part["kept"], "settled": part["settled"]}
    if key == "satisfaction":
        text = ngettext(
            "%(n)s answer within a year, each on its scale.",
            "%(n)s answers within a year, each on its scale.", part["answers"],
        )  # fmt: skip
        return text % {"n": part["answers"]}
    if key == "contacts":
        if part.get("weighty"):
            text = _("Talked with %(reached)s of %(people)s who decide or weigh much, in 90 days.")
        else:
            text = _("Talked with %(reached)s of %(people)s people there, in 90 days.")
        return text % {"reached": part["reached"], "people": part["people"]}
    text = ngettext("%(n)s problem is open.", "%(n)s problems are open.", part["open"])
    return text % {"n": part["open"]}
