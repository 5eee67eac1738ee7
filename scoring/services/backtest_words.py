"""What a backtest found, in words and in the order people read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Client
from kam.lib import formatting
from kam.lib.company import company
from scoring.models import Backtest

from .backtests import EQUAL, GROWTH, PROFIT

TONES = {"better": "good", "worse": "bad", "no_evidence": "", None: ""}
Interval = Sequence[float | None]


def rival_labels() -> dict[str, str]:
    return {
        "random": _("By lot"),
        "revenue": _("Last year's revenue"),
        "profit": _("Last year's profit"),
        "rfm": _("Recency, frequency and money"),
        "clv": _("Value of the client"),
        "clv_model": _("Value by a model of buying"),
        "key_list": _("Key clients of that day"),
    }


def verdict_words(verdict: str | None) -> str:
    return {
        "better": _("better"),
        "worse": _("worse"),
        "no_evidence": _("no evidence"),
        None: _("not enough data"),
    }[verdict]


def figure_labels() -> dict[str, tuple[str, str]]:
    """Key -> (label, what it says)."""
    return {
        "lift": (_("Lift"), _("what a chosen client brought, as a multiple of the average one")),
        "precision": (_("Hits"), _("share of the list that was among the best")),
        "captured": (_("Captured"), _("share of all that was brought")),
        "spearman": (
            _("Rank correlation"),
            _("how the order agrees with what followed, from −1 to 1"),
        ),
        "ndcg": (_("NDCG"), _("how near the order of the list was to the best one, up to 1")),
        "regret": (_("Regret"), _("what the best list would have brought more")),
    }


def skipped_words(skipped: Mapping[str, Any], horizon: int) -> str:
    reason = skipped["reason"]
    if reason == "history":
        return ngettext(
            "sales known then do not reach back %(months)s month",
            "sales known then do not reach back %(months)s months",
            horizon,
        ) % {"months": horizon}
    if reason == "clients":
        return ngettext(
            "only %(clients)s client had bought by then; 20 are needed",
            "only %(clients)s clients had bought by then; 20 are needed",
            skipped["clients"],
        ) % {"clients": skipped["clients"]}
    if reason == "cost":
        return _("the cost of sales is known for too few clients; look at revenue instead")
    return _("the list of %(n)s is more than half of the %(clients)s clients") % {
        "n": skipped["n"],
        "clients": skipped["clients"],
    }


def absent_words(rival: str, reason: str) -> str:
    if rival == "key_list":
        return _("nobody was a key client then")
    if reason == "correlated":
        return _("who buys often also buys for more, which the model does not allow for")
    if reason == "history":
        return _("the model needs a year of purchases")
    return _("the model needs 500 clients with purchases, half of them with several")


def target_words(asked: Mapping[str, Any]) -> str:
    growth, profit = asked["target"] == GROWTH, asked["base"] == PROFIT
    if growth:
        return _("growth of profit") if profit else _("growth of revenue")
    return _("profit") if profit else _("revenue")


@dataclass(frozen=True)
class Named:
    """A client that a version found, missed or was disappointed by."""

    client: int
    name: str
    place: float | None
    outcome: float
    outcome_place: float
    ratings: list[tuple[str, float | None]]


class Report:
    """A finished backtest as its page, its charts and its file show it."""

    def __init__(self, row: Backtest):
        self.row = row
        self.asked: dict[str, Any] = row.parameters["asked"]
        self.versions: list[dict[str, Any]] = row.parameters["versions"]
        self.summary: dict[str, Any] | None = row.summary
        self._matrices = {version["matrix"] for version in self.versions}

    @cached_property
    def result(self) -> dict[str, Any]:
        return self.row.result or {}

    # --- Names

    def version_label(self, version: Mapping[str, Any]) -> str:
        text = _("Version %(number)s") % {"number": version["number"]}
        return f"{version['matrix']}: {text}" if len(self._matrices) > 1 else text

    def label(self, key: str) -> str:
        """A contender in words."""
        kind, _colon, pk = key.partition(":")
        version = next((v for v in self.versions if str(v["id"]) == pk), None)
        if version is None:
            return rival_labels().get(key, key)
        if kind == EQUAL:
            if len(self.versions) == 1:
                return _("Equal weights")
            return _("Equal weights of: %(version)s") % {"version": self.version_label(version)}
        return self.version_label(version)

    def criteria(self, key: str) -> list[dict[str, Any]]:
        """Criteria of a version, each with its name in the reader's language."""
        pk = key.partition(":")[2]
        version = next(v for v in self.versions if str(v["id"]) == pk)
        tongue = "ru" if get_language() == "ru" else "en"
        return [c | {"name": c["label"][tongue]} for c in version["criteria"]]

    # --- Answers

    @property
    def version_keys(self) -> list[str]:
        return [f"version:{version['id']}" for version in self.versions]

    @property
    def origins(self) -> list[dict[str, Any]]:
        return self.result.get("origins", [])

    @property
    def answered(self) -> bool:
        return bool(self.summary and self.summary["dates"])

    @property
    def n(self) -> int | None:
        """How many were chosen at the latest date."""
        return self.summary["n"] if self.summary else self.asked["n"]

    @property
    def dates(self) -> list[dt.date]:
        found = self.summary["dates"] if self.summary else []
        return [dt.date.fromisoformat(day) for day in found]

    @property
    def target(self) -> str:
        return target_words(self.asked)

    @property
    def title(self) -> str:
        """The answer: whether the first version beats the lot, and if so the plainest rule there is."""
        if self.summary is None:
            return _("Backtest")
        if not self.answered:
            return _("There is not enough history to try it on")
        verdicts = self.summary["verdicts"]
        name = self.version_label(self.versions[0])
        against = self.asked["base"]
        # Who does not even beat the lot has nothing to boast of.
        if verdicts.get("random") != "better" or against not in verdicts:
            against = "random"
        rival = {
            "random": _("choosing by lot"),
            "profit": _("last year's profit"),
            "revenue": _("last year's revenue"),
        }[against]
        said = {"version": name, "rival": rival}
        match verdicts.get(against):
            case "better":
                return _("%(version)s would have chosen better than %(rival)s") % said
            case "worse":
                return _("%(version)s would have chosen worse than %(rival)s") % said
            case "no_evidence":
                return _("No evidence that %(version)s chooses better than %(rival)s") % said
        return _("%(version)s on our own history: too few dates for a verdict") % said

    def verdict_rows(self) -> list[dict[str, Any]]:
        """A row for each rival, with the verdict on each version against it."""
        by_rival: dict[str, dict[str, dict[str, Any]]] = {}
        for found in self.result.get("verdicts", []):
            rival = EQUAL if found["second"].startswith(EQUAL) else found["second"]
            by_rival.setdefault(rival, {})[found["first"]] = found
        rows = []
        for rival, found in by_rival.items():
            cells = [self._verdict(found.get(key)) for key in self.version_keys]
            label = _("Equal weights") if rival == EQUAL else self.label(rival)
            rows.append({"rival": rival, "label": label, "cells": cells})
        return rows

    def _verdict(self, found: dict[str, Any] | None) -> dict[str, Any] | None:
        if found is None:
            return None
        value, low, high = found["difference"]
        return {
            "verdict": found["verdict"],
            "words": verdict_words(found["verdict"]),
            "tone": TONES[found["verdict"]],
            "value": value,
            "low": low,
            "high": high,
            "origins": found["origins"],
        }

    def figure_rows(self) -> list[dict[str, Any]]:
        overall = self.result.get("overall", {})
        return [
            {
                "key": key,
                "label": self.label(key),
                "is_version": key in self.version_keys,
                "figures_shown": [_shown(name, overall[key].get(name)) for name in figure_labels()],
            }
            for key in self.result.get("contenders", [])
            if key in overall
        ]

    def ablation(self) -> list[dict[str, Any]]:
        rows = []
        for key in self.version_keys:
            criteria = {c["key"]: c for c in self.criteria(key)}
            for found in self.result.get("ablation", []):
                if found["version"] == key:
                    criterion = criteria[found["criterion"]]
                    rows.append(
                        {
                            "version": self.label(key),
                            "criterion": criterion,
                            **self._verdict(found | {"origins": len(self.origins)}),
                        }
                        | {"words": _ablation_words(found["verdict"])}
                    )
        return rows

    def named(self, as_of: str, version: str) -> dict[str, Any] | None:
        """Who was found and who was missed at a date, with their names; one query."""
        found = next(
            (
                row
                for row in self.result.get("named", [])
                if row["as_of"] == as_of and row["version"] == version
            ),
            None,
        )
        if found is None:
            return None
        lists = ("hits", "misses", "disappointments")
        ids = {row["client"] for name in lists for row in found[name]}
        names = dict(Client.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))
        criteria = [c["name"] for c in self.criteria(version)]
        return found | {
            name: [
                Named(
                    row["client"],
                    names.get(row["client"], ""),
                    row["place"],
                    row["outcome"],
                    row["outcome_place"],
                    list(zip(criteria, row["ratings"], strict=True)),
                )
                for row in found[name]
            ]
            for name in lists
        }

    def missing(self) -> list[str]:
        """What could not be said, and why: dates left out, rivals that were not there."""
        horizon = self.asked["horizon"]
        said = [
            f"{_day(one['as_of'])}: {skipped_words(one, horizon)}"
            for one in self.result.get("skipped", [])
        ]
        absent: dict[tuple[str, str], int] = {}
        for one in self.origins:
            for rival, reason in one["absent"].items():
                absent[rival, reason] = absent.get((rival, reason), 0) + 1
        said += [
            f"{self.label(rival)}: {absent_words(rival, reason)} ({self._dates(count)})"
            for (rival, reason), count in absent.items()
        ]
        unknown = max((one["unknown"] for one in self.origins), default=0)
        if unknown:
            said.append(
                ngettext(
                    "Up to %(count)s client was left out: the cost of its sales is not known.",
                    "Up to %(count)s clients were left out: the cost of their sales is not known.",
                    unknown,
                )
                % {"count": unknown}
            )
        return said

    def _dates(self, count: int) -> str:
        if count == len(self.origins):
            return _("at all dates")
        return ngettext("at %(count)s date", "at %(count)s dates", count) % {"count": count}

    def leaks(self) -> list[dict[str, Any]]:
        return [row | {"day": dt.date.fromisoformat(row["as_of"])} for row in self.result["leaks"]]

    def history(self) -> list[dict[str, Any]]:
        labels = {
            "documents": _("Documents"),
            "payments": _("Payments"),
            "interactions": _("Interactions"),
            "ratings": _("Ratings"),
        }
        return [
            {"label": labels[name], **counts, "share": counts["assumed"] / counts["all"]}
            for name, counts in self.result["history"].items()
            if counts["all"]
        ]


def _shown(name: str, estimate: Interval | None) -> list[str]:
    """A figure and its interval as people read them."""
    tongue = get_language() or "ru"

    def words(value: float | None) -> str:
        if value is None:
            return ""
        if name in ("precision", "captured"):
            return formatting.percent(value, 0, language=tongue)
        if name == "regret":
            return formatting.money_short(value, company().currency, language=tongue)
        return formatting.number(value, 2, language=tongue)

    value, low, high = estimate or (None, None, None)
    return [words(value) or formatting.MISSING, words(low), words(high)]


def _ablation_words(verdict: str | None) -> str:
    return {
        "better": _("it helps"),
        "worse": _("it does harm"),
        "no_evidence": _("no evidence that it helps"),
        None: _("not enough data"),
    }[verdict]


def _day(text: str) -> str:
    return formatting.day(dt.date.fromisoformat(text), language=get_language() or "ru")
