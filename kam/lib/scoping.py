"""Nobody can forget access: the plain query is the safe one.

Every business model inherits :class:`Scoped`.  Its default manager returns what the current
actor may see; without an actor it returns a sealed queryset, which can be refined and copied
(forms and filters do so at import) but raises :class:`ScopeMissing` when evaluated.  A sealed
queryset unseals itself the next time it is chained with an actor present.

Who may see what is decided by one rule, which ``accounts.access`` registers at start.
``Model.unscoped`` is the named exception; a test counts its uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.sql import Query


class ScopeMissing(RuntimeError):
    """A scoped query was evaluated, and nobody said on whose behalf."""


@dataclass(frozen=True)
class System:
    """The product itself at work: computing that sees everything, for a named reason."""

    reason: str
    asked_by_id: int | None = None

    is_authenticated = True
    is_active = True
    pk = None

    def __str__(self) -> str:
        return f"system:{self.reason}"


Actor = Any  # a User, an AnonymousUser or a System

_source: ContextVar[Callable[[], Actor] | None] = ContextVar("actor", default=None)


def current() -> Actor | None:
    """The actor of this request, task or command; None where nobody has been set."""
    source = _source.get()
    return source() if source else None


@contextmanager
def acting_late(source: Callable[[], Actor]) -> Iterator[None]:
    """Set the actor by a function, asked at every query (a REST view signs in late)."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Set the actor for a block: a person or a :class:`System`."""
    with acting_late(lambda: actor):
        yield


def acting_system(reason: str, asked_by_id: int | None = None):
    return acting_as(System(reason, asked_by_id))


class Rule(Protocol):
    """The access rule: both take an unrestricted queryset and return a restricted one."""

    def visible(self, queryset: models.QuerySet, actor: Actor) -> models.QuerySet: ...

    def editable(self, queryset: models.QuerySet, actor: Actor) -> models.QuerySet: ...


_rule: Rule | None = None


def register_rule(rule: Rule) -> None:
    global _rule
    _rule = rule


def rule() -> Rule:
    if _rule is None:
        raise ImproperlyConfigured("no access rule is registered")
    return _rule


class SealedQuery(Query):
    """A query that can be refined but not run."""

    sealed = True

    def chain(self, klass=None):
        if klass not in (None, Query, SealedQuery):  # UPDATE and its kin change the class
            raise ScopeMissing(f"{self.model.__name__} was written without an actor")
        return super().chain(klass)

    def get_compiler(self, *args, **kwargs):
        raise ScopeMissing(f"{self.model.__name__} was queried without an actor")


class ScopedQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> ScopedQuerySet:
        """The rows of this queryset that the actor may read."""
        if isinstance(actor, System):
            return self._chain()
        if actor is None or not actor.is_authenticated or not actor.is_active:
            return self.none()
        return rule().visible(self, actor)

    def editable_by(self, actor: Actor) -> ScopedQuerySet:
        """The rows of this queryset that the actor may change."""
        if isinstance(actor, System):
            return self._chain()
        if actor is None or not actor.is_authenticated or not actor.is_active:
            return self.none()
        return rule().editable(self, actor)

    @property
    def is_sealed(self) -> bool:
        return getattr(self.query, "sealed", False)

    def sealed(self) -> ScopedQuerySet:
        clone = super()._chain()
        clone.query = clone.query.chain(klass=SealedQuery)
        return clone

    def _raw_delete(self, using):
        # Django's short way to delete turns the query into another class by assignment.
        if self.is_sealed:
            raise ScopeMissing(f"{self.model.__name__} was deleted without an actor")
        return super()._raw_delete(using)

    def _chain(self, **kwargs):
        clone = super()._chain(**kwargs)
        if self.is_sealed and (actor := current()) is not None:
            clone.query = clone.query.chain(klass=Query)
            clone = clone.visible_to(actor)
        return clone


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    def get_queryset(self):
        queryset = super().get_queryset()
        actor = current()
        return queryset.sealed() if actor is None else queryset.visible_to(actor)


class Scoped(models.Model):
    """Base of every business model.

    ``SCOPE`` says how a row is related to what access is decided by: ``("client", path)`` with
    the lookup path to the client (empty for the client itself), ``("person", path)`` for rows
    that belong to one person, ``("member", path)`` for what is said of a person's work, which the
    manager of their team sees too, ``("work", path, path)`` with the paths to the client and to the
    person who answers for it, ``("task", path, path, path)`` with those to the client, to the
    person whose it is and to who asked for it, ``("absence", path, path)`` for who is away and
    who stands in, which the team reads and the person and who leads them write,
    ``("shared", path, path)`` for what is its maker's and says whom it is shared with,
    ``("staff", "")`` for rows that everyone signed in reads, or ``("administration", "")`` for
    rows of the administrator, which the auditor reads.
    """

    SCOPE: tuple[str, ...] = ("client", "client")

    objects = ScopedManager()
    unscoped = models.Manager.from_queryset(ScopedQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "unscoped"
        default_manager_name = "objects"
