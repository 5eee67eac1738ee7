"""The description of the API as a contract: what it does not name is refused.

The description is generated once a process and read here: the parameters of each operation with
their types, and the fields of its answer.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override
from rest_framework.exceptions import ValidationError

from .scoping import acting_as

_BRACED = re.compile(r"\{\w+\}|<[^>]+>")
# What lists of rows are called in answers that hold more than the list.
ROWS = ("results", "rows")
# The generator looks its parts up as it goes and breaks where two threads begin at once.
_one_at_a_time = threading.RLock()


@dataclass
class Operation:
    """One verb of one address: parameter -> its JSON schema, and the fields of the answer."""

    parameters: dict[str, Mapping[str, Any]]
    fields: set[str] = field(default_factory=set)

    def check(self, asked: Mapping[str, str]) -> None:
        """Raises ValidationError that names every parameter, value or field that cannot be."""
        wrong: dict[str, list[str]] = {}
        for name in asked:
            if name not in self.parameters:
                wrong[name] = [
                    _("There is no such parameter. There are: %(names)s.")
                    % {"names": ", ".join(sorted(self.parameters)) or "—"}
                ]
            elif (said := _refusal(asked[name], self.parameters[name])) is not None:
                wrong[name] = [said]
        unknown = {each for each in asked.get("fields", "").split(",") if each} - self.fields
        if unknown and "fields" not in wrong:
            wrong["fields"] = [
                _("There are no such fields: %(unknown)s. There are: %(names)s.")
                % {
                    "unknown": ", ".join(sorted(unknown))[:200],
                    "names": ", ".join(sorted(self.fields)) or "—",
                }
            ]
        if wrong:
            raise ValidationError(wrong)


def _refusal(value: str, schema: Mapping[str, Any]) -> str | None:
    """Why a value of a parameter cannot be; None where it can.  Empty means not asked."""
    if value == "":
        return None
    if "\x00" in value or len(value) > schema.get("maxLength", 2000):
        return _("This value is too long, or holds what no text holds.")
    if "enum" in schema and value not in map(str, schema["enum"]):
        return _("One of: %(names)s.") % {"names": ", ".join(map(str, schema["enum"]))}
    if schema.get("type") == "integer":
        if not (value.isascii() and value.isdecimal() and len(value) < 19):
            return _("A whole number is needed.")
        if not schema.get("minimum", 0) <= int(value) <= schema.get("maximum", 10**18):
            return _("The number is out of range.")
    if schema.get("format") == "date":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            return _("A date is needed, such as 2026-03-05.")
    return None


def operation(request) -> Operation | None:
    """What is described for this request; None for what is left out of the description."""
    route = plain_path("/" + request.resolver_match.route)
    verb = "GET" if request.method == "HEAD" else request.method
    return operations().get((verb, route))


def plain_path(path: str) -> str:
    return _BRACED.sub("*", path)


def operations() -> dict[tuple[str, str], Operation]:
    """(verb, address with * for what varies) -> its operation."""
    with _one_at_a_time:
        return _operations()


@cache
def _operations() -> dict[tuple[str, str], Operation]:
    described = description("en")
    components = described["components"]["schemas"]
    return {
        (verb.upper(), plain_path(path)): _operation(found, components)
        for path, verbs in described["paths"].items()
        for verb, found in verbs.items()
    }


def description(language: str) -> dict[str, Any]:
    """The API as OpenAPI 3, in a language; made once a process."""
    with _one_at_a_time:
        return _description(language)


@cache
def _description(language: str) -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    with override(language), acting_as(None):
        return SchemaGenerator().get_schema(request=None, public=True)


def _operation(found: Mapping[str, Any], components: Mapping[str, Any]) -> Operation:
    parameters = {
        each["name"]: each["schema"]
        for each in found.get("parameters", ())
        if each["in"] == "query"
    }
    answer = found["responses"].get("200", {}).get("content", {})
    schema = next(iter(answer.values()), {}).get("schema", {})
    return Operation(parameters, set(_properties(schema, components)))


def _properties(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of an answer, or of its rows where it is a list of them."""
    schema = _resolved(schema, components)
    if schema.get("type") == "array":
        return _properties(schema["items"], components)
    properties = schema.get("properties", {})
    for name in ROWS:
        rows = _resolved(properties.get(name, {}), components)
        if rows.get("type") == "array" and ("next" in properties or "after" in properties):
            return _properties(rows["items"], components)
    return properties


def _resolved(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        return components[schema["$ref"].rpartition("/")[2]]
    if len(schema.get("allOf", ())) == 1:
        return _resolved(schema["allOf"][0], components)
    return schema


def is_list(data: Mapping[str, Any]) -> bool:
    """Whether an answer is a page of rows rather than one."""
    return ("next" in data or "after" in data) and any(isinstance(data.get(n), list) for n in ROWS)


def narrowed(data: Any, names: set[str]) -> Any:
    """An answer, or the rows of one, with these fields alone."""
    if isinstance(data, list):
        return [narrowed(each, names) for each in data]
    if not isinstance(data, dict):
        return data
    if is_list(data):
        return {n: narrowed(rows, names) if n in ROWS else rows for n, rows in data.items()}
    return {name: value for name, value in data.items() if name in names}
