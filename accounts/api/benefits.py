"""What clients gain, their words for others, and who brought whom, over REST."""

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.benefits import BenefitForm, ReferenceForm, people_of
from accounts.models import Benefit, Client, Reference
from accounts.selectors import benefits as found
from accounts.selectors import ledger
from accounts.services import benefits
from accounts.services.clients import Conflict
from kam.lib.api_parameters import one_of, sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told


class BenefitSerializer(serializers.ModelSerializer):
    """``amount``: for a year, in the company's currency.  Another figure than the client confirmed
    is a claim again.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Benefit
        fields = (
            "id", "client", "what", "amount", "method", "since", "until", "state", "contact",
            "settled_on", "evidence", "file_name", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "state", "contact", "settled_on", "evidence", "file_name", "author", "created_at",
        )  # fmt: skip


class BenefitList(ListAPIView):
    """What clients gain; ``POST`` writes a claim down."""

    serializer_class = BenefitSerializer
    filters = {**OF_CLIENT, "state": ("state", one_of(Benefit.State.values))}
    sorts = {"id": "pk", "amount": "amount"}

    def get_queryset(self):
        return Benefit.objects.order_by("pk")

    @extend_schema(
        request=BenefitSerializer,
        responses={201: BenefitSerializer},
        examples=sent(
            client=2, what="Less water", amount="120000.00", method="meters", since="2026-01-01"
        ),
    )
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(BenefitForm, request.data, None)
        row = benefits.claim(client, form.values(), request.user)
        return Response(BenefitSerializer(row).data, status=status.HTTP_201_CREATED)


def _filled(kind, data, row, **options):
    """The form of the page, filled from JSON: one set of rules for people and programs."""
    names = kind.Meta.fields
    present = model_to_dict(row, fields=names) if row is not None else {}
    given = {name: data[name] for name in names if name in data}
    form = kind({**present, **given}, instance=row, **options)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


def _changed(request, row, form, change):
    """Write what the form says; raises 400 and 409."""
    version = version_asked(request)
    values = form.values()
    try:
        change(row, values, row.version if version is None else version)
    except ValidationError as error:
        raise _told(error) from error
    except Conflict as conflict:
        raise ChangedMeanwhile(conflict.present.version) from conflict


class BenefitDetail(APIView):
    """One benefit."""

    @extend_schema(responses=BenefitSerializer)
    def get(self, request, pk):
        return Response(BenefitSerializer(find(Benefit, pk=pk)).data)

    @extend_schema(request=BenefitSerializer, responses=BenefitSerializer)
    def patch(self, request, pk):
        row = find_editable(Benefit, pk=pk)
        form = _filled(BenefitForm, request.data, find(Benefit, pk=pk))
        _changed(request, row, form, benefits.change)
        return Response(BenefitSerializer(row).data)


class BenefitOutcomeSerializer(serializers.Serializer):
    """``contact``: who of the client says it, needed where it is confirmed; ``on``: today where
    left out."""

    outcome = serializers.ChoiceField(["confirmed", "disputed"])
    evidence = serializers.CharField(max_length=1000)
    contact = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    on = serializers.DateField(required=False)


class BenefitSettlement(APIView):
    """What the client says to it."""

    @extend_schema(request=BenefitOutcomeSerializer, responses=BenefitSerializer)
    def post(self, request, pk):
        row = find_editable(Benefit, queryset=found.benefits(), pk=pk)
        asked = BenefitOutcomeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        contact = None
        if number := said.pop("contact", None):
            contact = people_of(row.client).filter(pk=min(number, 10**18)).first()
        try:
            row = benefits.settle(
                row, said.pop("outcome"), said.pop("evidence"), contact=contact, **said
            )
        except ValidationError as error:
            raise _told(error) from error
        return Response(BenefitSerializer(row).data)


class BenefitTotalsSerializer(serializers.Serializer):
    """Sums a year of what runs today, in the company's currency."""

    confirmed = serializers.DecimalField(max_digits=20, decimal_places=2)
    claimed = serializers.DecimalField(max_digits=20, decimal_places=2)
    disputed = serializers.DecimalField(max_digits=20, decimal_places=2)


class ClientBenefit(APIView):
    """What a client with its members gains from us a year."""

    @extend_schema(responses=BenefitTotalsSerializer)
    def get(self, request, pk):
        day = today()
        entities = ledger.legal_entities(find(Client, pk=pk), day)
        return Response(BenefitTotalsSerializer(vars(found.totals_of(entities, day))).data)


class ReferenceSerializer(serializers.ModelSerializer):
    """Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Reference
        fields = (
            "id", "client", "kind", "title", "text", "link", "contact", "given_on", "permission",
            "permitted_by", "permitted_until", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "author", "created_at")


class ReferenceList(ListAPIView):
    """Reviews, case studies and who can be called; ``POST`` writes one down."""

    serializer_class = ReferenceSerializer
    filters = {
        **OF_CLIENT,
        "kind": ("kind", one_of(Reference.Kind.values)),
        "permission": ("permission", one_of(Reference.Permission.values)),
    }
    sorts = {"id": "pk", "given_on": "given_on"}

    def get_queryset(self):
        return Reference.objects.order_by("pk")

    @extend_schema(
        request=ReferenceSerializer,
        responses={201: ReferenceSerializer},
        examples=sent(client=2, kind="review", title="They keep their word", given_on="2026-03-02"),
    )
    def post(self, request):
        client = _client_of(request.data)
        data = {"kind": "review", "permission": "none", **request.data}
        form = _filled(ReferenceForm, data, None, client=client)
        try:
            row = benefits.keep_reference(client, form.values(), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ReferenceSerializer(row).data, status=status.HTTP_201_CREATED)


class ReferenceDetail(APIView):
    """One reference."""

    @extend_schema(responses=ReferenceSerializer)
    def get(self, request, pk):
        return Response(ReferenceSerializer(find(Reference, pk=pk)).data)

    @extend_schema(request=ReferenceSerializer, responses=ReferenceSerializer)
    def patch(self, request, pk):
        row = find_editable(Reference, queryset=found.references(), pk=pk)
        form = _filled(ReferenceForm, request.data, find(Reference, pk=pk), client=row.client)
        _changed(request, row, form, benefits.change_reference)
        return Response(ReferenceSerializer(row).data)


class ReferralSerializer(serializers.Serializer):
    """``referrer``: a client of ours that one sees; ``name`` of any other.  ``revenue``: since the
    recommendation, net of VAT."""

    client = serializers.IntegerField()
    referrer = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    revenue = serializers.DecimalField(max_digits=20, decimal_places=2)


class Referrals(APIView):
    """Clients that came by a recommendation, the most bought first."""

    @extend_schema(responses=ReferralSerializer(many=True))
    def get(self, request):
        rows = [
            {
                "client": row.relation.client_id,
                "referrer": row.referrer.pk if row.referrer else None,
                "name": row.name,
                "since": row.relation.since,
                "revenue": row.revenue,
            }
            for row in found.referrals(today())
        ]
        return Response(ReferralSerializer(rows, many=True).data)
