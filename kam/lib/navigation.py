"""The rail: the few places of the product, in the order people use them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import policy


@dataclass(frozen=True)
class Place:
    """A link of the rail.  It shows where its route exists and the person may read it; it is
    current on every route whose name begins with one of ``covers``."""

    route: str
    label: str
    icon: str
    covers: tuple[str, ...]


@dataclass(frozen=True)
class Creation:
    """What can be begun from everywhere.  ``of_client``: its route takes a client's id."""

    route: str
    label: str
    icon: str
    of_client: bool = True


CREATE = (
    Creation("quick_note", pgettext_lazy("create", "Note"), "square-pen", of_client=False),
    Creation("task_create", pgettext_lazy("create", "Task"), "list-todo", of_client=False),
    Creation("promise_create", pgettext_lazy("create", "Promise"), "handshake"),
    Creation("meeting_create", pgettext_lazy("create", "Meeting"), "calendar"),
    Creation("problem_create", pgettext_lazy("create", "Problem"), "triangle-alert"),
    Creation("need_create", pgettext_lazy("create", "Need"), "lightbulb"),
    Creation("contact_create", pgettext_lazy("create", "Contact"), "user-plus"),
    Creation("client_create", pgettext_lazy("create", "Client"), "building-2", of_client=False),
)
WORK = (
    Place("home", _("Today"), "house", ("home",)),
    Place("task_list", _("Tasks"), "list-todo", ("task_", "letter_", "quick_note")),
    Place(
        "client_list", _("Clients"), "building-2", ("client_", "contact_", "twin_", "saved_view_")
    ),
    Place(
        "plan_list",
        _("Plans"),
        "handshake",
        (
            "plan_",
            "promise_",
            "meeting_",
            "review_create",
            "minutes_",
            "goal_",
            "survey_",
            "reference_",
            "benefit_",
        ),
    ),
    Place("ranking", _("Ranking"), "list-ordered", ("ranking",)),
    Place(
        "matrix_list",
        _("Matrix"),
        "sliders-horizontal",
        ("matrix_", "criterion_", "backtest_", "rating_request"),
    ),
    Place(
        "need_list",
        _("Needs"),
        "lightbulb",
        (
            "need_",
            "theme_",
            "next_order",
            "initiative_",
            "invitation_",
            "planned_change_",
            "touched_client_",
        ),
    ),
    Place(
        "problem_list",
        _("Problems"),
        "triangle-alert",
        ("problem_", "signal_", "data_quality", "radar_settings"),
    ),
    Place(
        "portfolio",
        _("Portfolio"),
        "chart-line",
        (
            "portfolio",
            "sales_plan",
            "year_close",
            "receivable_",
            "programme",
            "effort_",
            "report_",
            "schedule_",
            "business_review_list",
        ),
    ),
)
HOUSEHOLD = (
    Place(
        "kam_list",
        _("KAMs"),
        "users-round",
        ("kam_", "skill_", "onboarding_", "handover_", "substitution_"),
    ),
    Place("import_list", _("Data"), "database", ("import_", "quarantine", "connection_")),
    Place("job_list", _("Jobs"), "list-checks", ("job_",)),
    Place("export_list", _("Exports"), "download", ("export_",)),
    Place("removal_list", pgettext_lazy("bin", "Removed"), "trash-2", ("removal_",)),
    Place("person_list", _("People"), "users", ("person_", "team_")),
    Place("company_edit", _("Company"), "settings", ("company_", "own_field_")),
    Place(
        "subject_find",
        _("Personal data"),
        "shield-check",
        (
            "subject_",
            "destruction",
            "retention",
            "access_",
            "incident_",
            "not_told",
            "purpose_",
            "processing_register",
        ),
    ),
    Place("webhook_list", _("Webhooks"), "webhook", ("webhook_",)),
    Place("backup_list", _("Backups"), "archive", ("backup_",)),
    Place("health_page", pgettext_lazy("operation", "Health"), "heart-pulse", ("health_",)),
    Place("event_list", _("Audit trail"), "scroll-text", ("event_",)),
)
# Lists whose filters and order people keep under a name, with what the list is called.
VIEWED = {
    "client_list": _("Clients"),
    "ranking": _("Ranking"),
    "plan_list": _("Plans"),
    "promise_list": _("Promises"),
    "goal_list": _("Goals"),
    "meeting_list": _("Meetings"),
    "need_list": _("Needs"),
    "next_order_list": _("Next orders"),
    "initiative_list": _("Initiatives"),
    "planned_change_list": _("Planned changes"),
    "problem_list": _("Problems"),
    "signal_list": _("Signals"),
    "receivable_list": _("Receivables"),
    "reference_list": _("References"),
    "portfolio": _("Portfolio"),
    "portfolio_retention": _("Retention"),
    "portfolio_dependence": _("Dependence"),
    "portfolio_work": pgettext_lazy("analysis", "Work"),
    "portfolio_openings": _("Openings"),
    "portfolio_abc_xyz": "ABC/XYZ",
}
# Tabs of a part of the product, by the name under which a page asks for them.
TABS = {
    "personal_data": (
        Place("subject_find", _("Find a person"), "search", ("subject_",)),
        Place("not_told_list", _("Not yet told"), "mail-question", ("not_told",)),
        Place("purpose_list", _("Purposes"), "list-checks", ("purpose_",)),
        Place("processing_register", _("Register"), "book-open", ("processing_register",)),
        Place("incident_list", _("Breaches"), "siren", ("incident_",)),
        Place("access_list", _("Who looked"), "eye", ("access_",)),
        Place("retention", _("Time of keeping"), "hourglass", ("retention",)),
        Place("destruction_list", _("Acts of destruction"), "file-x", ("destruction",)),
    ),
    "plans": (
        Place("plan_list", _("Account plans"), "map", ("plan_",)),
        Place("promise_list", _("Promises"), "handshake", ("promise_",)),
        Place("meeting_list", _("Meetings"), "calendar", ("meeting_", "review_", "minutes_")),
        Place("goal_list", _("Goals"), "target", ("goal_",)),
        Place("survey_list", _("Surveys"), "message-circle-question", ("survey_",)),
        Place("reference_list", _("References"), "quote", ("reference_",)),
    ),
    "tasks": (
        Place("task_list", pgettext_lazy("tasks", "My day"), "sun", ("task_list",)),
        Place("letter_list", pgettext_lazy("tasks", "My mail"), "mail", ("letter_",)),
        Place("task_team", pgettext_lazy("tasks", "Team"), "users", ("task_team",)),
    ),
    "needs": (
        Place("need_list", _("Needs"), "lightbulb", ("need_",)),
        Place("theme_list", _("Themes"), "tags", ("theme_",)),
        Place("initiative_list", _("Initiatives"), "rocket", ("initiative_", "invitation_")),
        Place(
            "planned_change_list",
            _("Planned changes"),
            "calendar-sync",
            ("planned_change_", "touched_client_"),
        ),
        Place("next_order_list", _("Next orders"), "calendar-clock", ("next_order",)),
    ),
    "problems": (
        Place("problem_list", _("Problems"), "triangle-alert", ("problem_",)),
        Place("signal_list", _("Signals"), "radar", ("signal_",)),
        Place("data_quality", _("Quality of data"), "list-checks", ("data_quality",)),
        Place("radar_settings", _("Rules"), "settings", ("radar_settings",)),
    ),
    "kams": (
        Place("kam_list", pgettext_lazy("kams", "Load"), "gauge", ("kam_list",)),
        Place("kam_skills", pgettext_lazy("skills", "Skills"), "star", ("kam_skills",)),
        Place("onboarding_list", _("Onboarding"), "graduation-cap", ("onboarding_",)),
        Place("handover_list", _("Handovers"), "arrow-right-left", ("handover_", "substitution_")),
    ),
    "portfolio": (
        Place("portfolio", _("Dashboard"), "chart-line", ("portfolio_rows",)),
        Place(
            "portfolio_retention",
            _("Analysis"),
            "microscope",
            ("portfolio_dependence", "portfolio_work", "portfolio_openings"),
        ),
        Place("sales_plan_list", _("Plan against actual"), "target", ("sales_plan", "year_close")),
        Place("receivable_list", _("Receivables"), "wallet", ("receivable_",)),
        Place("portfolio_abc_xyz", "ABC/XYZ", "grid-3x3", ("portfolio_abc",)),
        Place(
            "report_list",
            pgettext_lazy("periodic", "Reports"),
            "file-text",
            ("report_", "schedule_", "business_review_list"),
        ),
        Place("programme", _("Programme"), "scale", ("programme",)),
        Place("effort_week", _("Hours"), "clock", ("effort_", "hour_rate")),
    ),
    "analysis": (
        Place("portfolio_retention", _("Retention"), "repeat", ("portfolio_retention",)),
        Place("portfolio_dependence", _("Dependence"), "unplug", ("portfolio_dependence",)),
        Place("portfolio_work", pgettext_lazy("analysis", "Work"), "clock", ("portfolio_work",)),
        Place("portfolio_openings", _("Openings"), "sprout", ("portfolio_openings",)),
    ),
    "matrix": (
        Place(
            "matrix_workbench",
            _("Weights"),
            "sliders-horizontal",
            ("matrix_workbench", "matrix_weighing"),
        ),
        Place("matrix_ratings", _("Ratings"), "grid-3x3", ("matrix_ratings", "matrix_wanted")),
        Place("matrix_confidence", _("Confidence"), "gauge", ("matrix_confidence",)),
        Place("matrix_backtests", _("Backtest"), "history", ("matrix_backtest", "backtest_")),
        Place("matrix_map", _("Map"), "scatter-chart", ("matrix_map",)),
        Place("matrix_decisions", _("Decision"), "gavel", ("matrix_decision",)),
        Place(
            "matrix_detail",
            _("Versions"),
            "layers",
            ("matrix_detail", "matrix_draft", "matrix_rule", "matrix_history"),
        ),
    ),
}


def may(user, route: str, method: str = "GET") -> bool:
    """Whether the policy table lets this person use the route at all."""
    try:
        policy.check(route, user, method)
    except PermissionDenied:
        return False
    return True


def address(route: str, *args, **kwargs) -> str:
    """The route's URL; empty where the product has no such route."""
    try:
        return reverse(route, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


def links(places: tuple[Place, ...], user, view_name: str, *args) -> list[dict]:
    """What of ``places`` this person sees: url (made with ``args``), label, icon, current."""
    return [
        {
            "url": url,
            "label": place.label,
            "icon": place.icon,
            "current": view_name == place.route or view_name.startswith(place.covers),
        }
        for place in places
        if (url := address(place.route, *args)) and may(user, place.route)
    ]


def creations(user, client_id: int | None) -> list[dict]:
    """What this person may begin: with the client of the page, or by way of choosing one."""
    found = []
    for place in CREATE:
        if not may(user, place.route, "POST"):
            continue
        if not place.of_client:
            url = address(place.route)
        elif client_id is not None:
            url = address(place.route, client_id)
        else:
            url = f"{address('create_for')}?what={place.route}"
        found.append({"url": url, "label": place.label, "icon": place.icon})
    return found
