"""What an import answers: counts per entity, findings with their rows, totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.importing import Issue

from .messages import text

# What files of a kind may write: always in the answer, even where it is nothing.
ENTITIES = {
    "clients": ("clients", "groups", "memberships"),
    "documents": ("clients", "products", "documents", "payments"),
}
EXIT_CODES = {"all": 0, "partial": 1, "reject": 2}


@dataclass
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> int:
        return self.created + self.updated


@dataclass
class Report:
    """The outcome of one file.

    accepted: "all", "partial" (some rows were refused) or "reject" (nothing was written).
    rows: data rows read. entities: what was created, updated or found as it was, per entity.
    quarantined: rows of this file that name no client we know, and their amount.
    held_back: rows that are sound themselves, in documents with a refused row.
    totals: exact sums of what the accepted rows say; decimals are strings in the JSON.
    """

    kind: str
    source: str
    language: str
    filename: str = ""
    dry_run: bool = False
    history: bool = False
    accepted: str = "all"
    rows: int = 0
    sha256: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    entities: dict[str, Counts] = field(init=False)
    quarantined_rows: int = 0
    quarantined_amount: Decimal = Decimal("0.00")
    warnings: list[Issue] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    held_back: list[int] = field(default_factory=list)
    # Rows that are among the quarantined ones.
    waiting: list[int] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)
    # What was written, kept as this batch; none where nothing was.
    batch_id: int | None = None

    def __post_init__(self) -> None:
        self.entities = {name: Counts() for name in ENTITIES.get(self.kind, (self.kind,))}

    def counts(self, entity: str) -> Counts:
        return self.entities.setdefault(entity, Counts())

    @property
    def changed_anything(self) -> bool:
        return any(counts.changed for counts in self.entities.values())

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.accepted]

    def refuse(self) -> None:
        """Nothing of the file was written: say so in every count."""
        self.accepted = "reject"
        self.entities = {name: Counts() for name in self.entities}
        self.quarantined_rows, self.quarantined_amount = 0, Decimal("0.00")
        self.waiting = []
        self.totals = {}

    def as_json(self, most: int | None = None) -> dict[str, Any]:
        """JSON-ready answer.

        most: for keeping with the batch: no more warnings and errors than this are listed, and
        each with its params, so that a reader of the other language gets it in theirs.
        """
        answer: dict[str, Any] = {
            "kind": self.kind,
            "source": self.source,
            "file": self.filename,
            "sha256": self.sha256,
            "accepted": self.accepted,
            "dry_run": self.dry_run,
            "history": self.history,
            "rows": self.rows,
        }
        for name, counts in self.entities.items():
            answer[name] = {
                "created": counts.created,
                "updated": counts.updated,
                "unchanged": counts.unchanged,
            }
        answer["quarantined"] = {
            "rows": self.quarantined_rows,
            "amount": str(self.quarantined_amount),
        }
        answer["warnings"] = self._listed(self.warnings, most)
        answer["errors"] = self._listed(self.errors, most)
        if most is not None:
            answer["found"] = {"warnings": len(self.warnings), "errors": len(self.errors)}
        answer["totals"] = {
            name: str(value) if isinstance(value, Decimal) else value
            for name, value in self.totals.items()
        }
        answer["columns"], answer["ignored"] = self.columns, self.ignored
        return _clean(answer)

    def _listed(self, issues: list[Issue], most: int | None) -> list[dict[str, Any]]:
        ordered = sorted(issues, key=lambda issue: (issue.row or 0, issue.code))
        listed = []
        for issue in ordered[:most]:
            finding: dict[str, Any] = {
                "row": issue.row,
                "column": issue.column,
                "code": issue.code,
                "message": text(issue, self.language),
            }
            if most is not None:
                finding["params"] = dict(issue.params)
            listed.append(finding)
        return listed


def _clean(value: Any) -> Any:
    """The same without what neither a terminal nor JSON in the database can hold: NUL and halves
    of characters, which findings quote from damaged files."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
