"""Rows by the ids of other systems: ``PUT`` makes or completes one, by the rules of files; so who
may load files may do this, for whichever client."""

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response

from accounts.models import Client, Document, Payment
from accounts.services import bulk
from accounts.services.importing import Report
from accounts.services.importing.running import is_free
from kam.lib.api_parsers import ExactJSON
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find

from .bulk import checked_rows, row_schema
from .bulk_examples import EXAMPLES
from .clients import DATED, ByDate, ClientSerializer, DocumentSerializer


class Busy(exceptions.APIException):
    """409: a file or many rows are being taken in; rows come one after the other."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "busy"


class PaymentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Payment
        fields = (
            "id", "client", "number", "date", "amount", "currency", "document_number", "source",
            "version", "known_from",
        )  # fmt: skip
        read_only_fields = fields


class PaymentList(ListAPIView):
    """Payments as known today, latest first; ``amount`` in the company's currency."""

    serializer_class = PaymentSerializer
    pagination_class = ByDate
    filters = DATED
    sorts = {"date": "date", "amount": "amount", "id": "pk"}

    def get_queryset(self):
        return Payment.objects.filter(known_to__isnull=True)


class ByExternal(APIView):
    """What all share: a row is checked, written by the rules of files, and answered."""

    kind = ""
    own = ""  # the field that the address names
    parser_classes = (ExactJSON,)

    def write(self, request, source: str, external_id: str) -> tuple[dict, Report]:
        data = request.data
        if not isinstance(data, dict) or not data:
            raise serializers.ValidationError({"non_field_errors": [_("Send the row.")]})
        vat = data.get("vat_meaning") if self.kind == "documents" else None
        row = {name: value for name, value in data.items() if name != "vat_meaning"}
        row[self.own] = external_id
        if len(source) > 60 or "\x00" in external_id:
            raise Http404
        try:
            checked_rows(self.kind, [row])
        except serializers.ValidationError as error:
            raise serializers.ValidationError(error.detail["rows"]["1"]) from error
        if not is_free():
            raise Busy(_("A file is being taken in. Ask again in a moment."))
        report = bulk.take_in(request.user, self.kind, source, [row], vat=str(vat or ""))
        self._refuse(report)
        return row, report

    def _refuse(self, report: Report) -> None:
        """Raise ValidationError where the row was not written; what it left is rolled back."""
        fields: dict[str, list[str]] = {}
        for issue in report.errors:
            said = bulk.told(
                issue.column or "", issue.code, issue.params, row=0, language=get_language() or ""
            )
            fields.setdefault(said["field"] or "non_field_errors", []).append(said["message"])
        if report.waiting:
            fields["client"] = [_("No client is known by this.")]
        if fields:
            raise serializers.ValidationError(fields)


def _row(kind: str, own: str) -> dict:
    """The schema of a row of which the address names one field."""
    schema = row_schema(kind)
    properties = {name: each for name, each in schema["properties"].items() if name != own}
    if kind == "documents":
        properties["vat_meaning"] = {
            "type": "string",
            "pattern": r"^(none|(included|excluded)(:\d{1,2}([.]\d{1,2})?)?)$",
            "description": "How `amount` is meant, where no VAT is given.",
        }
    return {"application/json": {**schema, "properties": properties, "minProperties": 1}}


def _example(kind: str, own: str) -> list[OpenApiExample]:
    row = {name: value for name, value in EXAMPLES[kind]["rows"][0].items() if name != own}
    return [OpenApiExample(f"one of {kind}", row, request_only=True)]


class ClientByExternal(ByExternal):
    """A client by the id that another system gives it."""

    kind, own = "clients", "external_id"

    @extend_schema(responses=ClientSerializer)
    def get(self, request, source, external_id):
        return self.answer(source, external_id)

    @extend_schema(
        request=_row("clients", "external_id"),
        responses={200: ClientSerializer, 201: ClientSerializer},
        examples=_example("clients", "external_id"),
    )
    def put(self, request, source, external_id):
        _sent, report = self.write(request, source, external_id)
        made = report.counts("clients").created
        return self.answer(source, external_id, 201 if made else 200)

    def answer(self, source: str, external_id: str, code: int = 200) -> Response:
        client = find(
            Client,
            queryset=Client.objects.select_related("owner", "place"),
            identifiers__source=source,
            identifiers__external_id=external_id,
        )
        return Response(ClientSerializer(client).data, status=code)


class DocumentByExternal(ByExternal):
    """A document by its number in another system; number, year and type tell documents apart."""

    kind, own = "documents", "number"

    @extend_schema(
        request=_row("documents", "number"),
        responses={200: DocumentSerializer, 201: DocumentSerializer},
        examples=_example("documents", "number"),
    )
    def put(self, request, source, external_id):
        row, report = self.write(request, source, external_id)
        rows = Document.objects.filter(
            source=source, number=external_id, known_to=None, date=row["date"]
        ).order_by("-pk")
        document = rows.prefetch_related("lines__product").first()
        if document is None:
            raise Http404
        made = report.counts("documents").created
        return Response(DocumentSerializer(document).data, status=201 if made else 200)


class PaymentByExternal(ByExternal):
    """A payment by its number in another system; number, date and client tell payments apart."""

    kind, own = "payments", "number"

    @extend_schema(
        request=_row("payments", "number"),
        responses={200: PaymentSerializer, 201: PaymentSerializer},
        examples=_example("payments", "number"),
    )
    def put(self, request, source, external_id):
        row, report = self.write(request, source, external_id)
        payment = (
            Payment.objects.filter(
                source=source, number=external_id, known_to=None, date=row["date"]
            )
            .order_by("-pk")
            .first()
        )
        if payment is None:
            raise Http404
        made = report.counts("payments").created
        return Response(PaymentSerializer(payment).data, status=201 if made else 200)
