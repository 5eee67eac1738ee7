"""Hours, costs of clients and of the programme, and what clients leave, over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.efforts import ProgrammeCostForm, ServiceCostForm
from accounts.models import Client, EffortWeek, ProgrammeCost, ServiceCost
from accounts.services import efforts, serving
from kam.lib.api_parameters import one_of, sent
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .benefits import _changed, _filled
from .clients import OF_CLIENT
from .contacts import _client_of
from .promises import _told


class EffortSerializer(serializers.ModelSerializer):
    """``week``: its Monday.  ``estimated``: by the rules, when it was saved.  What an hour cost is
    told to nobody here."""

    class Meta:
        model = EffortWeek
        fields = ("id", "client", "person", "week", "hours", "estimated", "saved_at")
        read_only_fields = ("id", "person", "estimated", "saved_at")


class EffortList(ListAPIView):
    """Hours by client, person and week; ``POST`` says what a week of one's own took."""

    serializer_class = EffortSerializer
    filters = {**OF_CLIENT}
    sorts = {"id": "pk", "week": "week"}

    def get_queryset(self):
        return EffortWeek.objects.order_by("pk")

    @extend_schema(
        request=EffortSerializer,
        responses={201: EffortSerializer},
        examples=sent(client=2, week="2026-03-09", hours="4.50"),
    )
    def post(self, request):
        client = _client_of(request.data)
        asked = EffortSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        week = asked.validated_data["week"]
        try:
            efforts.save_week(request.user, week, {client.pk: asked.validated_data["hours"]})
        except ValidationError as error:
            raise _told(error) from error
        row = EffortWeek.objects.get(client=client, person=request.user, week=week)
        return Response(EffortSerializer(row).data, status=status.HTTP_201_CREATED)


def _money():
    return serializers.DecimalField(max_digits=20, decimal_places=2)


class ServiceCostSerializer(serializers.ModelSerializer):
    """Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = ServiceCost
        fields = (
            "id", "client", "kind", "what", "date", "amount", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "author", "created_at")


class ServiceCostList(ListAPIView):
    """Money spent on single clients that no document tells of; ``POST`` writes a cost down."""

    serializer_class = ServiceCostSerializer
    filters = {**OF_CLIENT, "kind": ("kind", one_of(ServiceCost.Kind.values))}
    sorts = {"id": "pk", "date": "date", "amount": "amount"}

    def get_queryset(self):
        return ServiceCost.objects.order_by("pk")

    @extend_schema(
        request=ServiceCostSerializer,
        responses={201: ServiceCostSerializer},
        examples=sent(
            client=2,
            kind="service",
            what="A fitter for a day",
            date="2026-03-09",
            amount="12000.00",
        ),
    )
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(ServiceCostForm, request.data, None)
        row = efforts.add_service_cost(client, form.values(), request.user)
        return Response(ServiceCostSerializer(row).data, status=status.HTTP_201_CREATED)


class ServiceCostDetail(APIView):
    """One cost of a client."""

    @extend_schema(responses=ServiceCostSerializer)
    def get(self, request, pk):
        return Response(ServiceCostSerializer(find(ServiceCost, pk=pk)).data)

    @extend_schema(request=ServiceCostSerializer, responses=ServiceCostSerializer)
    def patch(self, request, pk):
        row = find_editable(ServiceCost, pk=pk)
        form = _filled(ServiceCostForm, request.data, find(ServiceCost, pk=pk))
        _changed(request, row, form, efforts.change_cost)
        return Response(ServiceCostSerializer(row).data)


class ProgrammeCostSerializer(serializers.ModelSerializer):
    """Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = ProgrammeCost
        fields = ("id", "kind", "what", "date", "amount", "author", "created_at", "version")
        read_only_fields = ("id", "author", "created_at")


class ProgrammeCostList(ListAPIView):
    """What the programme takes that no single client does; ``POST`` writes a cost down."""

    serializer_class = ProgrammeCostSerializer
    filters = {"kind": ("kind", one_of(ProgrammeCost.Kind.values))}
    sorts = {"id": "pk", "date": "date", "amount": "amount"}

    def get_queryset(self):
        return ProgrammeCost.objects.order_by("pk")

    @extend_schema(
        request=ProgrammeCostSerializer,
        responses={201: ProgrammeCostSerializer},
        examples=sent(
            kind="training", what="A course on talks", date="2026-03-09", amount="60000.00"
        ),
    )
    def post(self, request):
        form = _filled(ProgrammeCostForm, request.data, None)
        row = efforts.add_programme_cost(form.values(), request.user)
        return Response(ProgrammeCostSerializer(row).data, status=status.HTTP_201_CREATED)


class ProgrammeCostDetail(APIView):
    """One cost of the programme."""

    @extend_schema(responses=ProgrammeCostSerializer)
    def get(self, request, pk):
        return Response(ProgrammeCostSerializer(find(ProgrammeCost, pk=pk)).data)

    @extend_schema(request=ProgrammeCostSerializer, responses=ProgrammeCostSerializer)
    def patch(self, request, pk):
        row = find_editable(ProgrammeCost, pk=pk)
        form = _filled(ProgrammeCostForm, request.data, find(ProgrammeCost, pk=pk))
        _changed(request, row, form, efforts.change_cost)
        return Response(ProgrammeCostSerializer(row).data)


class ClientValueSerializer(serializers.Serializer):
    """Twelve months up to today, in the company's currency; the margin is after discounts."""

    start = serializers.DateField()
    end = serializers.DateField()
    revenue = _money()
    margin = _money()
    hours = serializers.DecimalField(max_digits=9, decimal_places=2)
    hours_cost = _money()
    rebates = _money()
    service = _money()
    late_payment = _money()
    discounts = _money()
    contribution = _money()
    lifetime_value = serializers.FloatField()


class ClientValue(APIView):
    """What a client costs and leaves in a year, and what it may be worth in three."""

    @extend_schema(responses=ClientValueSerializer)
    def get(self, request, pk):
        value = serving.value_of(find(Client, pk=pk), today())
        now = value.now
        told = {
            "start": value.start,
            "end": value.end,
            "revenue": now.revenue,
            "margin": now.margin,
            "hours": now.hours,
            "hours_cost": now.hours_cost,
            "rebates": now.rebates,
            "service": now.service,
            "late_payment": now.late_cost,
            "discounts": now.discounts,
            "contribution": now.contribution,
            "lifetime_value": round(value.lifetime.value, 2),
        }
        return Response(ClientValueSerializer(told).data)
