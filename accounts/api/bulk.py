"""Many rows at once over REST: a job takes them in, and each row has its own answer."""

from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.importing.fields import FIELDS, Cell
from accounts.importing.rows import LINE_FIELDS, LINES, fields_of, misfits
from accounts.models import BulkLoad
from accounts.services import bulk
from kam.lib.api import Pages
from kam.lib.api_parameters import one_of, phrase, whole
from kam.lib.api_parsers import ExactJSON
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find

from .bulk_examples import EXAMPLES

LARGEST = 32 * 2**20
PAGE, MOST = 50, 1_000
WRONG = {
    "unknown": gettext_noop("There is no such field."),
    "type": gettext_noop("Texts, numbers and nulls are taken, and lines as a list of objects."),
    "empty": gettext_noop("A document needs a line, or amounts of its own without lines."),
}


class LatestFirst(Pages):
    ordering = ("-pk",)


class BulkOptions(serializers.Serializer):
    """What is said of all rows.  ``source``: the system that they come from; ``history``: whether
    facts were known on their own date (null: so for the first rows of a source and kind);
    ``whole``: all rows or none; ``vat``: how ``amount`` of documents is meant where rows do not
    say: ``included``, ``excluded`` (a rate may follow, ``included:20``) or ``none``."""

    source = serializers.CharField(max_length=60, default="api")
    history = serializers.BooleanField(allow_null=True, default=None)
    whole = serializers.BooleanField(default=False)
    vat = serializers.RegexField(
        r"^(none|(included|excluded)(:\d{1,2}([.]\d{1,2})?)?)$", required=False
    )


class BulkSerializer(serializers.ModelSerializer):
    """Rows on their way in.  ``state``: that of the job, then ``loaded`` or ``refused``."""

    state = serializers.CharField(read_only=True)

    class Meta:
        model = BulkLoad
        fields = ("id", "kind", "source", "rows", "state", "job", "batch", "at", "report")
        read_only_fields = fields


class FindingSerializer(serializers.Serializer):
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class BulkRowSerializer(serializers.Serializer):
    """One row.  ``waiting``: it names no client that is known (see quarantine); ``held_back``:
    sound itself, left out because of another row."""

    row = serializers.IntegerField()
    key = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=[(each, each) for each in bulk.STATUSES])
    id = serializers.IntegerField(allow_null=True)
    findings = FindingSerializer(many=True)


class BulkRowsAnswer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = BulkRowSerializer(many=True)


def row_schema(kind: str, names=None) -> dict:
    """A row of a kind as JSON schema, from the fields of files."""
    fields = FIELDS[kind].fields
    properties = {
        name: _value(fields[name].cell) for name in names or fields_of(kind) if name != LINES
    }
    if kind == "documents" and names is None:
        items = row_schema(kind, LINE_FIELDS)
        properties[LINES] = {"type": "array", "minItems": 1, "items": items}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _value(cell: Cell) -> dict:
    if cell in (Cell.NUMBER, Cell.COUNT, Cell.RATE):
        return {"oneOf": [{"type": "number"}, {"type": "string"}], "nullable": True}
    if cell is Cell.DATE:
        return {"type": "string", "format": "date", "nullable": True}
    return {"type": "string", "nullable": True}


def _request_schema(kind: str) -> dict:
    rows = {
        "type": "array",
        "minItems": 1,
        "maxItems": bulk.AT_ONCE,
        "items": row_schema(kind),
    }
    return {
        "type": "object",
        "required": ["rows"],
        "properties": {
            "source": {"type": "string", "minLength": 1, "maxLength": 60, "default": "api"},
            "history": {"type": "boolean", "nullable": True},
            "whole": {"type": "boolean", "default": False},
            "vat": {
                "type": "string",
                "pattern": r"^(none|(included|excluded)(:\d{1,2}([.]\d{1,2})?)?)$",
            },
            "rows": rows,
        },
    }


class Bulk(APIView):
    """Take in up to 10,000 rows as a job; what became of each is at `bulk/{id}/rows/`."""

    kind = ""
    parser_classes = (ExactJSON,)
    largest = LARGEST

    def take(self, request):
        data = request.data if isinstance(request.data, dict) else {}
        asked = BulkOptions(data={n: v for n, v in data.items() if n != "rows"})
        asked.is_valid(raise_exception=True)
        rows = checked_rows(self.kind, data.get("rows"))
        options = dict(asked.validated_data)
        load = bulk.keep(request.user, self.kind, options.pop("source"), rows, options)
        return Response(
            BulkSerializer(load).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": reverse("api:bulk-detail", args=[load.pk])},
        )


def checked_rows(kind: str, rows) -> list[dict]:
    """Rows that are rows of this kind at all; raises ValidationError that names row and field."""
    if not isinstance(rows, list) or not rows:
        raise serializers.ValidationError({"rows": [_("A list of rows is needed.")]})
    if len(rows) > bulk.AT_ONCE:
        limit = _("At most %(count)s rows at once.") % {"count": bulk.AT_ONCE}
        raise serializers.ValidationError({"rows": [limit]})
    if wrong := misfits(kind, rows):
        raise serializers.ValidationError(
            {
                "rows": {
                    row: {field: [_(WRONG[code])] for field, code in fields.items()}
                    for row, fields in wrong.items()
                }
            }
        )
    return rows


def bulk_of(kind: str) -> type[Bulk]:
    """The endpoint of one kind."""

    @extend_schema(
        request={"application/json": _request_schema(kind)},
        responses={202: BulkSerializer},
        examples=[OpenApiExample(f"{kind} in bulk", EXAMPLES[kind], request_only=True)],
    )
    def post(self, request):
        return self.take(request)

    return type(
        f"{kind.title()}Bulk", (Bulk,), {"kind": kind, "post": post, "__doc__": Bulk.__doc__}
    )


class BulkInList(BulkSerializer):
    class Meta(BulkSerializer.Meta):
        fields = tuple(name for name in BulkSerializer.Meta.fields if name != "report")
        read_only_fields = fields


class BulkList(ListAPIView):
    """Rows sent at once, the latest first; an administrator and an auditor see everybody's."""

    serializer_class = BulkInList
    pagination_class = LatestFirst
    filters = {
        "kind": ("kind", one_of(EXAMPLES)),
        "source": ("source", phrase),
    }
    sorts = {"id": "pk", "at": "at"}

    def get_queryset(self):
        found = BulkLoad.objects.defer("content", "keys", "findings")
        return found.select_related("job")


class BulkDetail(APIView):
    """Rows sent at once: the state, and the report once they are in."""

    @extend_schema(responses=BulkSerializer)
    def get(self, request, pk):
        found = BulkLoad.objects.defer("content", "keys", "findings").select_related("job")
        return Response(BulkSerializer(find(BulkLoad, queryset=found, pk=pk)).data)


class BulkRows(APIView):
    """What became of each row, in the order they were sent; with ``status`` only of some."""

    @extend_schema(
        parameters=[
            one_of(bulk.STATUSES)("status"),
            whole("cursor", "The row after which to begin."),
            whole("page_size", minimum=1, maximum=MOST),
        ],
        responses=BulkRowsAnswer,
    )
    def get(self, request, pk):
        found = BulkLoad.objects.defer("content").select_related("job")
        load = find(BulkLoad, queryset=found, pk=pk)
        asked = request.query_params
        after, size = int(asked.get("cursor") or 0), int(asked.get("page_size") or PAGE)
        numbers = bulk.rows_with(load, asked.get("status", "")) if load.report else []
        left = [row for row in numbers if row > after]
        before = [row for row in numbers if row <= after]
        shown = left[:size]
        answer = {
            "next": self._address(request, shown[-1]) if len(left) > size else None,
            "previous": self._address(request, before[-size - 1] if len(before) > size else 0)
            if before
            else None,
            "results": bulk.results(load, shown, get_language() or "en"),
        }
        return Response(BulkRowsAnswer(answer).data)

    @staticmethod
    def _address(request, cursor: int) -> str:
        query = request.query_params.copy()
        query["cursor"] = cursor
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
