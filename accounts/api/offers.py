"""Exceptional offers over REST: drafted, given as promises, ended for a reason."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import ExceptionalOffer, OfferPart, Process
from accounts.selectors import ledger
from accounts.selectors import offers as found
from accounts.selectors.people import people_beside
from accounts.services import offers
from accounts.services.clients import Conflict
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told
from .removals import RemovalSerializer, removed


class OfferPartSerializer(serializers.ModelSerializer):
    """``promise``: what the part became when the offer was given; from then on it is changed and
    settled there."""

    class Meta:
        model = OfferPart
        fields = ("id", "offer", *offers.PART_FIELDS, "promise")
        read_only_fields = ("id", "offer", "promise")

    def get_fields(self):
        fields = super().get_fields()
        fields["owner"].queryset = people_beside(current())
        return fields


class OfferSerializer(serializers.ModelSerializer):
    """``state``: draft, in force or ended, today.  Changing needs ``version``."""

    parts = OfferPartSerializer(many=True, read_only=True)
    state = serializers.SerializerMethodField()
    version = serializers.IntegerField(required=False)

    class Meta:
        model = ExceptionalOffer
        fields = (
            "id", "client", *offers.FIELDS, "state", "given_on", "ended_on", "end_reason", "parts",
            "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = (
            "id", "client", "given_on", "ended_on", "end_reason", "author", "created_at",
        )  # fmt: skip

    def get_fields(self):
        fields = super().get_fields()
        fields["process"].queryset = Process.objects.filter(stopped_on__isnull=True)
        return fields

    def validate(self, data):
        value = lambda name: data.get(name, getattr(self.instance, name, None))  # noqa: E731
        if value("ends") and value("starts") and value("ends") < value("starts"):
            raise serializers.ValidationError({"ends": [_("It cannot end before it begins.")]})
        client = self.context.get("client") or getattr(self.instance, "client", None)
        way = data.get("process")
        if way and client and way.client_id not in ledger.legal_entities(client, today()):
            raise serializers.ValidationError(
                {"process": [_("This process is of another client.")]}
            )
        return data

    @extend_schema_field(serializers.ChoiceField(ExceptionalOffer.State.choices))
    def get_state(self, offer) -> str:
        return offer.state_on(today())

    def values(self) -> dict:
        return {name: v for name, v in self.validated_data.items() if name != "version"}


class OfferList(ListAPIView):
    """Exceptional offers; ``POST`` drafts one."""

    serializer_class = OfferSerializer
    filters = OF_CLIENT
    sorts = {"id": "pk", "starts": "starts"}

    def get_queryset(self):
        return found.whole().order_by("pk")

    @extend_schema(
        request=OfferSerializer,
        responses={201: OfferSerializer},
        examples=sent(
            client=2, title="Hygiene all round", expectation="One supplier for all sites",
            starts="2026-04-01",
        ),
    )  # fmt: skip
    def post(self, request):
        client = _client_of(request.data)
        asked = OfferSerializer(data=request.data, context={"client": client})
        asked.is_valid(raise_exception=True)
        offer = offers.draft(client, asked.values(), request.user)
        return Response(_shown(offer), status=status.HTTP_201_CREATED)


class OfferDetail(APIView):
    @extend_schema(responses=OfferSerializer)
    def get(self, request, pk):
        return Response(OfferSerializer(find(ExceptionalOffer, queryset=found.whole(), pk=pk)).data)

    @extend_schema(request=OfferSerializer, responses=OfferSerializer)
    def patch(self, request, pk):
        offer = find_editable(ExceptionalOffer, queryset=found.whole(), pk=pk)
        version = version_asked(request)
        asked = OfferSerializer(offer, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        try:
            offers.change(offer, asked.values(), offer.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(_shown(offer))

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "offer", find_editable(ExceptionalOffer, pk=pk))


def _shown(offer: ExceptionalOffer) -> dict:
    return OfferSerializer(found.whole().get(pk=offer.pk)).data


class OfferParts(APIView):
    """Add a part to an offer; to one that is given already, it is promised at once."""

    @extend_schema(
        request=OfferPartSerializer,
        responses={201: OfferPartSerializer},
        examples=sent(
            kind="stock", what="60 boxes of gloves put aside", due="2026-04-01",
            assured="A shelf of their own in the store",
        ),
    )  # fmt: skip
    def post(self, request, pk):
        offer = find_editable(ExceptionalOffer, pk=pk)
        asked = OfferPartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            part = offers.add_part(offer, asked.validated_data, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(OfferPartSerializer(part).data, status=status.HTTP_201_CREATED)


class OfferPartDetail(APIView):
    """A part that is not promised yet."""

    @extend_schema(request=OfferPartSerializer, responses=OfferPartSerializer)
    def patch(self, request, pk):
        part = find_editable(OfferPart, pk=pk)
        version = version_asked(request)
        asked = OfferPartSerializer(part, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        try:
            offers.change_part(
                part, asked.validated_data, part.offer.version if version is None else version
            )
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(OfferPartSerializer(part).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request, pk):
        part = find_editable(OfferPart, pk=pk)
        try:
            offers.remove_part(part)
        except ValidationError as error:
            raise _told(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class OfferGiving(APIView):
    """The client has it from today on: every part becomes a promise."""

    @extend_schema(request=None, responses=OfferSerializer)
    def post(self, request, pk):
        offer = find_editable(ExceptionalOffer, pk=pk)
        try:
            offers.give(offer, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(_shown(offer))


class OfferEndingSerializer(serializers.Serializer):
    """``on``: its last day, today where left out."""

    reason = serializers.CharField(max_length=500)
    on = serializers.DateField(required=False)


class OfferEnding(APIView):
    """End it early; its open promises stay."""

    @extend_schema(request=OfferEndingSerializer, responses=OfferSerializer)
    def post(self, request, pk):
        offer = find_editable(ExceptionalOffer, pk=pk)
        asked = OfferEndingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            offers.end(offer, **asked.validated_data)
        except ValidationError as error:
            raise _told(error) from error
        return Response(_shown(offer))
