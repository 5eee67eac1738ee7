"""Mail that people hand on, over REST: each their own."""

import base64

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.importing.letters import MAX_LETTER
from accounts.models import Client, Letter
from accounts.services import letters
from kam.lib.api_parameters import one_of, sent
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find_editable

from .promises import _told


class LetterSerializer(serializers.ModelSerializer):
    class Meta:
        model = Letter
        fields = (
            "id", "state", "sender_name", "sender_email", "subject", "text", "date", "dropped",
            "interaction", "received_at",
        )  # fmt: skip
        read_only_fields = fields


class LetterContentSerializer(serializers.Serializer):
    """``content``: the mail as it came, in Base64."""

    content = serializers.CharField(max_length=MAX_LETTER // 3 * 4 + 4)


class LetterOutcomeSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(letters.OUTCOMES)


class LetterList(ListAPIView):
    """One's mail; ``POST`` takes a mail in."""

    serializer_class = LetterSerializer
    filters = {"state": ("state", one_of(Letter.State.values))}
    largest = 40 * 2**20

    def get_queryset(self):
        return Letter.objects.filter(person=self.request.user).order_by("pk")

    @extend_schema(
        request=LetterContentSerializer,
        responses={201: LetterOutcomeSerializer},
        examples=sent(content="RnJvbTogYW5uQHNob3AuZXhhbXBsZQpTdWJqZWN0OiBQcmljZXMKCkhlbGxvCg=="),
    )
    def post(self, request):
        asked = LetterContentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            content = base64.b64decode(asked.validated_data["content"], validate=True)
        except ValueError as error:  # of letters that no Base64 has, a plain one
            raise serializers.ValidationError({"content": ["Base64?"]}) from error
        try:
            outcome = letters.take_file(content, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response({"outcome": outcome}, status=status.HTTP_201_CREATED)


class LetterPlacingSerializer(serializers.Serializer):
    client = serializers.IntegerField(min_value=0, max_value=10**18)


class LetterPlacing(APIView):
    """Give a letter its client: it becomes a talk there."""

    @extend_schema(
        request=LetterPlacingSerializer, responses=LetterSerializer, examples=sent(client=2)
    )
    def post(self, request, pk):
        letter = find_editable(Letter, pk=pk)
        asked = LetterPlacingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        client = find_editable(Client, pk=asked.validated_data["client"])
        try:
            letters.place(letter, client)
        except ValidationError as error:
            raise _told(error) from error
        return Response(LetterSerializer(letter).data)


class LetterDismissal(APIView):
    """Put a letter aside: nothing of it stays."""

    @extend_schema(request=None, responses=LetterSerializer)
    def post(self, request, pk):
        letter = find_editable(Letter, pk=pk)
        try:
            letters.dismiss(letter)
        except ValidationError as error:
            raise _told(error) from error
        letter.refresh_from_db()
        return Response(LetterSerializer(letter).data)
