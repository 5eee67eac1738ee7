"""The register of processing (Art. 30; ст. 22): for what, whose data, which, to whom, how long, where.

It is put together from what the product holds: purposes from their catalogue, data from the columns
of the models, texts from the places where people are looked for, recipients from what is set up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.models import ApiToken, Client, Connection, Contact, User
from accounts.selectors.consents import purposes
from kam.audit.models import Event
from kam.lib.company import company
from kam.webhooks.models import Endpoint

from . import import_undo, retention
from .erasure import YEARS_KEPT
from .subject_places import places

NAME = pgettext_lazy("person", "name")
REACH = gettext_lazy("e-mail, phone")
WORK = gettext_lazy("where they work and as what")
PART = gettext_lazy("part in decisions, and what our people think of it")
ORIGIN = gettext_lazy("where the data came from, and what they may be used for")
TAX = gettext_lazy("numbers of the tax office")
BUSINESS = gettext_lazy("size and kind of their business")
PLACE = gettext_lazy("where they are")
ACCOUNT = gettext_lazy("account and settings in the product")
OTHER = gettext_lazy("other")
TECHNICAL = ""

# Every column of what a person is kept in, and to which category of data it belongs.  A test holds
# that no new column is forgotten; until it is put somewhere, the register shows it under "other".
FIELDS: dict[type[models.Model], dict[Any, tuple[str, ...]]] = {
    Contact: {
        NAME: ("name",),
        REACH: ("email", "phone"),
        WORK: ("client", "position", "left_on", "left_to"),
        PART: ("role", "influence", "attitude", "reports_to", "counterpart"),
        ORIGIN: (
            "source", "added_at", "came_on", "told_on", "told_how", "told_by", "blocked_since",
            "blocked_until", "blocked_reason",
        ),
        TECHNICAL: ("id", "map_x", "map_y", "anonymised_at", "version"),
    },
    Client: {
        NAME: ("name", "legal_name"),
        TAX: ("inn", "kpp"),
        BUSINESS: ("kind", "segment", "employees", "turnover", "lifecycle", "tags", "own"),
        PLACE: ("country", "region", "city"),
        TECHNICAL: ("id", "owner", "sales_manager", "team", "group", "version", "created_at", "sort_name"),
    },
    User: {
        NAME: ("name",),
        REACH: ("email",),
        WORK: ("role", "function", "team", "key_slots", "load_points"),
        ACCOUNT: (
            "password", "language", "theme", "compact", "shortcuts", "is_active", "date_joined", "last_login",
            "task_mail", "task_mailed_on",
        ),
        TECHNICAL: ("id", "mail_serial", "calendar_serial", "lent_until"),
    },
}  # fmt: skip
PEOPLE = {
    Contact: gettext_lazy("People at clients"),
    Client: gettext_lazy("Clients that are people: sole traders and private persons"),
    User: gettext_lazy("Colleagues who use the product"),
}


# Columns that the forms show under no name of their own.
_LABELS = {
    "client": gettext_lazy("company"),
    "own": gettext_lazy("Own fields"),
    "source": gettext_lazy("which system told of them"),
    "told_by": gettext_lazy("who told them"),
    "date_joined": gettext_lazy("since when"),
    "added_at": gettext_lazy("since when"),
}


@dataclass(frozen=True)
class Row:
    what: str
    said: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    key: str
    title: str
    rows: list[Row] = field(default_factory=list)


def forgotten(model: type[models.Model]) -> list[str]:
    """Columns that belong to no category yet."""
    known = {name for names in FIELDS[model].values() for name in names}
    return [each.name for each in model._meta.concrete_fields if each.name not in known]


def register() -> list[Section]:
    """The register as it stands now, section by section."""
    return [
        Section("who", _("Who answers for it, and where"), list(_who())),
        Section("purposes", _("For what, and on which basis"), list(_purposes())),
        Section("people", _("Whose data, and which"), list(_people())),
        Section("texts", _("Where else people may be named"), list(_texts())),
        Section("sources", _("Where data come from"), list(_sources())),
        Section("recipients", _("Who gets them"), list(_recipients())),
        Section("terms", _("How long"), list(_terms())),
        Section("ways", _("How they are handled"), list(_ways())),
    ]


def _who() -> Iterator[Row]:
    named = company().name
    yield Row(_("Company"), named or _("not said"), "" if named else _("Write it under “Company”."))
    place = settings.DATA_RESIDENCE
    yield Row(
        _("Place of the data"),
        place or _("not said"),
        _("the database, files and copies stand there, as the installation says")
        if place
        else _("Set DATA_RESIDENCE: country and place of the database, files and copies."),
    )


def _purposes() -> Iterator[Row]:
    for each in purposes():
        basis = f"{each.get_basis_display()}, {each.law}"
        said = [_("agree: %(n)s") % {"n": each.agreed}, _("refuse: %(n)s") % {"n": each.refused}]
        yield Row(
            each.label, basis, ", ".join(said) if each.is_active else _("not in use any more")
        )


def _people() -> Iterator[Row]:
    persons = Client.objects.filter(kind__in=(Client.Kind.SOLE_TRADER, Client.Kind.PERSON))
    counts = {
        Contact: Contact.objects.filter(anonymised_at__isnull=True).count(),
        Client: persons.count(),
        User: User.objects.count(),
    }
    for model, title in PEOPLE.items():
        categories = {**FIELDS[model], OTHER: tuple(forgotten(model))}
        parts = [
            _category(model, category, names)
            for category, names in categories.items()
            if category and names
        ]
        count = counts[model]
        note = ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
        yield Row(str(title), "; ".join(parts), note)
    linked = {
        str(import_undo.name_of(relation.related_model))
        for relation in Contact._meta.related_objects
        if relation.related_model is not Contact
    }
    beside = ", ".join(sorted(linked - {""}))
    yield Row(_("What is kept beside people at clients"), beside)
    yield Row(
        _("What is kept of colleagues"),
        _("what they wrote, rated and decided, and in the audit trail what they did and looked at"),
    )


def _category(model: type[models.Model], category: Any, names: tuple[str, ...]) -> str:
    """The category with its columns in words, unless they say no more than it does."""
    labels = [str(_LABELS.get(name, model._meta.get_field(name).verbose_name)) for name in names]
    if category is NAME:
        return str(category)
    return f"{category} ({', '.join(labels)})"


def _texts() -> Iterator[Row]:
    by_reason: dict[str, list[str]] = {}
    for place in places():
        why = str(place.why_kept) or _("masked when a person is destroyed")
        by_reason.setdefault(why, []).append(str(place.title))
    for why, titles in by_reason.items():
        yield Row(why[:1].upper() + why[1:], ", ".join(titles))


def _sources() -> Iterator[Row]:
    yield Row(_("Our people"), _("cards, notes, talks, written by hand"))
    yield Row(_("Files of other systems"), _("loaded on the page of imports or from a folder"))
    for each in Connection.objects.order_by("name", "pk"):
        state = "" if each.is_active else pgettext("register", "switched off")
        yield Row(each.name, f"{each.get_system_display()}, {each.address}", state)


def _recipients() -> Iterator[Row]:
    for each in Endpoint.objects.order_by("pk"):
        told = ngettext("%(n)s kind of event", "%(n)s kinds of events", len(each.events))
        said = told % {"n": len(each.events)}
        yield Row(
            _("Webhook: %(host)s") % {"host": each.host},
            f"{said}: {', '.join(sorted(each.events))}",
            each.description if each.is_active else pgettext("register", "switched off"),
        )
    now = timezone.now()
    keys = ApiToken.objects.exclude(expires_at__lt=now).count()
    if keys:
        yield Row(
            _("Programs"),
            ngettext("%(n)s key of the REST API", "%(n)s keys of the REST API", keys) % {"n": keys},
            _("each sees what its person may see"),
        )
    year = Event.objects.filter(action="export.taken", at__gte=now - dt.timedelta(days=365))
    taken = year.count()
    yield Row(
        _("Files that our people took"),
        ngettext("%(n)s file in 12 months", "%(n)s files in 12 months", taken) % {"n": taken},
        _("who took which stands in the audit trail; blocked people are in none"),
    )
    if mail := getattr(settings, "EMAIL_HOST", "") if _sends_mail() else "":
        yield Row(_("Mail server"), mail, _("letters to colleagues"))


def _sends_mail() -> bool:
    return "smtp" in settings.EMAIL_BACKEND


def _days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _terms() -> Iterator[Row]:
    kept = retention.rules()
    for each in retention.CATEGORIES:
        months = getattr(kept, each.key)
        if months is not None:
            term = ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
        elif each.setting is not None:
            term = _days(each.setting())
        else:
            term = _("until they are destroyed, by an act")
        yield Row(str(each.title), term, str(each.what))
    yield Row(_("What imports changed, kept to undo them"), _days(settings.IMPORT_UNDO_DAYS))
    yield Row(_("Exported files"), _days(settings.EXPORT_FILE_DAYS))
    yield Row(_("What webhooks told"), _days(settings.WEBHOOK_LOG_DAYS))
    years = ngettext("%(n)s year", "%(n)s years", YEARS_KEPT) % {"n": YEARS_KEPT}
    yield Row(_("Acts of destruction"), years)
    documents = (
        _("names of people in them are masked with the person")
        if settings.PERSONAL_DATA_DOCUMENTS == "mask"
        else _("names of people in them stay, as tax law wants it")
    )
    yield Row(_("Documents"), _("with the bookkeeping"), documents)
    yield Row(_("Audit trail"), _("for good"), _("it holds ids and names of fields, no values"))


def _ways() -> Iterator[Row]:
    yield Row(
        _("What is done"),
        _("collected, kept, corrected, used, handed to those above, blocked, destroyed"),
        _("by computer, over the company’s network and the internet"),
    )
    yield Row(
        _("Who may see"),
        _("by role and client; a key of a program sees no more than its person"),
    )
    yield Row(
        _("How it is guarded"),
        _(
            "passwords and keys as hashes, credentials sealed, an audit trail that cannot be "
            "changed, destruction with an act"
        ),
    )
    yield Row(
        _("Decisions by computer alone"),
        _("none: clients are ranked, and people decide who is a key client"),
    )
