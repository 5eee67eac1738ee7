"""Debts of clients, stopped shipments and promised payments over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.receivables import PaymentPromiseForm
from accounts.measures.receivables import AGES
from accounts.models import Client, ShipmentStop
from accounts.selectors import ledger
from accounts.services import debts as found
from accounts.services import receivables
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT
from .contacts import _client_of
from .promises import PromiseSerializer, _told


def _money(**options):
    return serializers.DecimalField(max_digits=20, decimal_places=2, **options)


class ByAgeSerializer(serializers.Serializer):
    """Still to be paid, with VAT in the company's currency, by days past due."""

    not_due = _money()
    to_30 = _money()
    to_60 = _money()
    to_90 = _money()
    over_90 = _money()


class ReceivableSerializer(ByAgeSerializer):
    """``oldest``: days past due of the oldest document; ``late``: all that is past due."""

    client = serializers.IntegerField(source="served")
    total = _money()
    late = _money()
    first_due = serializers.DateField(allow_null=True)


class ReceivableList(APIView):
    """Clients that owe, who is most past due first; 50 a page, ``page`` from 1."""

    @extend_schema(
        parameters=[
            whole("page", "From 1."),
            whole("owner", "The KAM whose clients."),
            one_of(["overdue", "stopped"])("only", "Only these."),
        ],
        responses=ReceivableSerializer(many=True),
    )
    def get(self, request):
        asked = request.query_params
        number = max(1, min(int(asked.get("page") or 1), 10**6))
        filters = found.Filters(asked.get("owner", ""), asked.get("only", ""))
        start = (number - 1) * found.PAGE
        rows = list(found.by_client(filters, today())[start : start + found.PAGE])
        seen = set(
            Client.objects.filter(pk__in=[row["served"] for row in rows]).values_list(
                "pk", flat=True
            )
        )
        rows = [row for row in rows if row["served"] in seen]
        return Response(ReceivableSerializer(rows, many=True).data)


class WeekSerializer(serializers.Serializer):
    start = serializers.DateField()
    by_due = _money()
    by_habit = _money()
    promised = _money()


class ClientDebtSerializer(serializers.Serializer):
    """``dso``: days of sales that are unpaid; ``usual_lateness``: days, weighted by amount;
    ``weeks``: when money may come, by due day, by habit, and as promised."""

    by_age = ByAgeSerializer()
    total = _money()
    overdue = _money()
    oldest = serializers.IntegerField()
    dso = serializers.DecimalField(max_digits=12, decimal_places=1, allow_null=True)
    usual_lateness = serializers.DecimalField(max_digits=12, decimal_places=1, allow_null=True)
    credit_limit = _money(allow_null=True)
    weeks = WeekSerializer(many=True)


class ClientReceivables(APIView):
    """What one client owes, by age, and when it may be expected."""

    @extend_schema(responses=ClientDebtSerializer)
    def get(self, request, pk):
        client, day = find(Client, pk=pk), today()
        account = found.account(client, ledger.legal_entities(client, day), day)
        told = {
            "by_age": {name: account.ageing.by_age[name] for name in AGES},
            "total": account.ageing.total,
            "overdue": account.ageing.overdue,
            "oldest": account.ageing.oldest,
            "dso": account.dso,
            "usual_lateness": account.late,
            "credit_limit": account.limit,
            "weeks": account.calendar.weeks,
        }
        return Response(ClientDebtSerializer(told).data)


class PromisedPaymentSerializer(serializers.Serializer):
    amount = _money()
    due = serializers.DateField()
    contact = serializers.IntegerField(required=False, allow_null=True)


class ClientPromisedPayments(APIView):
    """``POST`` writes down when the client says it will pay: a promise of theirs."""

    @extend_schema(
        request=PromisedPaymentSerializer,
        responses={201: PromiseSerializer},
        examples=sent(amount="120000.00", due="2026-03-20"),
    )
    def post(self, request, pk):
        client = find_editable(Client, pk=pk)
        form = PaymentPromiseForm(dict(request.data.items()), client=client)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            promise = receivables.promise_payment(client, form.cleaned_data, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(PromiseSerializer(promise).data, status=status.HTTP_201_CREATED)


class ShipmentStopSerializer(serializers.ModelSerializer):
    class Meta:
        model = ShipmentStop
        fields = (
            "id", "client", "rule", "reason", "since", "until", "author", "released_on",
            "released_by", "release_reason", "rest_until", "created_at",
        )  # fmt: skip
        read_only_fields = (
            "id", "rule", "since", "author", "released_on", "released_by", "release_reason",
            "rest_until", "created_at",
        )  # fmt: skip


class ShipmentStopList(ListAPIView):
    """Clients to whom nothing is shipped, now and before; ``POST`` stops one by hand."""

    serializer_class = ShipmentStopSerializer
    filters = {**OF_CLIENT, "rule": ("rule", one_of(ShipmentStop.Rule.values))}
    sorts = {"id": "pk", "since": "since"}

    def get_queryset(self):
        return ShipmentStop.objects.order_by("pk")

    @extend_schema(
        request=ShipmentStopSerializer,
        responses={201: ShipmentStopSerializer},
        examples=sent(client=2, reason="Nothing paid since January", until="2026-04-30"),
    )
    def post(self, request):
        client = _client_of(request.data)
        asked = ShipmentStopSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            row = receivables.stop(client, said["reason"], request.user, until=said.get("until"))
        except ValidationError as error:
            raise _told(error) from error
        return Response(ShipmentStopSerializer(row).data, status=status.HTTP_201_CREATED)


class ReleaseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class ShipmentStopRelease(APIView):
    """Lift a stop, with a reason."""

    @extend_schema(request=ReleaseSerializer, responses=ShipmentStopSerializer)
    def post(self, request, pk):
        row = find_editable(ShipmentStop, pk=pk)
        asked = ReleaseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            receivables.release(row, asked.validated_data["reason"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ShipmentStopSerializer(row).data)
