"""Rules of keeping: what would go, and letting go what is over, night by night.

People go through the erasure, each with an act of their own; texts of notes, original files and
rows of programs with one act a night.  Invoices and payments are never among them.  What only tells
of work with the data (who looked, what records said before) goes without an act.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet, Window
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    BulkLoad,
    Contact,
    ImportFile,
    Interaction,
    RetentionRules,
    RetentionRun,
    User,
)
from accounts.selectors import access_log
from accounts.selectors import history as edits
from accounts.selectors import retention as over
from accounts.services import bulk, erasure, history, import_files, import_undo
from kam.audit.services import record
from kam.lib.periods import today

from .clients import Conflict
from .notices import tell

log = logging.getLogger(__name__)
JOB = "accounts.retention"
SHOWN = 10
# Each person is looked for everywhere: so many a night, the rest on the following ones.
MOST_PEOPLE = 300
# So many notes are emptied in one transaction.
PIECE = 2_000

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Category:
    """A kind of data with its time of keeping.  ``setting``: the days that hold where no months
    are set, None where nothing goes then."""

    key: str
    title: Any
    what: Any
    due: Callable[[dt.date, int], QuerySet]
    setting: Callable[[], int] | None = None


def _days(rows: Callable[[int], QuerySet]) -> Callable[[dt.date, int], QuerySet]:
    return lambda day, months: rows(over.days_of(day, months))


def _before(rows: Callable[[dt.date], QuerySet]) -> Callable[[dt.date, int], QuerySet]:
    return lambda day, months: rows(over.cutoff(day, months))


CATEGORIES = (
    Category(
        "left_contacts",
        _("Contacts who have left their company"),
        _("Counted from the day they left. Who was spoken to since, or is owed something, stays."),
        _before(over.left_contacts),
    ),
    Category(
        "gone_clients",
        _("Contacts of clients who are gone"),
        _(
            "Counted from the last invoice, payment or talk. Nobody goes while an agreement, an"
            " open promise or goal, or the standing of a key client holds."
        ),
        _before(over.gone_clients),
    ),
    Category(
        "notes",
        _("Texts of notes and letters"),
        _(
            "Counted from the day of the talk. Subject and text go; that there was a talk, when,"
            " with whom and how content the client was stays for the figures."
        ),
        _before(over.notes),
    ),
    Category(
        "import_files",
        _("Original files of imports"),
        _("Counted from the day they came. What was loaded from them stays."),
        _days(import_files.old),
        lambda: settings.IMPORT_FILE_DAYS,
    ),
    Category(
        "bulk_loads",
        _("Rows sent by programs"),
        _("Counted from the day they came. What was loaded from them stays."),
        _days(bulk.old),
        lambda: settings.IMPORT_FILE_DAYS,
    ),
    Category(
        "history",
        _("What records said before"),
        _(
            "Counted from the change. Who changed what, with the old and the new words, goes; the"
            " record stays as it is, and the trail keeps that it was changed."
        ),
        _before(edits.before),
    ),
    Category(
        "access_log",
        _("Who looked at contacts"),
        _("Counted from the day. It holds ids only; a year is kept in any case."),
        _before(access_log.before),
    ),
)
KEYS = tuple(category.key for category in CATEGORIES)
PEOPLE = ("left_contacts", "gone_clients")


def rules() -> RetentionRules:
    """What is decided; where nothing is yet, rules that let nothing personal go (version 0)."""
    return RetentionRules.objects.first() or RetentionRules(version=0)


def save(values: Mapping[str, int | None], version: int) -> RetentionRules:
    """Keep the rules; they hold from the coming night.  Raises Conflict where somebody else was
    faster."""
    with transaction.atomic():
        row = RetentionRules.objects.select_for_update().first() or RetentionRules(version=0)
        if row.version != version:
            raise Conflict(row)
        changes = {
            key: [getattr(row, key), values[key]]
            for key in KEYS
            if key in values and values[key] != getattr(row, key)
        }
        for key, (_before_it, after) in changes.items():
            setattr(row, key, after)
        row.version += 1
        row.save()
        if changes:
            told = {key: [str(each or "—") for each in pair] for key, pair in changes.items()}
            record("retention.change", details=told)
    return row


@dataclass(frozen=True)
class Due:
    """What of a kind would go on a day: how many rows, and the first of them."""

    category: Category
    months: int | None
    days: int | None
    count: int = 0
    first: list[Any] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether anything of the kind ever goes."""
        return self.months is not None or self.days is not None


def rows_of(category: Category, months: int | None, day: dt.date) -> QuerySet | None:
    """What of the kind is over on the day; None where it is kept for good."""
    if months is not None:
        return category.due(day, months)
    if category.setting is None:
        return None
    return {"import_files": import_files.old, "bulk_loads": bulk.old}[category.key](
        category.setting()
    )


def due(kept: RetentionRules, day: dt.date | None = None) -> list[Due]:
    """What would go by these rules, by kind; one query for each kind that has a term."""
    day = day or today()
    found = []
    for category in CATEGORIES:
        months = getattr(kept, category.key)
        days = category.setting() if months is None and category.setting else None
        rows = rows_of(category, months, day)
        first: list[Any] = []
        if rows is not None:
            first = list(rows.annotate(in_all=Window(Count("pk")))[:SHOWN])
        count = first[0].in_all if first else 0
        found.append(Due(category, months, days, count, first))
    return found


def expired_acts(day: dt.date | None = None) -> int:
    """How many acts have been kept for three years."""
    return erasure.expired(day or today()).count()


def run(progress: Progress | None = None) -> RetentionRun:
    """Let go what is over today, and tell the administrators.

    Runs for a system actor; once more on the same day it does what is left and adds it up.  One
    person that cannot be destroyed is counted and does not keep the others.
    """
    day, kept = today(), rules()
    row, _made = RetentionRun.objects.get_or_create(day=day)
    row.rules = {key: getattr(kept, key) for key in KEYS}
    tally = _Tally(row)
    for key in PEOPLE:
        if (months := getattr(kept, key)) is not None:
            _let_people_go(tally, key, _category(key).due(day, months), progress)
    _let_rows_go(tally, kept, day)
    if kept.access_log is not None:
        rows = access_log.before(over.cutoff(day, kept.access_log))
        if count := rows.order_by().delete()[0]:
            tally.add("access_log", due=count, done=count)
    if kept.history is not None and (count := history.expire(over.cutoff(day, kept.history))):
        tally.add("history", due=count, done=count)
    import_undo.expire(settings.IMPORT_UNDO_DAYS)
    if gone := erasure.expire(day):
        tally.add("acts", due=gone, done=gone)
    if row.result:
        record("retention.run", object=row, details=_told(row))
    people = sum(row.result.get(key, {}).get("done", 0) for key in PEOPLE)
    noted = row.result.get("notes", {}).get("done", 0)
    if people or noted or row.failed:
        facts = {"run": row.pk, "people": people, "notes": noted, "failed": row.failed}
        people_told = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
        tell(people_told, "retention", f"retention:{day}", facts=facts)
    return row


@dataclass
class _Tally:
    row: RetentionRun

    def add(self, key: str, **counts: int) -> None:
        of_kind = self.row.result.setdefault(key, {"due": 0, "done": 0, "failed": 0})
        for name, count in counts.items():
            of_kind[name] += count
        # At once: whoever stops the job in the middle still sees what was done.
        self.row.save(update_fields=["rules", "result"])


def _category(key: str) -> Category:
    return next(each for each in CATEGORIES if each.key == key)


def _told(row: RetentionRun) -> dict[str, int]:
    return {key: counts["done"] for key, counts in row.result.items()}


def _let_people_go(
    tally: _Tally, key: str, rows: QuerySet[Contact], progress: Progress | None
) -> None:
    """Each person in a transaction of their own: what was done stays done."""
    ids = list(rows.values_list("pk", flat=True)[:MOST_PEOPLE])
    waiting = rows.count() if len(ids) == MOST_PEOPLE else len(ids)
    tally.add(key, due=waiting)
    for number, pk in enumerate(ids):
        if progress is not None:
            progress(number, len(ids), "")
        contact = Contact.objects.select_related("client").filter(pk=pk).first()
        if contact is None:
            continue
        try:
            erasure.erase(contact, basis="retention", run=tally.row)
        except erasure.AlreadyErased:
            continue
        except Exception as error:
            # What the database says of an error may name the person: only its kind is logged.
            log.error("contact %s was not destroyed: %s", pk, type(error).__name__)
            tally.add(key, failed=1)
        else:
            tally.add(key, done=1)


def _let_rows_go(tally: _Tally, kept: RetentionRules, day: dt.date) -> None:
    """Notes, files and rows of programs, with one act for all of them."""
    what: dict[str, int] = {}
    files: list[ImportFile] = []
    with transaction.atomic():
        for key, place in (
            ("notes", "interactions"), ("import_files", "files"), ("bulk_loads", "bulk_contents"),
        ):  # fmt: skip
            rows = rows_of(_category(key), getattr(kept, key), day)
            if rows is None:
                continue
            if key == "notes":
                count = sum(_empty_notes(rows))
            elif key == "import_files":
                files = list(rows)
                count = len(files)
            else:
                count = rows.count()
                BulkLoad.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
            if count:
                what[place] = count
                tally.add(key, due=count, done=count)
        if what:
            erasure.act_of_rows(tally.row, what)
    # Once the act stands: a file that could not be removed is found again the next night.
    for each in files:
        import_files.remove_content(each)


def _empty_notes(rows: QuerySet[Interaction]) -> Iterator[int]:
    """Their texts, of all versions; how many at a time."""
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        yield Interaction.objects.filter(pk__in=ids).update(subject="", text="")
