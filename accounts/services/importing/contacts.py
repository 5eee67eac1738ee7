"""Contacts of clients: known again by client and name."""

from __future__ import annotations

from accounts.models import Contact
from accounts.selectors.blocks import blocked
from accounts.services.masking import emails_in, folded_email
from accounts.services.suppression import Suppressed
from kam.lib.periods import today

from . import words
from .load import Load
from .staging import run, stage

_COLUMNS = {
    "client_id": "bigint",
    "name": "text",
    "position": "text",
    "email": "text",
    "phone": "text",
    "role": "text",
}
_TOLD = ("position", "email", "phone", "role")


def load_contacts(load: Load) -> None:
    """Write contacts; an empty cell never wipes what is known, and nothing changes whoever is
    blocked."""
    people: dict[tuple[int, str], dict[str, object]] = {}
    unknown: set[str] = set()
    names = load.column("name")
    clients = load.known_clients()
    erased = _leave_out_erased(load, clients) | _leave_out_blocked(load, clients)
    for position, client in enumerate(clients):
        if client is None or position in erased:
            continue
        name = load.fit(position, "name", 200, names[position])
        told = {
            "position": load.fit(position, "position", 200, load.column("position")[position]),
            "email": load.fit(position, "email", 254, load.column("email")[position]),
            "phone": load.fit(position, "phone", 120, load.column("phone")[position]),
            "role": _role(load, position, unknown),
        }
        person = people.setdefault((client, name.casefold()), {"client_id": client, "name": name})
        person |= {column: value for column, value in told.items() if value or column not in person}
    _write(load, list(people.values()))
    load.report.totals["contacts"] = len(people)


def _leave_out_erased(load: Load, clients: list[int | None]) -> set[int]:
    """Places of the rows that name people who were destroyed: neither loaded nor kept waiting."""
    suppressed = Suppressed.load(clients)
    if not suppressed:
        return set()
    erased = set()
    columns = zip(load.column("name"), load.column("email"), load.column("phone"), strict=True)
    for position, (name, email, phone) in enumerate(columns):
        if suppressed.has(name or "", email or "", phone or "", clients[position]):
            erased.add(position)
            load.warn(position, None, "contact.erased")
    load.waiting.difference_update(erased)
    return erased


def _leave_out_blocked(load: Load, clients: list[int | None]) -> set[int]:
    """Places of the rows about people who are blocked, known by name or e-mail at the client."""
    known: set[tuple[int, str]] = set()
    rows = Contact.objects.filter(blocked(), client__in={each for each in clients if each})
    for client, name, email in rows.values_list("client_id", "name", "email"):
        known.add((client, name.casefold()))
        known |= {(client, folded_email(each)) for each in emails_in(email)}
    if not known:
        return set()
    left_out = set()
    columns = zip(clients, load.column("name"), load.column("email"), strict=True)
    for position, (client, name, email) in enumerate(columns):
        said = [(name or "").casefold(), *(folded_email(each) for each in emails_in(email or ""))]
        if client is not None and any((client, each) in known for each in said):
            left_out.add(position)
            load.warn(position, None, "contact.blocked")
    return left_out


def _role(load: Load, position: int, unknown: set[str]) -> str:
    written = load.column("role")[position]
    if not written:
        return ""
    role = words.contact_role(written)
    if role is None and written not in unknown:
        unknown.add(written)
        load.warn(position, "role", "contact.role_unknown", value=written)
    return role or ""


def _write(load: Load, people: list[dict[str, object]]) -> None:
    stage("staged_contact", _COLUMNS, ([person[c] for c in _COLUMNS] for person in people))
    run("ALTER TABLE staged_contact ADD known bigint")
    found = run(
        """
        UPDATE staged_contact s SET known = c.id
          FROM (SELECT DISTINCT ON (client_id, lower(name)) * FROM accounts_contact
                 WHERE client_id IN (SELECT client_id FROM staged_contact)
                 ORDER BY client_id, lower(name), left_on NULLS FIRST, id) c
         WHERE c.client_id = s.client_id AND lower(c.name) = lower(s.name)
        """
    )
    kept = {column: f"coalesce(nullif(s.{column}, ''), c.{column})" for column in _TOLD}
    updated = run(
        "UPDATE accounts_contact c SET version = c.version + 1, "
        + ", ".join(f"{column} = {value}" for column, value in kept.items())
        + " FROM staged_contact s WHERE s.known = c.id AND ("
        + " OR ".join(f"c.{column} <> {value}" for column, value in kept.items())
        + ")"
    )
    created = run(
        f"""
        INSERT INTO {Contact._meta.db_table}
               (client_id, name, position, email, phone, role, source, came_on, version)
        SELECT client_id, name, position, email, phone, role, %s, %s, 1
          FROM staged_contact WHERE known IS NULL
        """,
        [load.source, today()],
    )
    counts = load.report.counts("contacts")
    counts.created += created
    counts.updated += updated
    counts.unchanged += found - updated
