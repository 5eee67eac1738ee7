"""How the API is described (OpenAPI): names, tags, parameters and errors that all share."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.fields import ChoiceField

from .api_parameters import FIELDS, header, one_of

PREFIX = "/api/v1/"
_VERBS = {"GET": "Read", "PUT": "Write", "PATCH": "Change", "DELETE": "Remove"}
_SINGULAR = {"matrices": "matrix", "criteria": "criterion"}
# status -> what it means, for every operation, and for those that write.
ALWAYS = {
    400: "A value, a parameter or the body cannot be; `fields` says which.",
    401: "No key, or not a valid one.",
    403: "The role, or the key, may not do this.",
    404: "There is no such row, or it is not yours to see.",
    405: "The address does not take this verb.",
    406: "Answers are JSON alone.",
    429: "Too many requests; `Retry-After` says when to come back.",
}
WRITING = {
    409: "The rows are not in the state that this needs, or the same request is being worked on.",
    412: "Somebody changed the row since the version of `If-Match`.",
    413: "The body is too large.",
    415: "The body is of another type than the address takes.",
    422: "The `Idempotency-Key` was used for another request.",
    428: "`If-Match` is needed: the version that was read.",
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "For people, in their language."},
                "fields": {
                    "type": "object",
                    "additionalProperties": {},
                    "description": "Field or parameter -> what is wrong with it.",
                },
            },
        }
    },
    "example": {
        "error": {
            "code": "invalid",
            "message": "Some values need a correction.",
            "fields": {"value": ["Ensure this value is less than or equal to 10."]},
        }
    },
}


class Schema(AutoSchema):
    """Tags by what an address begins with, summaries by verb and address, shared parameters."""

    def _get_paginator(self):
        """What is read comes in pages; what a request has made comes as it is."""
        return super()._get_paginator() if self.method == "GET" else None

    def get_tags(self) -> list[str]:
        first = self._segments()[0]
        return [next((tag for tag, (_, parts) in tags().items() if first in parts), "other")]

    def get_summary(self) -> str:
        *before, last = [each for each in self._segments() if not each.startswith("{")]
        several = " ".join([*map(_singular, before), last]).replace("-", " ")
        one = " ".join([*map(_singular, before), _singular(last)]).replace("-", " ")
        if self.method == "POST":
            return f"Create {one}" if hasattr(self.view, "get") else several.capitalize()
        if self._is_list_view():
            return f"List {several}"
        return f"{_VERBS[self.method]} {one if self.path.endswith('}/') else several}"

    def get_override_parameters(self) -> list[OpenApiParameter]:
        if self.method == "GET":
            if not self._is_list_view():
                return [FIELDS, header("If-None-Match", "`ETag` that is known.")]
            filters = [make(name) for name, (_, make) in getattr(self.view, "filters", {}).items()]
            sorts = getattr(self.view, "sorts", {})
            return [FIELDS, *filters, *([one_of(_both_ways(sorts))("sort")] if sorts else [])]
        if self.method == "POST":
            return [header("Idempotency-Key", "A name for this request: sent twice, done once.")]
        if not hasattr(self.view, "get"):
            return []
        return [header("If-Match", "`ETag` that was read: a change in between answers 412.")]

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        """A choice that a row may lack is told as such, also where it cannot be written."""
        model = getattr(getattr(field.parent, "Meta", None), "model", None)
        if isinstance(field, ChoiceField) and field.read_only and model is not None:
            names = {each.name: each for each in model._meta.concrete_fields}
            if getattr(names.get(field.source), "blank", False):
                field.allow_blank = True
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def _get_serializer_field_meta(self, field, direction):
        meta = super()._get_serializer_field_meta(field, direction)
        if getattr(field, "default", field) is None:
            meta["nullable"] = True
        return meta

    def _segments(self) -> list[str]:
        return [each for each in self.path.removeprefix(PREFIX).split("/") if each]


def _both_ways(sorts) -> list[str]:
    return [sign + name for name in sorts for sign in ("", "-")]


def _singular(name: str) -> str:
    return _SINGULAR.get(name) or (name[:-1] if name.endswith("s") else name)


def tags() -> dict[str, tuple[str, tuple[str, ...]]]:
    """tag -> what it holds, and the first parts of addresses."""
    return import_string(settings.API_TAGS)


def with_tags(result: dict[str, Any], **_rest) -> dict[str, Any]:
    """Every tag in words, in the language of the description."""
    result["tags"] = [
        {"name": tag, "description": str(description)} for tag, (description, _) in tags().items()
    ]
    return result


def with_errors(result: dict[str, Any], **_rest) -> dict[str, Any]:
    """Every operation tells the errors that it may answer, all in the one shape."""
    result["components"]["schemas"]["Error"] = ERROR
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for verbs in result["paths"].values():
        for verb, operation in verbs.items():
            told = ALWAYS if verb == "get" else ALWAYS | WRITING
            for status, description in told.items():
                operation["responses"].setdefault(
                    str(status), {"description": description, "content": content}
                )
            if verb == "get" and "If-None-Match" in {
                each["name"] for each in operation.get("parameters", ())
            }:
                operation["responses"]["304"] = {"description": "It is as you know it."}
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result
