"""Which client a row means.

The order: external id in this source, then ИНН with КПП, then the ИНН of exactly one client,
then the exact name of exactly one, then a name that people said means a client.  A name never
joins clients of different ИНН, nor two that the same source calls by different ids.  Where the one
cell that names the client is no id we know, it may be the name: many files have names in the column
"client".  Groups are never meant: documents hang on legal entities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F

from accounts.models import Client, ClientIdentifier


class Ambiguous(Exception):
    """Several clients fit, and nothing in the row tells them apart."""


class Reference(NamedTuple):
    """How a row names its client."""

    external_id: str | None = None
    inn: str | None = None
    kpp: str | None = None
    name: str | None = None

    @property
    def names_somebody(self) -> bool:
        return bool(self.external_id or self.inn or self.name)

    @property
    def is_one_cell(self) -> bool:
        """Whether one cell, in the place of the id, is all that names the client."""
        return bool(self.external_id) and not (self.inn or self.name)

    def words(self) -> str:
        """The reference as a person would say it, for messages."""
        parts = (self.external_id, self.inn, self.kpp, self.name)
        return " · ".join(part for part in parts if part)


class _Known(NamedTuple):
    inn: str
    kpp: str
    name: str


class Clients:
    """The clients that the references of one file may mean, kept in step as some are made."""

    def __init__(self, source: str, references: Iterable[Reference]):
        self._source = source
        self._clients: dict[int, _Known] = {}
        self._by_id: dict[str, int] = {}
        self._identified: set[int] = set()
        self._named_by_id: set[int] = set()
        self._by_inn: dict[str, list[int]] = defaultdict(list)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        distinct = set(references)
        self._read(
            # A name may have been said to mean a client, where quarantined rows were given one.
            {called for reference in distinct for called in (reference.external_id, reference.name)}
            - {None},
            {reference.inn for reference in distinct} - {None},
            {reference.name for reference in distinct} - {None}
            | {reference.external_id for reference in distinct if reference.is_one_cell},
        )

    def _read(self, external_ids: set, inns: set, names: set) -> None:
        for external_id, client in ClientIdentifier.objects.filter(
            source=self._source, external_id__in=external_ids
        ).values_list("external_id", "client_id"):
            self._by_id[external_id] = client
            self._identified.add(client)
        columns = ("id", "inn", "kpp", "name")
        entities = Client.objects.exclude(kind=Client.Kind.GROUP).order_by()
        for lookup, values in (
            ("pk__in", set(self._by_id.values())),
            ("inn__in", inns),
            ("name__in", names),
        ):
            if values:
                for client, inn, kpp, name in entities.filter(**{lookup: values}).values_list(
                    *columns
                ):
                    self.put(client, inn, kpp, name)
        # A candidate by name may have another id in this source, one the file does not name.
        self._identified.update(
            ClientIdentifier.objects.filter(
                source=self._source, client__in=list(self._clients)
            ).values_list("client_id", flat=True)
        )
        self._named_by_id.update(
            ClientIdentifier.objects.filter(
                client__in=list(self._clients), external_id=F("client__name")
            ).values_list("client_id", flat=True)
        )

    def ids(self) -> list[int]:
        """The clients that are in the database already, or were put here since."""
        return list(self._clients)

    def put(self, client: int, inn: str, kpp: str, name: str) -> None:
        """Add a client, or tell what has become known of it."""
        old = self._clients.get(client)
        self._clients[client] = _Known(inn, kpp, name)
        if inn and (old is None or old.inn != inn):
            self._by_inn[inn].append(client)
        if name and (old is None or old.name != name):
            self._by_name[name].append(client)

    def identify(self, client: int, external_id: str) -> bool:
        """Remember what this source calls the client; False where it was known already."""
        if external_id in self._by_id:
            return False
        self._by_id[external_id] = client
        self._identified.add(client)
        return True

    def find(self, reference: Reference, *, branches: bool = False) -> int | None:
        """Id of the client meant, or None.  Raises :class:`Ambiguous`.

        branches: another КПП of the same ИНН is another client (a list of clients says so);
        else it is the one client of that ИНН (a document names whom we know).
        """
        external_id, inn, kpp, name = reference
        if external_id and external_id in self._by_id:
            return self._by_id[external_id]
        if reference.is_one_cell and not branches:
            return self._called(external_id or "")
        several = False
        if inn:
            same = [client for client in self._by_inn[inn] if self._clients[client].inn == inn]
            exact = [client for client in same if kpp and self._clients[client].kpp == kpp]
            if not exact and branches and kpp:
                exact = [client for client in same if not self._clients[client].kpp]
                same = exact
            fitting = exact or same
            if len(fitting) == 1:
                return fitting[0]
            several = len(fitting) > 1
        alike = [
            client
            for client in (self._by_name[name] if name else ())
            if self._may_be(client, reference, branches)
        ]
        if len(alike) == 1:
            return alike[0]
        said = self._by_id.get(name) if name else None
        if said is not None and not (inn and self._clients[said].inn not in ("", inn)):
            return said
        if several or alike:
            raise Ambiguous
        return None

    def _called(self, name: str) -> int | None:
        """The client of a name that stands where ids do.

        A client that has no other name than its id is none of them: the ids of two systems may
        be equal by chance.
        """
        alike = [
            client
            for client in self._by_name[name]
            if self._clients[client].name == name and client not in self._named_by_id
        ]
        if len(alike) > 1:
            raise Ambiguous
        return alike[0] if alike else None

    def _may_be(self, client: int, reference: Reference, branches: bool) -> bool:
        known = self._clients[client]
        if known.name != reference.name:
            return False
        if reference.inn and known.inn and reference.inn != known.inn:
            return False
        if reference.external_id and client in self._identified:
            return False
        other_branch = known.kpp and reference.kpp and known.kpp != reference.kpp
        return not (branches and other_branch)
