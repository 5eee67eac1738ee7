"""Promises over REST: made, changed with a reason, settled with evidence."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.promises import PromiseForm
from accounts.models import Client, Promise, PromiseMove
from accounts.selectors import ledger
from accounts.selectors import promises as found
from accounts.services import promises
from accounts.services.clients import Conflict, may_edit
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of


class PromiseSerializer(serializers.ModelSerializer):
    """A promise.  Changing needs ``version``, and ``reason`` where wording or day change."""

    version = serializers.IntegerField(required=False)
    reason = serializers.CharField(write_only=True, required=False, max_length=500)

    class Meta:
        model = Promise
        fields = (
            "id", "client", "side", "what", "contact", "about", "due", "first_due", "owner",
            "assured", "state", "settled_on", "settled_by", "evidence", "satisfaction", "author",
            "created_at", "version", "reason",
        )  # fmt: skip
        read_only_fields = (
            "id", "first_due", "state", "settled_on", "settled_by", "evidence", "satisfaction",
            "author", "created_at",
        )  # fmt: skip
        extra_kwargs = {"owner": {"required": False}}


class PromiseMoveSerializer(serializers.ModelSerializer):
    class Meta:
        model = PromiseMove
        fields = ("what", "due", "state", "reason", "person", "at")
        read_only_fields = fields


class PromiseWithMoves(PromiseSerializer):
    """``moves``: what it said before, the latest first."""

    moves = PromiseMoveSerializer(many=True, read_only=True)

    class Meta(PromiseSerializer.Meta):
        fields = (*PromiseSerializer.Meta.fields, "moves")


def _filled(data, client: Client, promise: Promise | None = None) -> PromiseForm:
    """The form of the page, filled from JSON: one set of rules for people and programs."""
    names = PromiseForm.Meta.fields
    present = model_to_dict(promise, fields=names) if promise else {"side": Promise.Side.OURS}
    given = {name: data[name] for name in (*names, "reason") if name in data}
    form = PromiseForm({**present, **given}, client=client, instance=promise)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


def _told(error: ValidationError) -> serializers.ValidationError:
    told = (
        error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
    )
    return serializers.ValidationError(told)


class PromiseList(ListAPIView):
    """Promises that one may see; ``POST`` makes one."""

    serializer_class = PromiseSerializer
    filters = {
        **OF_CLIENT,
        "owner": ("owner", whole),
        "state": ("state", one_of(Promise.State.values)),
        "side": ("side", one_of(Promise.Side.values)),
    }
    sorts = {"id": "pk", "due": "due"}

    def get_queryset(self):
        return Promise.objects.order_by("pk")

    @extend_schema(
        request=PromiseSerializer,
        responses={201: PromiseSerializer},
        examples=sent(client=2, side="ours", what="Price list by Friday", due="2026-03-20"),
    )
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(request.data, client)
        try:
            promise = promises.make(client, form.values(), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(PromiseSerializer(promise).data, status=status.HTTP_201_CREATED)


class PromiseDetail(APIView):
    """One promise with its history; its terms are changed by whoever may change the client."""

    @extend_schema(responses=PromiseWithMoves)
    def get(self, request, pk):
        return Response(PromiseWithMoves(find(Promise, pk=pk)).data)

    @extend_schema(request=PromiseSerializer, responses=PromiseSerializer)
    def patch(self, request, pk):
        promise = find_editable(Promise, queryset=found.rows(), pk=pk)
        if not may_edit(promise.client):
            raise PermissionDenied
        version = version_asked(request)
        form = _filled(request.data, promise.client, find(Promise, pk=pk))
        values = form.values()
        reason = values.pop("reason", "")
        try:
            promises.change(
                promise,
                values,
                promise.version if version is None else version,
                request.user,
                reason,
            )
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(PromiseSerializer(promise).data)


class SettlementSerializer(serializers.Serializer):
    """``on``: the day, today where left out.  Kept after its day is kept late."""

    outcome = serializers.ChoiceField(promises.OUTCOMES)
    evidence = serializers.CharField(max_length=1000)
    on = serializers.DateField(required=False)
    satisfaction = serializers.IntegerField(
        min_value=1, max_value=10, required=False, allow_null=True
    )


class PromiseAct(APIView):
    def act(self, request, pk, serializer, do):
        promise = find_editable(Promise, pk=pk)
        asked = serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            promise = do(promise, asked.validated_data)
        except ValidationError as error:
            raise _told(error) from error
        return Response(PromiseSerializer(promise).data)


class PromiseSettlement(PromiseAct):
    """Settle a promise with evidence."""

    @extend_schema(request=SettlementSerializer, responses=PromiseSerializer)
    def post(self, request, pk):
        def settle(promise, said):
            return promises.settle(promise, said.pop("outcome"), said.pop("evidence"),
                                   request.user, **said)  # fmt: skip

        return self.act(request, pk, SettlementSerializer, settle)


class SatisfactionSerializer(serializers.Serializer):
    satisfaction = serializers.IntegerField(min_value=1, max_value=10)


class PromiseSatisfaction(PromiseAct):
    """How content the client is with a promise that was kept."""

    @extend_schema(request=SatisfactionSerializer, responses=PromiseSerializer)
    def post(self, request, pk):
        return self.act(
            request, pk, SatisfactionSerializer,
            lambda promise, said: promises.note_satisfaction(promise, **said),
        )  # fmt: skip


class ReopeningSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500)


class PromiseReopening(PromiseAct):
    """Open a settled promise again; how it had ended stays in its history."""

    @extend_schema(request=ReopeningSerializer, responses=PromiseSerializer)
    def post(self, request, pk):
        return self.act(
            request, pk, ReopeningSerializer,
            lambda promise, said: promises.reopen(promise, said["reason"], request.user),
        )  # fmt: skip


class KeptSerializer(serializers.Serializer):
    """``rate``: share of settled ones kept in time, none below five; withdrawn count nowhere."""

    side = serializers.ChoiceField(Promise.Side.choices)
    kept = serializers.IntegerField()
    late = serializers.IntegerField()
    broken = serializers.IntegerField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)


class ClientPromisesKept(APIView):
    """How promises with a client ended, ours and theirs."""

    @extend_schema(responses=KeptSerializer(many=True))
    def get(self, request, pk):
        client, day = find(Client, pk=pk), today()
        kept = found.kept_by_side(ledger.legal_entities(client, day), day)
        rows = [{"side": side, "rate": each.rate, **vars(each)} for side, each in kept.items()]
        return Response(KeptSerializer(rows, many=True).data)
