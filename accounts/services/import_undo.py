"""Taking a whole import back, while nothing depends on it.

Facts that it wrote go for good, what they had replaced holds again, rows that it changed say what
they said before, rows that it made go.  It is as if the file had never come: the same file can be
loaded again, read another way.  What people have done since is never lost for it: an import is not
undone while somebody has edited what it wrote, hangs on what it made, or has loaded more on top.

Rankings, decisions and reports made meanwhile keep the figures they were made with.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models import (
    AccountPlan,
    Agreement,
    Allocation,
    Attendance,
    Benefit,
    Client,
    ClientIdentifier,
    Consent,
    Contact,
    ContactBlock,
    ContactChange,
    Document,
    EffortWeek,
    ExceptionalOffer,
    FrozenSale,
    Goal,
    Handover,
    HandoverStep,
    HealthWeek,
    ImportBatch,
    ImportChange,
    ImportFile,
    Interaction,
    Invitation,
    Letter,
    Line,
    Meeting,
    MeetingPerson,
    Membership,
    MinutesMail,
    Need,
    Notice,
    OpenedSale,
    Organisation,
    Payment,
    Piece,
    Place,
    PlannedSale,
    Potential,
    Problem,
    Process,
    Product,
    ProductFamily,
    Promise,
    QuarantinedRow,
    RebateAccrual,
    Reference,
    Relation,
    Removal,
    ServiceCost,
    ShipmentStop,
    Signal,
    Standing,
    SurveyAnswer,
    SurveyInvitation,
    SurveyRefusal,
    TalkFile,
    Task,
    TouchedClient,
    Twin,
    User,
    Wallet,
)
from kam.audit.services import record
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_system

from . import history
from .allocation import allocate
from .importing.running import take_turns
from .importing.staging import fetch, run

JOB = "accounts.import_undo"
Progress = Callable[[int, int], None]
STEPS = 4

# Facts that name the import that wrote them.
_FACTS = (Document, Payment, Interaction)
# What people edit and imports make: rows that hang on others first.
_KEPT: list[type[models.Model]] = [QuarantinedRow, Contact, ClientIdentifier, Membership, Client]
# Goods and our own firms: they stay where anything else has come to use them.
_CATALOGUE = (Product, ProductFamily, Organisation)
# What goes with the row it belongs to, or is computed from it.
_FOLLOWS = [
    Line,
    Allocation,
    Place,
    ClientIdentifier,
    Potential,
    Notice,
    RebateAccrual,
    ShipmentStop,
    Signal,
    HealthWeek,
]
_NAMES = {
    AccountPlan: _("Account plans"),
    Agreement: _("Agreements"),
    Client: _("Clients"),
    ClientIdentifier: _("Names in other systems"),
    Contact: _("Contacts"),
    ContactChange: _("Corrections of contacts"),
    ContactBlock: _("Blocks of contacts"),
    Consent: _("What contacts said"),
    Document: _("Documents"),
    EffortWeek: _("Hours of work"),
    ExceptionalOffer: _("Exceptional offers"),
    FrozenSale: _("Results of closed years"),
    Goal: _("Goals"),
    Interaction: _("Interactions"),
    Invitation: _("Invitations"),
    Membership: _("Memberships in groups"),
    Handover: _("Handovers"),
    HandoverStep: _("Checklists of handovers"),
    Meeting: _("Meetings"),
    MinutesMail: _("Minutes sent to the client"),
    MeetingPerson: _("Those at meetings"),
    Attendance: _("Those at talks"),
    TalkFile: _("Files of talks"),
    Piece: _("Pieces of talks"),
    Letter: _("Letters"),
    Need: _("Needs"),
    OpenedSale: _("Sales plan"),
    Organisation: _("Our organisations"),
    Twin: _("Cards that were joined"),
    Payment: _("Payments"),
    PlannedSale: _("Sales plan"),
    Process: _("Processes"),
    Problem: _("Problems"),
    Promise: _("Promises"),
    Product: _("Products"),
    ProductFamily: _("Product families"),
    QuarantinedRow: _("Rows that wait in quarantine"),
    Relation: _("Relations"),
    Removal: _("Removed records"),
    ServiceCost: _("Costs of clients"),
    Standing: _("Decisions on standing"),
    Benefit: _("Benefits of clients"),
    Reference: _("References"),
    SurveyAnswer: _("Answers to surveys"),
    SurveyInvitation: _("Links of surveys"),
    SurveyRefusal: _("Wishes not to be asked"),
    Task: _("Tasks"),
    TouchedClient: _("Clients planned changes touch"),
    Wallet: _("What clients buy in all"),
}
_EXAMPLES = 5
CODES = ("undone", "not_kept", "later", "edited", "depends", "removed")


def register_kept(model: type[models.Model], name) -> None:
    """Say of a table above this floor that imports write to it and can be taken back.

    Its rows hang on those of the tables below; the database must write its changes down
    (``accounts_keep_imports_of`` in a migration).
    """
    if model not in _KEPT:
        _KEPT.insert(0, model)
    register_name(model, name)


def register_derived(*derived: type[models.Model]) -> None:
    """Say of tables with a column ``client`` that their rows are computed, and go with theirs."""
    _FOLLOWS.extend(model for model in derived if model not in _FOLLOWS)


def register_name(model: type[models.Model], name) -> None:
    """What people call rows that may hang on what an import made."""
    _NAMES[model] = name


def name_of(model: type[models.Model]):
    """What people call rows of a table; nothing where it has no such name."""
    return _NAMES.get(model, "")


def is_computed(model: type[models.Model]) -> bool:
    """Whether rows of a table only follow from others."""
    return model in _FOLLOWS


@dataclass(frozen=True)
class Obstacle:
    """Why an import cannot be undone.

    code: "undone", "not_kept" (the days to undo it are over), "later" (``batch`` wrote over
    ``count`` of its rows), "edited" (``count`` rows were changed since), "depends" (``count``
    rows of ``what`` hang on what it made) or "removed" (``count`` stand in the bin, and would come
    back without their import).  clients: some of those concerned.
    """

    code: str
    what: str = ""
    count: int = 0
    batch: ImportBatch | None = None
    clients: tuple[Client, ...] = ()


@dataclass
class Effect:
    """What undoing does to the rows of one kind."""

    what: str
    removed: int = 0
    restored: int = 0


@dataclass
class Undo:
    """What undoing an import would do, or why it cannot be."""

    batch: ImportBatch
    effects: list[Effect] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def is_possible(self) -> bool:
        return not self.obstacles


class Hindered(Exception):
    """The import cannot be undone; ``obstacles`` say why."""

    def __init__(self, obstacles: list[Obstacle]):
        super().__init__(", ".join(f"{each.code} {each.what} {each.count}" for each in obstacles))
        self.obstacles = obstacles


def look(batch: ImportBatch) -> Undo:
    """What undoing would do now.  Whoever may undo an import may see what stands in its way."""
    found = Undo(batch)
    with acting_system("import undo"):
        if batch.undone_at is not None:
            found.obstacles.append(Obstacle("undone"))
        elif not batch.revocable:
            found.obstacles.append(Obstacle("not_kept"))
        else:
            found.effects = list(_effects(batch))
            found.obstacles = list(_obstacles(batch))
    return found


def request(batch: ImportBatch, person: User | None) -> Job:
    """A job that undoes the import.  Raises Hindered where that is known not to work."""
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        found = look(row)
        if found.obstacles:
            raise Hindered(found.obstacles)
        row.undo_job = enqueue(JOB, {"batch_id": row.pk}, actor=person, unique=f"{JOB}:{row.pk}")
        row.save(update_fields=["undo_job"])
        batch.undo_job = row.undo_job
    return row.undo_job


def undo(batch: ImportBatch, person: User | None, progress: Progress | None = None) -> Undo:
    """Take the import back in one transaction; what it did to how many rows.

    Raises Hindered, and whatever ``progress`` raises; nothing is changed then.
    """
    tell = progress or (lambda done, steps: None)
    tell(0, STEPS)
    with transaction.atomic(), acting_system("import undo", person.pk if person else None):
        take_turns()
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        found = look(batch)
        if found.obstacles:
            raise Hindered(found.obstacles)
        tell(1, STEPS)
        clients = _clients_of_facts(batch)
        _remove_facts(batch)
        tell(2, STEPS)
        with history.switched_off():  # the import and its end are events, as in the trail
            _restore_rows(batch)
        tell(3, STEPS)
        known = Client.objects.filter(pk__in=clients).values_list("pk", flat=True)
        if left := list(known):
            allocate(left, history=True)
        _settle(batch, found, person)
        tell(STEPS, STEPS)
    return found


def expire(days: int, *, dry_run: bool = False) -> int:
    """Forget how to undo imports of more than so many days ago; how many."""
    old = ImportBatch.objects.filter(
        revocable=True, at__lt=timezone.now() - dt.timedelta(days=days)
    )
    count = old.count()
    if not dry_run and count:
        with transaction.atomic():
            ImportChange.objects.filter(batch__in=old)._raw_delete("default")
            old.update(revocable=False)
    return count


def _settle(batch: ImportBatch, found: Undo, person: User | None) -> None:
    ImportChange.objects.filter(batch=batch)._raw_delete("default")
    batch.revocable = False
    batch.undone_at, batch.undone_by = timezone.now(), person
    batch.save(update_fields=["revocable", "undone_at", "undone_by"])
    # The file can be read another way and loaded again.
    ImportFile.objects.filter(batch=batch).update(
        batch=None, job=None, preview=None, status=ImportFile.Status.NEW
    )
    removed = sum(effect.removed for effect in found.effects)
    restored = sum(effect.restored for effect in found.effects)
    record(
        "import.undo",
        object=batch,
        details={"sha256": batch.sha256, "removed": removed, "restored": restored},
    )
    signals.portfolio_changed.send(sender=ImportBatch, reason="undo")


# What it did.


def _effects(batch: ImportBatch) -> Iterator[Effect]:
    did: Counter[tuple[str, str]] = Counter()
    for relation, kind, count in (
        ImportChange.objects.filter(batch=batch)
        .order_by()
        .values_list("relation", "did")
        .annotate(count=models.Count("pk"))
    ):
        did[relation, kind] += count
    for model in (*_FACTS, *reversed(_KEPT), *_CATALOGUE):
        table = model._meta.db_table
        removed = did[table, ImportChange.Did.MADE]
        if model in _FACTS:
            removed = model._default_manager.filter(batch=batch).count()
        restored = did[table, ImportChange.Did.CHANGED] + did[table, ImportChange.Did.REMOVED]
        if removed or restored:
            yield Effect(str(_NAMES[model]), removed, restored)


def _clients_of_facts(batch: ImportBatch) -> set[int]:
    """Whose payments have to be allocated anew."""
    return {
        client
        for model in (Document, Payment)
        for (client,) in fetch(
            f"""
            SELECT client_id FROM {model._meta.db_table} WHERE batch_id = %(batch)s
            UNION
            SELECT t.client_id FROM {model._meta.db_table} t
              JOIN accounts_importchange c ON c.object_id = t.id
             WHERE c.batch_id = %(batch)s AND c.relation = '{model._meta.db_table}'
            """,
            {"batch": batch.pk},
        )
    }


# What stands in the way.


def _obstacles(batch: ImportBatch) -> Iterator[Obstacle]:
    looks = [*_over_it(), *_edited(), *_dependents(), *_removed()]
    rows = fetch(
        " UNION ALL ".join(
            f"(SELECT {number}, * FROM ({look.statement}) found)"
            for number, look in enumerate(looks)
        ),
        {"batch": batch.pk, "catalogue": [model._meta.db_table for model in _CATALOGUE]},
    )
    later: Counter[int] = Counter()
    others = []
    for number, import_id, count, some in rows:
        if import_id is None:
            others.append((looks[number], count, some))
        else:
            later[import_id] += count
    batches = ImportBatch.objects.in_bulk(list(later))
    for import_id, count in sorted(later.items(), reverse=True):
        yield Obstacle("later", count=count, batch=batches[import_id])
    known = Client.objects.in_bulk({client for _look, _count, some in others for client in some})
    for look, count, some in others:
        clients = tuple(known[client] for client in some if client in known)
        yield Obstacle(look.code, str(_NAMES[look.model]), count, clients=clients)


class _Look(NamedTuple):
    """Where an obstacle may be.  The statement gives the import that made it (none: people), how
    many rows, and ids of some clients; its parameters are ``batch`` and ``catalogue``."""

    code: str
    model: type[models.Model]
    statement: str


def _over_it() -> Iterator[_Look]:
    """Rows that later imports have written over."""
    yield _Look(
        "later",
        ImportChange,
        """
        SELECT l.batch_id, count(*), NULL::bigint[] FROM accounts_importchange c
          JOIN accounts_importchange l USING (relation, object_id)
         WHERE c.batch_id = %(batch)s AND l.batch_id <> c.batch_id AND l.id > c.id
           AND c.relation <> ALL(%(catalogue)s) GROUP BY 1
        """,
    )
    for model in _FACTS:
        yield _Look(
            "later",
            model,
            f"""
            SELECT l.batch_id, count(*), NULL::bigint[] FROM accounts_importchange l
              JOIN {model._meta.db_table} t ON t.id = l.object_id
             WHERE l.relation = '{model._meta.db_table}' AND l.batch_id <> %(batch)s
               AND t.batch_id = %(batch)s GROUP BY 1
            """,
        )


def _edited() -> Iterator[_Look]:
    """Rows that people have changed: they do not say any more what the import left them saying."""
    for model in (*_KEPT, *_FACTS):
        table = model._meta.db_table
        yield _Look(
            "edited",
            model,
            f"""
            SELECT NULL::bigint, count(*), {_some(_client_column(model), "t")}
              FROM accounts_importchange c JOIN {table} t ON t.id = c.object_id
             WHERE c.batch_id = %(batch)s AND c.relation = '{table}'
               AND NOT EXISTS (SELECT FROM accounts_importchange l
                                WHERE l.relation = c.relation AND l.object_id = c.object_id
                                  AND l.id > c.id)
               AND CASE c.did WHEN 'made' THEN md5((to_jsonb(t) - 'version')::text) <> c.mark
                              ELSE NOT to_jsonb(t) @> (c.after - 'version') END
            HAVING count(*) > 0
            """,
        )
    for model in _FACTS:
        table = model._meta.db_table
        yield _Look(
            "edited",
            model,
            f"""
            SELECT NULL::bigint, count(*), {_some("client_id", "t")} FROM {table} t
             WHERE t.batch_id = %(batch)s AND t.known_to IS NOT NULL
               AND NOT EXISTS (SELECT FROM accounts_importchange c
                                WHERE c.relation = '{table}' AND c.object_id = t.id)
            HAVING count(*) > 0
            """,
        )


def _dependents() -> Iterator[_Look]:
    """Rows of any table that hang on rows made by the import, and are not its own."""
    for model in (*_KEPT, *_FACTS):
        for relation in _relations(model):
            dependent, column = relation.related_model, relation.field.column
            table, key = dependent._meta.db_table, dependent._meta.pk.column
            by = "NULL::bigint"
            if dependent in _FACTS:
                by = "r.batch_id"
            elif dependent in _KEPT:
                by = (
                    f"(SELECT c.batch_id FROM accounts_importchange c WHERE c.relation = '{table}'"
                    f" AND c.object_id = r.{key} AND c.did = 'made')"
                )
            yield _Look(
                "depends",
                dependent,
                f"""
                SELECT {by}, count(*), {_some(_client_column(dependent), "r")} FROM {table} r
                 WHERE r.{column} IN ({_made_by(model)})
                   AND r.{key} NOT IN ({_made_by(dependent)})
                 GROUP BY 1
                """,
            )


def _removed() -> Iterator[_Look]:
    """Rows that people have put into the bin since."""
    for model in (*_KEPT, Interaction):
        table, key = model._meta.db_table, model._meta.pk.column
        here = (
            "(e ->> 'batch_id')::bigint = %(batch)s"
            if model is Interaction
            else f"EXISTS (SELECT FROM accounts_importchange c WHERE c.batch_id = %(batch)s "
            f"AND c.relation = '{table}' AND c.object_id = (e ->> '{key}')::bigint)"
        )
        yield _Look(
            "removed",
            Removal,
            f"""
            SELECT NULL::bigint, count(*), {_some("client_id", "r")} FROM accounts_removal r,
                   jsonb_array_elements(r.contents -> '{model._meta.label_lower}') e
             WHERE {here} HAVING count(*) > 0
            """,
        )


def _some(column: str, table: str) -> str:
    """Ids of some clients, of rows that name one in ``column``."""
    if not column:
        return "'{}'::bigint[]"
    return f"(array_agg(DISTINCT {table}.{column}))[1:{_EXAMPLES}]"


def _relations(model: type[models.Model]) -> Iterator[models.ForeignObjectRel]:
    """The columns of other tables that name rows of this one and would miss them."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.many_to_many:
            continue
        dependent = relation.related_model
        if dependent in _FOLLOWS or not dependent._meta.managed:
            continue
        if dependent is Client and relation.field.name == "group":
            continue  # a membership says so, too
        yield relation


def _made_by(model: type[models.Model]) -> str:
    """Ids of the rows that the import %(batch)s made."""
    if model in _FACTS:
        return f"SELECT id FROM {model._meta.db_table} WHERE batch_id = %(batch)s"
    return (
        "SELECT object_id FROM accounts_importchange WHERE batch_id = %(batch)s"
        f" AND relation = '{model._meta.db_table}' AND did = 'made'"
    )


def _client_column(model: type[models.Model]) -> str:
    """The column that names the client of a row; empty where there is none."""
    if model is Client:
        return "id"
    names = {field.name: field.column for field in model._meta.concrete_fields}
    return names.get("client") or names.get("member") or ""


# Doing it.


def _remove_facts(batch: ImportBatch) -> None:
    run(
        "DELETE FROM accounts_line l USING accounts_document d"
        " WHERE l.document_id = d.id AND d.batch_id = %s",
        [batch.pk],
    )
    for model in _FACTS:
        run(f"DELETE FROM {model._meta.db_table} WHERE batch_id = %s", [batch.pk])


def _restore_rows(batch: ImportBatch) -> None:
    """Rows that were made go before earlier ones hold again in their place; clients and the
    catalogue go last, since what is restored may still name them."""
    for model in _KEPT:
        if model is not Client:
            _remove_made(model, batch)
    for model in (*_FACTS, *_KEPT, *_CATALOGUE):
        _restore_changed(model, batch)
        _bring_back(model, batch)
    for model in _FOLLOWS:
        if model._meta.managed and model not in (Line, Allocation):
            run(
                f"DELETE FROM {model._meta.db_table} WHERE client_id IN ({_made_by(Client)})",
                {"batch": batch.pk},
            )
    _remove_made(Client, batch)
    for model in _CATALOGUE:
        used = "".join(
            f" AND NOT EXISTS (SELECT FROM {relation.related_model._meta.db_table} r"
            f" WHERE r.{relation.field.column} = t.id)"
            for relation in model._meta.get_fields(include_hidden=True)
            if isinstance(relation, models.ForeignObjectRel)
        )
        _remove_made(model, batch, used)


def _remove_made(model: type[models.Model], batch: ImportBatch, condition: str = "") -> None:
    run(
        f"DELETE FROM {model._meta.db_table} t WHERE t.id IN ({_made_by(model)}){condition}",
        {"batch": batch.pk},
    )


def _restore_changed(model: type[models.Model], batch: ImportBatch) -> None:
    """Only what the import changed says what it said before; a row that people can edit gets a
    new version, so that whoever has it open sees that it changed."""
    table, columns = model._meta.db_table, _columns(model)
    counted = '"version"' in columns and model not in _FACTS
    before = "c.before - 'version'" if counted else "c.before"
    listed = ", ".join(columns)
    run(
        f"""
        UPDATE {table} t
           SET ({listed}) = (SELECT {listed} FROM jsonb_populate_record(t, {before}))
          FROM accounts_importchange c
         WHERE c.batch_id = %s AND c.relation = '{table}' AND c.did = 'changed'
           AND t.id = c.object_id {"AND to_jsonb(t) @> c.after" if model in _CATALOGUE else ""}
        """,
        [batch.pk],
    )
    if counted:
        run(
            f"""
            UPDATE {table} t SET version = t.version + 1 FROM accounts_importchange c
             WHERE c.batch_id = %s AND c.relation = '{table}' AND c.did = 'changed'
               AND t.id = c.object_id
            """,
            [batch.pk],
        )


def _bring_back(model: type[models.Model], batch: ImportBatch) -> None:
    """Rows that the import removed."""
    table, listed = model._meta.db_table, ", ".join(["id", *_columns(model)])
    run(
        f"""
        INSERT INTO {table} ({listed})
        SELECT {listed} FROM (
            SELECT (jsonb_populate_record(NULL::{table}, c.before)).* FROM accounts_importchange c
             WHERE c.batch_id = %s AND c.relation = '{table}' AND c.did = 'removed'
        ) r ON CONFLICT DO NOTHING
        """,
        [batch.pk],
    )


def _columns(model: type[models.Model]) -> list[str]:
    """Columns that are written: not the key, nor what the database computes."""
    return [
        f'"{each.column}"'
        for each in model._meta.concrete_fields
        if not each.primary_key and not each.generated
    ]
