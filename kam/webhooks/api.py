"""Webhooks over REST: the same as the pages, for keys that administer."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from kam.lib.addresses import NotAllowed
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, ListCreateAPIView, version_asked
from kam.lib.views import find, find_editable

from . import services
from .catalogue import CHOICES, EVENTS
from .models import Attempt, Delivery, Endpoint
from .selectors import log
from .words import REFUSALS


class ChangedMeanwhile(APIException):
    """409: somebody saved the endpoint since it was read."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self):
        super().__init__(_("Somebody saved this meanwhile. Read it again."))


class SwitchedOff(APIException):
    """409: the endpoint takes nothing."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "stopped"

    def __init__(self):
        super().__init__(_("Switch the webhook on first."))


class WebhookSerializer(serializers.ModelSerializer):
    """``stopped``: why nothing is sent: ``person``, ``gone``, ``failing``.  ``active`` true
    switches it on again."""

    events = serializers.ListField(
        child=serializers.ChoiceField(CHOICES),
        min_length=1,
        max_length=50,
    )
    active = serializers.BooleanField(source="is_active", required=False)
    former_secret_until = serializers.DateTimeField(
        source="former_until", read_only=True, allow_null=True
    )
    version = serializers.IntegerField(required=False)

    class Meta:
        model = Endpoint
        fields = (
            "id", "url", "description", "events", "active", "stopped", "stopped_at",
            "failing_since", "former_secret_until", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("stopped", "stopped_at", "failing_since", "created_at")

    def values(self) -> dict:
        values = dict(self.validated_data)
        values.pop("version", None)
        if "events" in values:
            values["events"] = list(dict.fromkeys(values["events"]))
        return values


class SecretSerializer(serializers.Serializer):
    """The secret, told this once: an answer that is told again for its ``Idempotency-Key`` has
    null.  The one before signs until ``former_secret_until``."""

    webhook = serializers.IntegerField()
    secret = serializers.CharField(allow_null=True)
    former_secret_until = serializers.DateTimeField(allow_null=True)


class MadeSerializer(WebhookSerializer):
    """``secret`` is told this once: an answer that is told again for its ``Idempotency-Key`` has
    null."""

    secret = serializers.CharField(read_only=True, allow_null=True)

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")


class AttemptSerializer(serializers.ModelSerializer):
    """``status``: what the receiver answered; ``error``: why it counts as failed, or empty;
    ``answer``: the first 2 KB."""

    class Meta:
        model = Attempt
        fields = ("at", "milliseconds", "status", "error", "answer")
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer):
    webhook = serializers.IntegerField(source="endpoint_id", read_only=True)
    message = serializers.CharField(source="message.key", read_only=True)
    event = serializers.CharField(source="message.type", read_only=True)
    at = serializers.DateTimeField(source="message.at", read_only=True)
    example = serializers.BooleanField(source="message.example", read_only=True)
    answered = serializers.IntegerField(read_only=True, allow_null=True)
    error = serializers.CharField(source="went_wrong", read_only=True, allow_null=True)

    class Meta:
        model = Delivery
        fields = (
            "id", "webhook", "message", "event", "at", "example", "status", "tries", "next_at",
            "settled_at", "answered", "error",
        )  # fmt: skip
        read_only_fields = ("status", "tries", "next_at", "settled_at")


class WholeDeliverySerializer(DeliverySerializer):
    data = serializers.JSONField(source="message.data", read_only=True)
    attempts = AttemptSerializer(many=True, read_only=True)

    class Meta(DeliverySerializer.Meta):
        fields = (*DeliverySerializer.Meta.fields, "data", "attempts")


class WebhookEventSerializer(serializers.Serializer):
    """An event that can be told: its words, and ``data`` as it may look."""

    name = serializers.CharField()
    words = serializers.CharField()
    example = serializers.JSONField()


class ExampleSerializer(serializers.Serializer):
    event = serializers.ChoiceField(CHOICES)


class SinceSerializer(serializers.Serializer):
    since = serializers.DateTimeField(help_text="Messages of this moment and later.")


class ResentSerializer(serializers.Serializer):
    resent = serializers.IntegerField()


def _checked(write):
    """What ``write`` gives, refusals told as answers."""
    try:
        return write()
    except NotAllowed as refused:
        raise serializers.ValidationError({"url": [REFUSALS[refused.code]]}) from refused
    except services.Conflict as conflict:
        raise ChangedMeanwhile from conflict
    except services.Stopped as stopped:
        raise SwitchedOff from stopped


class WebhookList(ListCreateAPIView):
    """Who is told of events.  ``POST`` makes one; its answer alone tells the secret."""

    serializer_class = WebhookSerializer
    sorts = {"id": "pk"}
    secrets = ("secret",)

    def get_queryset(self):
        return Endpoint.objects.all()

    @extend_schema(
        request=WebhookSerializer,
        responses={201: MadeSerializer},
        examples=sent(url="https://example.com/kam", events=["ranking.published"]),
    )
    def post(self, request):
        asked = WebhookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row, secret = _checked(lambda: services.create_endpoint(asked.values(), request.user))
        row.refresh_from_db()
        told = {**WebhookSerializer(row).data, "secret": secret}
        return Response(told, status=status.HTTP_201_CREATED)


class WebhookDetail(APIView):
    """One webhook; writing needs the version that was read."""

    @extend_schema(responses=WebhookSerializer)
    def get(self, request, pk):
        return Response(WebhookSerializer(find(Endpoint, pk=pk)).data)

    @extend_schema(request=WebhookSerializer, responses=WebhookSerializer)
    def patch(self, request, pk):
        row = find_editable(Endpoint, pk=pk)
        asked = WebhookSerializer(row, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        version = version_asked(request)
        row = _checked(lambda: services.change_endpoint(row, asked.values(), version))
        return Response(WebhookSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        services.remove_endpoint(find_editable(Endpoint, pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookSecret(APIView):
    """A new secret; the one before signs beside it for a while."""

    secrets = ("secret",)

    @extend_schema(request=None, responses={201: SecretSerializer})
    def post(self, request, pk):
        row = find_editable(Endpoint, pk=pk)
        secret = services.rotate_secret(row)
        row.refresh_from_db()
        told = {"webhook": row.pk, "secret": secret, "former_secret_until": row.former_until}
        return Response(SecretSerializer(told).data, status=status.HTTP_201_CREATED)


class WebhookExample(APIView):
    """Send what an event would look like, marked as an example."""

    @extend_schema(request=ExampleSerializer, responses={202: DeliverySerializer})
    def post(self, request, pk):
        row = find_editable(Endpoint, pk=pk)
        asked = ExampleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        event = asked.validated_data["event"]
        made = _checked(lambda: services.send_example(row, event))
        return _delivery(made.pk)


class WebhookResend(APIView):
    """Send all again that failed since a moment."""

    @extend_schema(request=SinceSerializer, responses={202: ResentSerializer})
    def post(self, request, pk):
        row = find_editable(Endpoint, pk=pk)
        asked = SinceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        since = asked.validated_data["since"]
        many = _checked(lambda: services.resend_failed(row, since))
        return Response({"resent": many}, status=status.HTTP_202_ACCEPTED)


class WebhookEventList(APIView):
    """Which events there are."""

    @extend_schema(responses=WebhookEventSerializer(many=True))
    def get(self, request):
        return Response(WebhookEventSerializer(EVENTS.values(), many=True).data)


class DeliveryList(ListAPIView):
    """What was sent, the latest first."""

    serializer_class = DeliverySerializer
    filters = {
        "webhook": ("endpoint_id", whole),
        "status": ("status", one_of(Delivery.Status.values)),
        "event": ("message__type", one_of(EVENTS)),
    }
    sorts = {"id": "pk"}

    def get_queryset(self):
        return log()


class DeliveryDetail(APIView):
    """One message to one webhook, with what was told and every attempt."""

    @extend_schema(responses=WholeDeliverySerializer)
    def get(self, request, pk):
        row = find(Delivery, queryset=log().prefetch_related("attempts"), pk=pk)
        return Response(WholeDeliverySerializer(row).data)


class DeliveryResend(APIView):
    """Send it once more, under the same id."""

    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request, pk):
        row = find_editable(Delivery, queryset=Delivery.objects.select_related("endpoint"), pk=pk)
        _checked(lambda: services.resend(row))
        return _delivery(row.pk)


def _delivery(pk: int) -> Response:
    row = find(Delivery, queryset=log(), pk=pk)
    return Response(DeliverySerializer(row).data, status=status.HTTP_202_ACCEPTED)
