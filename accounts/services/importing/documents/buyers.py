"""The client of each document; those that a file names and nobody knows are made."""

from __future__ import annotations

from accounts.services.importing import clients
from accounts.services.importing.clients import Book, Entity
from accounts.services.importing.resolution import Ambiguous, Reference

from .grouping import Documents


def find_buyers(documents: Documents) -> Book:
    """Fill in the clients of ``documents``; refuse what is unclear, put aside what names nobody.

    The book that comes back holds the clients to be made, and writes them.
    """
    references, used = documents.load.references()
    book = Book(documents.load.source, references)
    resolved, ambiguous = _resolve(documents, book, references, used)
    if ambiguous:
        for position, number in enumerate(used):
            if number in ambiguous:
                document, words = documents.document_of[position], references[number].words()
                documents.refuse(document, position, None, "client.ambiguous", reference=words)
    given = documents.load.clients_given
    _assign(
        documents,
        [given.get(position) or resolved[number] for position, number in enumerate(used)],
    )
    _put_aside(documents)
    return book


def _resolve(
    documents: Documents, book: Book, references: list[Reference], used: list[int]
) -> tuple[list[int | None], set[int]]:
    """The client of each reference, and the references that fit several."""
    load = documents.load
    countries = load.column("client_country")
    unknown: set[tuple[str, str]] = set()
    resolved: list[int | None] = [None] * len(references)
    ambiguous: set[int] = set()
    for number, position in _first_uses(documents, used).items():
        reference = references[number]
        try:
            client = book.clients.find(reference)
        except Ambiguous:
            ambiguous.add(number)
            continue
        # What found a client as its only cell may have been the name, which is no id.
        is_id = not reference.is_one_cell
        if client is None and reference.names_somebody:
            code = clients.country_code(load, position, "client_country", countries, unknown)
            client, is_id = book.make(_entity(reference, code)), True
        if client is not None and is_id:
            book.identify(client, reference.external_id)
        resolved[number] = client
    return resolved, ambiguous


def _first_uses(documents: Documents, used: list[int]) -> dict[int, int]:
    """Where each reference is used first; those of refused documents only make nobody."""
    first: dict[int, int] = {}
    for position, (number, document) in enumerate(zip(used, documents.document_of, strict=True)):
        if number not in first and document not in documents.refused:
            first[number] = position
    return first


def _assign(documents: Documents, rows: list[int | None]) -> None:
    """Give each document the client that its rows name; they must name one."""
    heads = documents.client
    for document, client in zip(documents.document_of, rows, strict=True):
        if heads[document] is None:
            heads[document] = client
    if None in rows:
        # A line that names nobody belongs to the client of its document.
        rows = [
            head if client is None else client
            for client, head in zip(rows, documents.spread(heads), strict=True)
        ]
    documents.agree("client", rows, heads, "document.clients_differ")


def _put_aside(documents: Documents) -> None:
    documents.waiting = {
        document
        for document, client in enumerate(documents.client)
        if client is None and document not in documents.refused
    }
    if documents.waiting:
        documents.load.waiting.update(
            position
            for position, document in enumerate(documents.document_of)
            if document in documents.waiting
        )


def _entity(reference: Reference, country: str) -> Entity:
    inn, name = reference.inn or "", reference.name or ""
    return Entity(
        kind=clients.kind_of(inn, name),
        name=name or reference.external_id or inn,
        inn=inn,
        kpp=reference.kpp or "",
        country=country,
    )
