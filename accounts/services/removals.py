"""Removing records into the bin, bringing them back, and destroying them when their days are over.

A removed row leaves its table, with what belongs to it, and stands in the bin as it was.  So no
query has to remember to leave it out.  What tells of the past is not removed: documents, payments,
rankings, decisions, promises and the trail stand in the way of a client, and have their own ends.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import (
    AgreedPrice,
    Agreement,
    AgreementFile,
    Client,
    Commitment,
    Contact,
    ExceptionalOffer,
    Goal,
    Interaction,
    Need,
    PlanGoal,
    Process,
    ProcessTemplate,
    RebateStep,
    Relation,
    Removal,
    Standing,
    TalkFile,
    TemplateStep,
    Twin,
    User,
)
from accounts.selectors.standings import missing_for_gate, standing_of
from kam.audit.services import record
from kam.jobs.services import enqueue
from kam.lib.editing import Conflict
from kam.lib.navigation import address
from kam.lib.scoping import acting_system

from . import history
from .agreements import ACCRUE
from .clients import BY_HAND
from .import_undo import is_computed, name_of
from .removal_rows import Hanging, hanging, put_back, take_out
from .subject_places import places
from .twin_rows import move_back, part

JOB = "accounts.removals"
_AGREEMENT = (
    "Commitment.agreement", "AgreedPrice.agreement", "RebateStep.agreement",
    "RebateAccrual.agreement", "AgreementFile.agreement",
)  # fmt: skip
_PROCESS = ("ProcessStep.process", "ProcessRun.process", "RunStep.run")
_CONTACT = (
    "ContactChange.contact", "Consent.contact", "ContactBlock.contact", "Attendance.contact",
)  # fmt: skip
_TALK = ("Attendance.interaction", "TalkFile.interaction", "Piece.interaction")
_GOAL = ("GoalReading.goal",)
_NEED = ("NeedStep.need", "Piece.need")
_OFFER = ("OfferPart.offer",)
# Pages where a person finds what stands in the way.
_PAGES = {
    "AccountPlan": "client_plans",
    "BusinessReview": "client_reviews",
    "Contact": "client_people",
    "Document": "client_documents",
    "Payment": "client_documents",
    "Meeting": "client_meetings",
    "Problem": "client_problems",
    "Promise": "client_promises",
    "Agreement": "client_agreements",
    "Process": "client_processes",
    "Interaction": "client_timeline",
    "Relation": "client_people",
    "Goal": "client_standing",
    "ExceptionalOffer": "client_offers",
    "Need": "client_needs",
    "Standing": "client_standing",
    "PlanGoal": "client_plans",
    "PlannedSale": "client_sales_plan",
    "Wallet": "client_potential",
}


_NAMES = {
    AgreedPrice: _("Agreed prices"),
    Commitment: _("Committed volumes"),
    PlanGoal: _("Objectives of plans"),
    RebateStep: _("Steps of the rebate"),
    TemplateStep: _("Steps of the standard"),
}


class Kept(Exception):
    """The record cannot be removed, or not brought back; says why."""


@dataclass(frozen=True)
class Noun:
    """What people can remove.

    along: references whose rows go with it.  rows: the rows that are one record.  kept: why this
    one is not to be removed, nothing where it may be.  instead: what to do where facts hang on it.
    after: what is to be computed anew.
    """

    key: str
    model: type[models.Model]
    label: Any
    along: tuple[str, ...] = ()
    title: Callable[[Any], str] = str
    rows: Callable[[Any], list[int]] = lambda row: [row.pk]
    kept: Callable[[Any], Any] = lambda row: ""
    instead: Any = ""
    after: Callable[[], Any] = lambda: None


def _versions(note: Interaction) -> list[int]:
    if not note.key:
        return [note.pk]
    same = Interaction.objects.filter(source=note.source, key=note.key)
    return list(same.values_list("pk", flat=True))


def _came_by_import(note: Interaction) -> Any:
    if note.source != BY_HAND:
        return _("It came with an import and would come again with the next. Undo the import.")
    return ""


def _guards_the_gate(goal: Goal) -> Any:
    standing = standing_of(goal.client_id)
    if standing is None or standing.value not in (
        Standing.Value.TRIAL, Standing.Value.KEY, Standing.Value.WATCH,
    ):  # fmt: skip
        return ""
    others = Goal.objects.filter(client=goal.client_id, status=Goal.Status.OPEN)
    if goal.is_complete and missing_for_gate(others.exclude(pk=goal.pk)):
        return _("It is the complete goal that a key client has to have. Write another one first.")
    return ""


def _is_evidence(contact: Contact) -> Any:
    if contact.is_blocked:
        return _("The person is blocked: what is kept of them stays. End the block first.")
    return _("It stands for an act of destruction.") if contact.anonymised_at else ""


def _is_given(offer: ExceptionalOffer) -> Any:
    if not offer.is_draft:
        return _("The client has it: what was promised stays. End the offer instead.")
    return ""


def _has_members(client: Client) -> Any:
    if Client.objects.filter(group=client.pk).exists():
        return _("Companies belong to this group. Take them out of it first.")
    return ""


NOUNS = {
    noun.key: noun
    for noun in (
        Noun("contact", Contact, _("Contact"), _CONTACT, kept=_is_evidence,
             instead=_("If the person has left the company, write down the day instead.")),
        Noun("interaction", Interaction, _("Note"), _TALK, rows=_versions, kept=_came_by_import,
             title=lambda row: row.subject or str(row.get_kind_display())),
        Noun("relation", Relation, pgettext_lazy("removed", "Relation"),
             title=lambda row: row.name or str(row.get_kind_display())),
        Noun("goal", Goal, pgettext_lazy("removed", "Goal"), _GOAL, kept=_guards_the_gate,
             instead=_("A goal that is not pursued any more can be given up: then it stays.")),
        Noun("need", Need, pgettext_lazy("removed", "Need"), _NEED,
             instead=_("A need that has passed is settled as lost or outlived: then it teaches.")),
        Noun("agreement", Agreement, _("Agreement"), _AGREEMENT,
             after=lambda: enqueue(ACCRUE, unique=ACCRUE),
             instead=_("An agreement that has ended is given its last day instead.")),
        Noun("process", Process, _("Process"), _PROCESS,
             instead=_("A process that is not run any more can be stopped: then its past stays.")),
        Noun("offer", ExceptionalOffer, _("Exceptional offer"), _OFFER, kept=_is_given,
             instead=_("An offer that was given is ended with a reason instead.")),
        Noun("template", ProcessTemplate, _("Standard process"), ("TemplateStep.template",),
             instead=_("A standard that is not used any more can be archived.")),
        Noun("client", Client, _("Client"),
             ("Contact.client", "Membership.member", "Interaction.client", "Relation.client",
              "Goal.client", "Agreement.client", "Process.client", "Wallet.client",
              "PlannedSale.client", "Need.client", "Removal.client",
              "ExceptionalOffer.client", "Invitation.client", "TouchedClient.client", "Task.client",
              "Signal.client", "HealthWeek.client", "EffortWeek.client", "ServiceCost.client",
              "Piece.task", *_TALK,
              "ShipmentStop.client", "Handover.client", "HandoverStep.handover",
              "Twin.kept",
              *_OFFER, *_CONTACT, *_GOAL, *_NEED, *_AGREEMENT, *_PROCESS),
             kept=_has_members,
             instead=_("A client with a past stays. Say that it is lost instead.")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """So many rows of one kind, and the page where they are."""

    name: str
    count: int
    url: str = ""


@dataclass
class Prospect:
    """What removing would do: what goes along, which links are cut, or what stands in the way."""

    noun: Noun
    row: Any
    title: str
    kept: str = ""
    along: list[Part] = field(default_factory=list)
    loosened: list[Part] = field(default_factory=list)
    blocking: list[Part] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return not (self.kept or self.blocking)


def _hanging(noun: Noun, row) -> Hanging:
    along = noun.along
    if noun.model is Client:  # what is computed of clients, on floors above as well
        computed = (model for model in apps.get_models() if is_computed(model))
        along = (*along, *(f"{model.__name__}.client" for model in computed))
    return hanging(noun.model, noun.rows(row), along)


def prospect(key: str, row) -> Prospect:
    """What hangs on a record, counted whole: what one may not see stands in the way as well."""
    noun = NOUNS[key]
    with acting_system("removal"):
        found = _hanging(noun, row)
        client_id = row.pk if isinstance(row, Client) else getattr(row, "client_id", None)
        tables = {model._meta.db_table: model for model in apps.get_models()}
        loosened: dict[type[models.Model], set[int]] = {}
        for table, _key, pk, _column, _value in found.loosened:
            loosened.setdefault(tables[table], set()).add(pk)
        return Prospect(
            noun,
            row,
            noun.title(row),
            str(noun.kept(row) or ""),
            [_counted(each, len(ids), client_id) for each, ids in found.along.items()
             if each is not noun.model and not is_computed(each)],
            [_counted(each, len(ids), client_id) for each, ids in loosened.items()],
            [_counted(each, count, client_id) for each, count in found.blocking.items()],
        )  # fmt: skip


def _counted(model: type[models.Model], count: int, client_id: int | None) -> Part:
    route = _PAGES.get(model.__name__, "")
    url = address(route, client_id) if route and client_id else ""
    return Part(name(model), count, url)


def name(model: type[models.Model]) -> str:
    """What people call such rows: as undoing an import or looking for a person does."""
    title = next((place.title for place in places() if place.model is model), "")
    known = _NAMES.get(model) or name_of(model) or title or model._meta.verbose_name_plural
    return str(known)


@transaction.atomic
def remove(key: str, row, version: int | None, person: User | None) -> Removal:
    """Put a record into the bin with what belongs to it.

    version: that was read, None for any.  Raises Conflict where it is another by now, and Kept
    where something stands in the way.
    """
    noun = NOUNS[key]
    with acting_system("removal"):
        present = noun.model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
        closed = getattr(present, "known_to", None) is not None
        if closed or version not in (None, getattr(present, "version", version)):
            raise Conflict(present)
        ahead = prospect(key, present)
        if not ahead.is_possible:
            raise Kept(_reason(ahead))
        found = _hanging(noun, present)
        client_id = None if isinstance(present, Client) else getattr(present, "client_id", None)
        removal = Removal.objects.create(
            noun=key,
            object_id=present.pk,
            title=ahead.title[:200],
            client_id=client_id,
            holder=None if client_id else person,
            person=person,
            counts={model._meta.label_lower: len(ids) for model, ids in found.along.items()},
            loosened=found.loosened,
        )
        _tell("remove", removal, person, client_id or (present.pk if key == "client" else None))
        take_out(removal, found)
        noun.after()
    return removal


def _reason(ahead: Prospect) -> str:
    if ahead.kept:
        return ahead.kept
    parts = ", ".join(f"{part.name}: {part.count}" for part in ahead.blocking)
    told = _now("It cannot be removed: %(parts)s hang on it.") % {"parts": parts}
    return f"{told} {ahead.noun.instead}".strip()


@transaction.atomic
def restore(removal: Removal, person: User | None) -> Any:
    """Bring a record back with all that went along; the row.

    Raises Kept where something new stands in its place, or what it belonged to is gone.
    """
    noun = NOUNS[removal.noun]
    with acting_system("removal"):
        removal = Removal.objects.select_for_update(of=("self",)).get(pk=removal.pk)
        joined = list(Twin.objects.filter(removal=removal, undone_at=None))
        try:
            with transaction.atomic():
                for twin in joined:  # first: what comes back may be held to what hangs on it
                    move_back(twin)
                put_back(removal)
                for twin in joined:  # and what had come over before it went into the bin
                    move_back(twin)
        except IntegrityError as error:
            raise Kept(
                _now("It cannot come back: something new stands in its place. Remove or rename "
                     "that first.")
            ) from error  # fmt: skip
        row = noun.model._default_manager.filter(pk=removal.object_id).first()
        if row is None:
            raise Kept(_now("It cannot come back: what it belonged to is not there any more."))
        client_id = row.pk if isinstance(row, Client) else getattr(row, "client_id", None)
        for twin in joined:
            part(twin, person)
        _tell("restore", removal, person, client_id)
        Removal.objects.filter(pk=removal.pk).delete()
        noun.after()
    return row


@transaction.atomic
def destroy(removal: Removal, person: User | None) -> None:
    """Let go for good of what stands in the bin."""
    with acting_system("removal"):
        removal = Removal.objects.select_for_update(of=("self",)).get(pk=removal.pk)
        _tell("destroy", removal, person, removal.client_id)
        _let_go([removal])


def purge(days: int, now: dt.datetime | None = None) -> int:
    """Let go of what was removed more than so many days ago; how many records.  A job's work."""
    until = (now or timezone.now()) - dt.timedelta(days=days)
    with transaction.atomic():
        old = list(Removal.objects.filter(at__lt=until).select_for_update(of=("self",)))
        _let_go(old)
        if old:
            record("removal.expire", details={"rows": sum(sum(r.counts.values()) for r in old)})
    return len(old)


def _let_go(old: list[Removal]) -> None:
    """Rows of the bin, with their history and files that nothing else names."""
    with history.switched_off():
        for label, rows in itertools.chain.from_iterable(r.contents.items() for r in old):
            table = apps.get_model(label)._meta
            history.forget(table.db_table, [row[table.pk.column] for row in rows])
    files = [name for removal in old for name in _files(removal.contents)]
    Removal.objects.filter(pk__in=[removal.pk for removal in old]).delete()
    storage = AgreementFile._meta.get_field("file").storage
    for name in files:
        transaction.on_commit(lambda name=name: storage.delete(name))


def _files(contents: Mapping[str, list[dict]]) -> Iterator[str]:
    """Names of kept files, also of what had been in the bin before its client."""
    for model in (AgreementFile, TalkFile):
        for row in contents.get(model._meta.label_lower, []):
            if row.get("file"):
                yield row["file"]
    for row in contents.get(Removal._meta.label_lower, []):
        yield from _files(row["contents"])


def days_left(removal: Removal, now: dt.datetime | None = None) -> int:
    """Whole days until it is let go."""
    gone = (now or timezone.now()) - removal.at
    return max(settings.REMOVED_DAYS - gone.days, 0)


def _tell(verb: str, removal: Removal, person: User | None, client_id: int | None) -> None:
    row = NOUNS[removal.noun].model(pk=removal.object_id)
    record(
        f"removal.{verb}",
        object=row,
        client_id=client_id,
        details={"rows": sum(removal.counts.values())},
        actor=person,
    )


def along_of(removal: Removal) -> list[Part]:
    """What went along with a removed record, without the record itself."""
    own = NOUNS[removal.noun].model
    found = ((apps.get_model(label), count) for label, count in removal.counts.items())
    return [
        Part(name(model), count)
        for model, count in found
        if model is not own and not is_computed(model)
    ]
