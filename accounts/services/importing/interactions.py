"""Interactions: known again by client, day, kind and subject; a changed one is a new version."""

from __future__ import annotations

from collections import Counter
from hashlib import md5

from accounts.models import Interaction
from accounts.services.suppression import Suppressed

from . import words
from .load import Load
from .staging import run, stage

_COLUMNS = {
    "key": "text",
    "client_id": "bigint",
    "date": "date",
    "kind": "text",
    "subject": "text",
    "text": "text",
    "satisfaction": "smallint",
    "known_from": "timestamptz",
    "changed_from": "timestamptz",
}


def load_interactions(load: Load) -> None:
    """Write interactions; several of one key on one day are told apart by their order."""
    rows = []
    seen: Counter[str] = Counter()
    unknown: set[str] = set()
    dates, subjects, texts = load.column("date"), load.column("subject"), load.column("text")
    satisfactions, recorded = load.column("satisfaction"), load.column("recorded")
    clients = load.known_clients()
    suppressed = Suppressed.load(clients)
    for position, client in enumerate(clients):
        if client is None:
            continue
        satisfaction = satisfactions[position]
        if satisfaction is not None and (satisfaction % 1 or not 1 <= satisfaction <= 10):
            load.error(position, "satisfaction", "satisfaction.range", value=str(satisfaction))
            continue
        kind = _kind(load, position, unknown)
        subject = load.fit(position, "subject", 255, subjects[position])
        day = dates[position]
        said = "\x1f".join((str(client), day.isoformat(), kind, subject))
        seen[said] += 1
        digest = md5(f"{said}\x1f{seen[said]}".encode(), usedforsecurity=False).hexdigest()
        rows.append(
            (
                digest,
                client,
                day,
                kind,
                suppressed.mask(subject, client),
                suppressed.mask(texts[position] or "", client),
                None if satisfaction is None else int(satisfaction),
                load.known_from(day, recorded[position]),
                load.changed_from(recorded[position]),
            )
        )
    _write(load, rows)
    load.report.totals["interactions"] = len(rows)


def _kind(load: Load, position: int, unknown: set[str]) -> str:
    written = load.column("kind")[position]
    if not written:
        return Interaction.Kind.NOTE.value
    kind = words.interaction_kind(written)
    if kind is None and written not in unknown:
        unknown.add(written)
        load.warn(position, "kind", "interaction.kind_unknown", value=written)
    return kind or Interaction.Kind.NOTE.value


def _write(load: Load, rows: list[tuple]) -> None:
    stage("staged_interaction", _COLUMNS, rows)
    run("ALTER TABLE staged_interaction ADD previous bigint, ADD same boolean")
    known = run(
        """
        UPDATE staged_interaction s
           SET previous = i.id, known_from = greatest(i.known_from, s.changed_from),
               same = i.text = s.text AND i.satisfaction IS NOT DISTINCT FROM s.satisfaction
          FROM accounts_interaction i
         WHERE i.source = %s AND i.key = s.key AND i.known_to IS NULL
        """,
        [load.source],
    )
    unchanged = run("DELETE FROM staged_interaction WHERE same")
    run(
        """
        UPDATE accounts_interaction i SET known_to = s.known_from
          FROM staged_interaction s WHERE i.id = s.previous
        """
    )
    columns = ", ".join(name for name in _COLUMNS if name != "changed_from")
    written = run(
        f"""
        INSERT INTO accounts_interaction ({columns}, source, batch_id)
        SELECT {columns}, %s, %s FROM staged_interaction ORDER BY date, key
        """,
        [load.source, load.batch_id],
    )
    counts = load.report.counts("interactions")
    counts.unchanged += unchanged
    counts.updated += known - unchanged
    counts.created += written - (known - unchanged)
