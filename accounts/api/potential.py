"""Room to grow over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client, Potential, Wallet
from accounts.selectors import potential as found
from accounts.services import potential
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView
from kam.lib.views import find, find_editable


class ReasonSerializer(serializers.Serializer):
    family = serializers.CharField(allow_blank=True)
    buyers = serializers.IntegerField()
    peers = serializers.IntegerField()
    own = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class PotentialSerializer(serializers.ModelSerializer):
    """The range is null with fewer than five look-alikes; share in per cent."""

    client = serializers.IntegerField(source="client_id")
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Potential
        fields = (
            "client", "as_of", "peers", "yardstick", "low", "middle", "high", "revenue", "wallet",
            "wallet_stated", "share", "reasons",
        )  # fmt: skip
        read_only_fields = fields

    def get_reasons(self, row) -> list[dict]:
        return ReasonSerializer(found.reasons_of(row), many=True).data


class ClientPotential(APIView):
    """The latest estimate of a client's room to grow; 204 where there is none."""

    @extend_schema(responses={200: PotentialSerializer, 204: None})
    def get(self, request, pk):
        row = found.potential_of(find(Client, pk=pk))
        if row is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(PotentialSerializer(row).data)


class WalletSerializer(serializers.ModelSerializer):
    author_name = serializers.CharField(source="author.name", default=None, read_only=True)

    class Meta:
        model = Wallet
        fields = ("id", "amount", "date", "source", "author_name", "known_from", "known_to")
        read_only_fields = ("id", "known_from", "known_to")
        extra_kwargs = {"date": {"required": False}}


class WalletList(APIView):
    """What a client says it buys in our field in a year, the latest first."""

    @extend_schema(responses=WalletSerializer(many=True))
    def get(self, request, pk):
        find(Client, pk=pk)
        return Response(WalletSerializer(found.wallets_of(pk), many=True).data)

    @extend_schema(
        request=WalletSerializer,
        responses={201: WalletSerializer},
        examples=sent(amount="5400000.00", date="2026-03-05", source="Коммерческий директор"),
    )
    def post(self, request, pk):
        client = find_editable(Client, pk=pk)
        asked = WalletSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            wallet = potential.state_wallet(
                client,
                data["amount"],
                date=data.get("date"),
                source=data.get("source", ""),
                author=request.user,
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(WalletSerializer(wallet).data, status=status.HTTP_201_CREATED)
