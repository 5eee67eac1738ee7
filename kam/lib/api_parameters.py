"""Parameters of the REST API, as its description and its frame know them."""

from collections.abc import Callable, Iterable

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

Make = Callable[..., OpenApiParameter]


def header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(
        name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description
    )


def sent(**values: object) -> list[OpenApiExample]:
    """The example of a body in the description."""
    return [OpenApiExample("example", values, request_only=True)]


FIELDS = OpenApiParameter(
    "fields",
    OpenApiTypes.STR,
    description="Only these fields of each row, parted by commas.",
)


def whole(name: str, description: str = "", **limits: int) -> OpenApiParameter:
    """An id or another whole number."""
    limits = {"minimum": 0, "maximum": 10**18, **limits}
    return OpenApiParameter(name, {"type": "integer", **limits}, description=description)


def day(name: str, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATE, description=description)


def phrase(name: str, description: str = "", longest: int = 120) -> OpenApiParameter:
    schema = {"type": "string", "maxLength": longest}
    return OpenApiParameter(name, schema, description=description)


def one_of(values: Iterable[str]) -> Make:
    """Makes parameters that take one of these values; ``flag`` is on with 1."""
    known = list(values)

    def make(name: str, description: str = "") -> OpenApiParameter:
        return OpenApiParameter(name, OpenApiTypes.STR, enum=known, description=description)

    return make


flag = one_of(["0", "1"])
