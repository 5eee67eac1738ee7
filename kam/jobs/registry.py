"""Which kinds of jobs there are.  A kind is a function in an app's ``tasks.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Kind:
    """``as_person``: runs with the rights of who asked (delivering), rather than as the system
    on their behalf (computing).  ``goes_out``: calls or writes to somebody outside, so it waits
    while that is held back.  ``patience``: for how long it is tried again where nobody answers
    there (OSError), which is no fault of the job and uses up no attempt."""

    name: str
    function: Callable[..., Any]
    title: Any
    queue: str = "light"
    max_attempts: int = 3
    as_person: bool = False
    goes_out: bool = False
    patience: timedelta = timedelta(0)
    # What of the result people are told, and its name in words: key -> label.
    tells: Mapping[str, Any] = field(default_factory=dict)


_kinds: dict[str, Kind] = {}


def job(
    name: str,
    *,
    title,
    queue="light",
    max_attempts=3,
    as_person=False,
    goes_out=False,
    patience=timedelta(0),
    tells=None,
):
    """Register a function ``f(running, **payload) -> JSON-ready result | None`` as a job.

    It must be idempotent: a job whose worker is lost runs again.  What is sent by the queue
    ``outgoing`` goes out without saying so.
    """

    def register(function):
        out = goes_out or queue == "outgoing"
        _kinds[name] = Kind(
            name, function, title, queue, max_attempts, as_person, out, patience, tells or {}
        )
        return function

    return register


def kinds() -> dict[str, Kind]:
    autodiscover_modules("tasks")
    return _kinds


def kind(name: str) -> Kind:
    """The kind of that name; KeyError where none is registered."""
    return kinds()[name]


def title_of(name: str):
    found = kinds().get(name)
    return found.title if found else name
