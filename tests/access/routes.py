"""Every route there is, how to reach it, and what the policy and the access rule expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kam.lib.policy import SAFE_METHODS, Row, row_for
from kam.lib.scoping import Scoped

from .world import World

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABSENT = 987_654_321


@dataclass(frozen=True)
class Route:
    name: str
    parameters: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    @property
    def policy(self) -> Row | None:
        return row_for(self.name)

    @property
    def model(self):
        return apps.get_model(self.policy.subject) if self.policy.subject else None

    def relations(self) -> tuple[str, ...]:
        if self.model is None:
            return ("none",)
        # Of a foreign client, but the colleague takes part.
        part = ("participant",) if _kind(self.model) in ("work", "plan") else ()
        return ("own", "team", "foreign", *part, "absent")

    def url(self, world: World, relation: str) -> str:
        """The address of this route for a row in that relation.

        The first parameter is the id of the subject; any other is named after a common row.
        """
        values = {}
        for number, parameter in enumerate(self.parameters):
            if number == 0 and self.model is not None:
                row = None if relation == "absent" else world.rows[self.model._meta.label][relation]
                values[parameter] = row.pk if row else ABSENT
            else:
                values[parameter] = _common_value(world, self.name, parameter)
        return reverse(self.name, kwargs=values)


def _kind(model) -> str:
    return model.SCOPE[0] if issubclass(model, Scoped) else ""


def _common_value(world: World, route: str, parameter: str):
    named = {
        "chart": "pareto",
        "question": "departure",
        "ending": "pdf",
        "measure": "revenue",
        "uidb36": "1",
        "key": "set-password",
        "source": "crm",
        "token": "no-such-token",
        "year": 2026,
        "secret": "no-such-secret",
        "person": 1,
        "external_id": "Plainown-7",
    }
    if parameter == "key" and not route.startswith("account_"):
        return world.common["criterion"].key
    if parameter in named:
        return named[parameter]
    if parameter in world.common:
        return world.common[parameter].pk
    raise AssertionError(f"tests/access/routes.py cannot fill {parameter!r} of {route}")


def all_routes() -> list[Route]:
    found = {}
    for name, pattern in _walk(get_resolver(), ""):
        parameters = tuple(
            dict.fromkeys(
                [*pattern.pattern.converters, *getattr(pattern.pattern.regex, "groupindex", {})]
            )
        )
        found.setdefault(name, Route(name, parameters))
    return sorted(found.values(), key=lambda route: route.name)


def _walk(resolver: URLResolver, namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            outer = dict(entry.pattern.converters)
            for name, pattern in _walk(entry, inner):
                if outer:
                    pattern.pattern.converters.update(outer)
                yield name, pattern
        else:
            yield f"{namespace}{entry.name or entry.lookup_str}", entry


def described_parameters(name: str) -> set[str]:
    """What the endpoint of that name takes in its query, by the description of the API."""
    from kam.lib.api_contract import operations, plain_path

    for found, pattern in _walk(get_resolver(), ""):
        if found == name:
            path = plain_path("/api/v1/" + str(pattern.pattern))
            operation = operations().get(("GET", path))
            return set(operation.parameters) if operation else set()
    raise KeyError(name)


def visible(route: Route, role: str, relation: str, world: World) -> bool:
    """Whether the access rule lets this role see the subject, told independently of the code.

    ``relation`` is that of the KAM.  Rows of a person are seen by that person, the administrator
    and the auditor; what is said of a person's work also by the manager of the team; client rows
    by all who lead or audit, and by the KAM's team; work by the colleague who answers for it, plans
    by the colleague who takes part.
    """
    if relation == "absent":
        return False
    model = route.model
    if model is None or not issubclass(model, Scoped):
        return True
    kind = model.SCOPE[0]
    if role in ("administrator", "auditor"):
        return True
    if kind == "person":
        return role in ("kam", "token", "reading token") and relation == "own"
    if kind == "member":
        if role == "manager":
            return relation in ("own", "team")
        return role in ("kam", "token", "reading token") and relation == "own"
    if kind == "staff":
        return role != "colleague"
    if kind == "absence" and role == "colleague":
        return False
    if kind == "shared":  # those of the team are shared with it, the foreign one with nobody
        return role != "colleague" and relation in ("own", "team")
    if kind == "administration":
        return False
    if role == "manager":
        return True
    if role == "colleague":
        return relation == "participant"
    return role in ("kam", "token", "reading token") and relation in ("own", "team")


def editable(route: Route, role: str, relation: str, world: World) -> bool:
    """Whether the access rule lets this role change the subject."""
    if not visible(route, role, relation, world):
        return False
    model = route.model
    if model is None or not issubclass(model, Scoped):
        return True  # the policy table has decided
    if role in ("auditor", "reading token"):
        return False
    if role == "administrator":
        return True
    kind = model.SCOPE[0]
    if kind == "member":
        return True  # who sees it leads, or is the person
    if kind == "person":
        return relation == "own"
    if kind == "shared":
        return role in ("kam", "token") and relation == "own"
    if kind == "staff":
        return role == "manager"
    if kind == "absence":
        return relation == "own" or (role == "manager" and relation == "team")
    if role == "manager":
        return relation in ("own", "team")
    if role == "colleague":
        # Of a plan only what is one's own: actions, and the word that it was read.
        return relation == "participant" and (kind != "plan" or bool(model.SCOPE[2]))
    return relation == "own"


def policy_allows(route: Route, role: str, verb: str) -> bool:
    row = route.policy
    if role == "reading token" and verb not in SAFE_METHODS:
        return False
    person = "kam" if role in ("token", "reading token") else role
    return row.public or row.allows(person, verb)
