"""Where a person may be named: every table with words of people in it says so here.

What is not a place is not looked through, so a new table with texts registers itself; a test holds
that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import IntegerField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    AccountPlan,
    AgendaItem,
    Agreement,
    AgreementFile,
    Benefit,
    BulkLoad,
    Client,
    Consent,
    ContactBlock,
    Document,
    Edit,
    ExceptionalOffer,
    Goal,
    GoalReading,
    Handover,
    HandoverStep,
    ImportBatch,
    ImportChange,
    ImportFile,
    Incident,
    Initiative,
    InitiativeStep,
    Interaction,
    Invitation,
    Letter,
    LetterFile,
    Meeting,
    MeetingResult,
    MinutesVersion,
    Need,
    NeedStep,
    Notice,
    OfferPart,
    Piece,
    PlanAction,
    PlanMove,
    PlannedChange,
    PlanParticipant,
    PlanSection,
    PlanVersion,
    Problem,
    ProblemStep,
    Process,
    ProcessRun,
    ProcessStep,
    ProgrammeCost,
    Promise,
    PromiseMove,
    QuarantinedRow,
    Reference,
    Relation,
    Removal,
    RunStep,
    ServiceCost,
    ShipmentStop,
    Signal,
    Standing,
    Substitution,
    Survey,
    SurveyAnswer,
    TalkFile,
    Task,
    TouchedClient,
    Wallet,
)
from kam.audit.models import Event

from .masking import Traces, plain

SEALED = _("the trail is sealed and cannot be changed; it is kept as evidence")
TAX = _("kept with the documents, as tax law wants it")


@dataclass(frozen=True)
class Place:
    """Columns of a table that may name people.

    client: path to the client whose people are meant by a mere name; without one a mere name is
    looked for all the same.  kept: why the rows stay as they are, empty where they are masked.
    address: the page of a row.
    """

    key: str
    title: Any
    model: type[models.Model]
    fields: tuple[str, ...]
    client: str = "client_id"
    kept: Callable[[], Any] | None = None
    address: Callable[[Any], str] | None = None

    @property
    def why_kept(self) -> Any:
        return self.kept() if self.kept else ""


@dataclass(frozen=True)
class Found:
    """A row that names the person.  ``sure``: in a spelling that is masked; ``doubtful``: words
    that may be the person in another form, for a person to decide."""

    place: Place
    row: Any
    said: str
    sure: bool
    doubtful: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.place.key}:{self.row.pk}"

    @property
    def url(self) -> str:
        return self.place.address(self.row) if self.place.address else ""

    @property
    def client_id(self) -> int | None:
        return client_of(self.place, self.row)


def _documents_kept():
    return "" if settings.PERSONAL_DATA_DOCUMENTS == "mask" else TAX


def _at(route: str, attribute: str = "pk"):
    return lambda row: reverse(route, args=[getattr(row, attribute)])


_PLACES: dict[str, Place] = {}


def register(*places: Place) -> None:
    """Say of tables that they may name people."""
    _PLACES.update({place.key: place for place in places})


def places() -> list[Place]:
    return list(_PLACES.values())


def place_of(key: str) -> Place | None:
    return _PLACES.get(key)


register(
    Place("interactions", _("Notes and letters"), Interaction, ("subject", "text"),
          address=_at("interaction_edit")),
    Place("relations", _("Relations of organisations"), Relation, ("name", "note"),
          address=_at("relation_edit")),
    Place("documents", _("Documents"), Document, ("manager", "agreement"), kept=_documents_kept,
          address=_at("document_detail")),
    Place("agreements", _("Agreements"), Agreement, ("number", "subject", "note"),
          address=_at("agreement_edit")),
    Place("agreement_files", _("Names of files of agreements"), AgreementFile, ("name",),
          "agreement__client_id", address=_at("agreement_file")),
    Place("goals", _("Goals"), Goal, ("why", "what_for", "how", "own_measure"),
          address=_at("goal_edit")),
    Place("plans", _("Account plans"), AccountPlan, ("title",), address=_at("plan_detail")),
    Place("plan_sections", _("Sections of plans"), PlanSection, ("text",), "plan__client_id",
          address=_at("plan_detail", "plan_id")),
    Place("plan_actions", _("Actions of plans"), PlanAction, ("what", "result"),
          "plan__client_id", address=_at("plan_action")),
    Place("plan_participants", _("Parts in plans"), PlanParticipant, ("part",), "plan__client_id",
          address=_at("plan_detail", "plan_id")),
    Place("plan_moves", _("Steps of plans"), PlanMove, ("words",), "plan__client_id",
          address=_at("plan_detail", "plan_id")),
    Place("plan_versions", _("Plans as they were signed"), PlanVersion, ("content", "reason"),
          "plan__client_id", address=_at("plan_version")),
    Place("goal_readings", _("Readings of goals"), GoalReading, ("note",), "goal__client_id"),
    Place("promises", _("Promises"), Promise, ("what", "about", "assured", "evidence"),
          address=_at("promise_detail")),
    Place("promise_moves", _("Changes of promises"), PromiseMove, ("what", "reason"),
          "promise__client_id", address=_at("promise_detail", "promise_id")),
    Place("problems", _("Problems"), Problem, ("what", "details", "solution", "came_of_it"),
          address=_at("problem_detail")),
    Place("problem_steps", _("Steps of problems"), ProblemStep, ("what",), "problem__client_id",
          address=_at("problem_detail", "problem_id")),
    Place("signals", _("Signals"), Signal, ("reason",), address=_at("signal_detail")),
    Place("service_costs", _("Costs of clients"), ServiceCost, ("what",),
          address=_at("service_cost_edit")),
    Place("programme_costs", _("Costs of the programme"), ProgrammeCost, ("what",), "",
          address=_at("programme_cost_edit")),
    Place("talk_files", _("Names of files of notes"), TalkFile, ("name",), "interaction__client_id",
          address=_at("interaction_detail", "interaction_id")),
    Place("pieces", _("Words that something was made of"), Piece, ("quote",),
          "interaction__client_id", address=_at("interaction_detail", "interaction_id")),
    Place("letters", _("Mail that waits for a client"), Letter,
          ("sender_name", "sender_email", "subject", "text"), ""),
    Place("letter_files", _("Names of files of mail that waits"), LetterFile, ("name",), ""),
    Place("shipment_stops", _("Stops of shipments"), ShipmentStop, ("reason", "release_reason"),
          address=_at("client_receivables", "client_id")),
    Place("handovers", _("Handovers"), Handover, ("note",), address=_at("handover_detail")),
    Place("handover_steps", _("Checklists of handovers"), HandoverStep, ("what",),
          "handover__client_id", address=_at("handover_detail", "handover_id")),
    Place("substitutions", _("Substitutions"), Substitution, ("note",), "",
          address=_at("substitution_edit")),
    Place("meetings", _("Meetings"), Meeting, ("title", "place", "wanted", "notes", "own_notes"),
          address=_at("meeting_detail")),
    Place("agenda_items", _("Points of agendas"), AgendaItem, ("text",), "meeting__client_id",
          address=_at("meeting_detail", "meeting_id")),
    Place("meeting_results", _("Results of meetings"), MeetingResult, ("what",),
          "meeting__client_id", address=_at("meeting_detail", "meeting_id")),
    Place("minutes_versions", _("Minutes as they were approved"), MinutesVersion,
          ("content", "reason"), "meeting__client_id", address=_at("minutes_version")),
    Place("tasks", _("Tasks"), Task, ("what", "note", "word"), address=_at("task_detail")),
    Place("needs", _("Needs"), Need, ("what", "purpose", "reason"), address=_at("need_detail")),
    Place("need_steps", _("Ways of needs"), NeedStep, ("reason",), "need__client_id",
          address=_at("need_detail", "need_id")),
    Place("offers", _("Exceptional offers"), ExceptionalOffer,
          ("title", "expectation", "end_reason"), address=_at("offer_detail")),
    Place("offer_parts", _("Parts of exceptional offers"), OfferPart, ("what", "assured"),
          "offer__client_id", address=_at("offer_detail", "offer_id")),
    Place("benefits", _("Benefits of clients"), Benefit, ("what", "method", "evidence", "file_name"),
          address=_at("benefit_detail")),
    Place("references", _("References"), Reference, ("title", "text", "link"),
          address=_at("reference_edit")),
    Place("surveys", _("Surveys"), Survey, ("name", "questions"), "",
          address=_at("survey_detail")),
    Place("survey_answers", _("Answers to surveys"), SurveyAnswer,
          ("comment", "replies", "follow_up"), "invitation__client_id",
          address=_at("survey_invitation", "invitation_id")),
    Place("consents", _("What people said to a purpose"), Consent,
          ("text_version", "source", "withdrawal"), "contact__client_id",
          address=_at("contact_consents", "contact_id")),
    Place("blocks", _("Blocks of people"), ContactBlock, ("reason", "end_reason"),
          "contact__client_id", address=_at("contact_consents", "contact_id")),
    Place("initiatives", _("Initiatives"), Initiative, ("name", "goal", "audience"), "",
          address=_at("initiative_detail")),
    Place("initiative_steps", _("Stages of initiatives"), InitiativeStep, ("note",), "",
          address=_at("initiative_detail", "initiative_id")),
    Place("invitations", _("Answers to invitations"), Invitation, ("words", "despite", "reasons"),
          address=_at("invitation_detail")),
    Place("planned_changes", _("Planned changes"), PlannedChange, ("name", "details", "note"), "",
          address=_at("planned_change_detail")),
    Place("touched_clients", _("Answers to planned changes"), TouchedClient, ("words",),
          address=_at("touched_client_detail")),
    Place("own_fields", _("Tags and own fields of clients"), Client, ("tags", "own"), "pk",
          address=_at("client_detail")),
    Place("standings", _("Decisions on standing"), Standing, ("reason",)),
    Place("wallets", _("What clients buy in all"), Wallet, ("source",)),
    Place("processes", _("Processes"), Process, ("name", "expectation"),
          address=_at("process_edit")),
    Place("process_steps", _("Steps of processes"), ProcessStep, ("name", "details", "check_by"),
          "process__client_id", address=_at("process_edit", "process_id")),
    Place("process_runs", _("Runs of processes"), ProcessRun, ("cause_text", "reason"),
          "process__client_id", address=_at("process_edit", "process_id")),
    Place("run_steps", _("Steps of processes under way"), RunStep,
          ("name", "details", "check_by", "note"), "run__process__client_id"),
    Place("removed", _("Removed records"), Removal, ("title", "contents"),
          address=lambda row: reverse("removal_list")),
    Place("notices", _("Notices"), Notice, ("facts",)),
    Place("quarantine", _("Rows in quarantine"), QuarantinedRow, ("data",), "",
          address=_at("quarantine_detail")),
    Place("imports", _("Reports of imports"), ImportBatch, ("filename", "report"), "",
          address=_at("import_detail")),
    Place("import_previews", _("Checks of files"), ImportFile, ("name", "preview"), "",
          address=_at("import_file")),
    Place("import_changes", _("What imports changed, kept to undo them"), ImportChange,
          ("before", "after"), ""),
    Place("bulk", _("Answers to programs"), BulkLoad, ("report", "findings"), ""),
    Place("history", _("What records said before"), Edit, ("before", "after"), "client_ref"),
    Place("incidents", _("Breaches"), Incident, ("title", "note"), "",
          address=_at("incident_detail")),
    Place("events", _("Audit trail"), Event, ("details",), "client_ref", kept=lambda: SEALED),
)  # fmt: skip


def client_of(place: Place, row: Any) -> int | None:
    value = row
    for name in filter(None, place.client.split("__")):
        value = getattr(value, name, None)
    return None if value is row else value


def look(place: Place, traces: Traces, entities: Sequence[int]) -> Iterator[Found]:
    """Rows of a place that name the person, the latest first.

    entities: the clients at which a mere name, and its other forms, mean this person.  At others
    the same full name is told as doubtful: it may be somebody else.
    """
    rows = _with_client(place, _candidates(place, traces, entities).order_by("-pk"))
    yield from _exactly(place, rows.iterator(chunk_size=500), traces, entities)


def look_everywhere(
    traces: Traces, entities: Sequence[int], most: int
) -> Iterator[tuple[Place, list[Found]]]:
    """At most so many rows of each place: one query finds where, one a place reads them there."""
    known = places()
    asked = [
        _candidates(place, traces, entities).order_by("-pk")
        .values_list(Value(number, output_field=IntegerField()), "pk")[:most]
        for number, place in enumerate(known)
    ]  # fmt: skip
    ids: dict[int, list[int]] = {}
    for number, pk in asked[0].union(*asked[1:], all=True):
        ids.setdefault(number, []).append(pk)
    for number, some in sorted(ids.items()):
        place = known[number]
        rows = place.model._default_manager.filter(pk__in=some).order_by("-pk")
        found = list(_exactly(place, _with_client(place, rows), traces, entities))
        if found:
            yield place, found


def _candidates(place: Place, traces: Traces, entities: Sequence[int]) -> QuerySet:
    said = Concat(
        *(part for name in place.fields for part in (_text(name), Value("\n"))), Value(""),
        output_field=TextField(),
    )  # fmt: skip
    wanted = Q(pk__in=[])
    if traces.strict:
        wanted |= Q(said_of_people__regex=traces.strict)
    if traces.loose and place.client and entities:
        wanted |= Q(said_of_people__regex=traces.loose, **{f"{place.client}__in": entities})
    return place.model._default_manager.alias(said_of_people=said).filter(wanted)


def _with_client(place: Place, rows: QuerySet) -> QuerySet:
    path = place.client.removesuffix("__client_id")
    return rows.select_related(path) if "__" in place.client else rows


def _exactly(
    place: Place, rows: Iterable[Any], traces: Traces, entities: Sequence[int]
) -> Iterator[Found]:
    for row in rows:
        named_here = not place.client or client_of(place, row) in entities
        found = _found(place, row, traces, named_here)
        if found is not None:
            yield found


def _text(name: str):
    return Coalesce(Cast(name, TextField()), Value(""), output_field=TextField())


def _found(place: Place, row: Any, traces: Traces, named_here: bool) -> Found | None:
    values = [plain(getattr(row, name)) for name in place.fields if getattr(row, name)]
    said = "\n".join(values)
    sure = any(traces.is_in(value, named_here) for value in values)
    doubtful = list(traces.doubtful(said)) if named_here and place.client else []
    if not named_here and traces.mask(said) != traces.mask(said, False):
        doubtful.append(traces.name)
    if not sure and not doubtful:
        return None
    return Found(place, row, traces.around(said), sure, tuple(doubtful))


def rewrite(place: Place, row: Any, change: Callable[[str], str]) -> bool:
    """Write the texts of a row as ``change`` gives them; whether any is another now.

    Versions that are closed are rewritten, too: what is destroyed is in no past either.
    """
    values = {}
    for name in place.fields:
        before = getattr(row, name)
        after = _through(before, change)
        if after != before:
            longest = getattr(place.model._meta.get_field(name), "max_length", None)
            values[name] = after[:longest] if isinstance(after, str) else after
    if values:
        place.model._default_manager.filter(pk=row.pk).update(**values)
    return bool(values)


def _through(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_through(each, change) for each in value]
    if isinstance(value, dict):
        return {name: _through(each, change) for name, each in value.items()}
    if isinstance(value, int) and not isinstance(value, bool):
        return value if change(str(value)) == str(value) else change(str(value))
    return value
