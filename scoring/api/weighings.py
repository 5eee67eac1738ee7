"""Weighing with others over REST."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import User
from kam.lib.endpoints import APIView
from scoring.models import Matrix, Weighing
from scoring.selectors.weighings import all_weighings, open_round, own_weighing
from scoring.services.weighing import judged
from scoring.services.weighings import MAY_WEIGH, adopt, ask, may_know, submit, together

from .matrices import VersionSerializer


class OwnSerializer(serializers.ModelSerializer):
    class Meta:
        model = Weighing
        fields = ("method", "judgements", "weights", "submitted_at")
        read_only_fields = fields


@extend_schema_serializer(component_name="WeightShare")
class ShareSerializer(serializers.Serializer):
    criterion = serializers.CharField()
    share = serializers.FloatField()
    spread = serializers.FloatField()


@extend_schema_serializer(component_name="WeighingOpinion")
class AnswerSerializer(serializers.Serializer):
    person = serializers.CharField()
    method = serializers.CharField()
    weights = serializers.DictField(child=serializers.FloatField())
    submitted_at = serializers.DateTimeField(allow_null=True)


class WeighingState(serializers.Serializer):
    """``together`` and ``answers`` are null while one's own answer is wanted."""

    criteria = serializers.ListField(child=serializers.CharField())
    asked_at = serializers.DateTimeField(allow_null=True)
    asked = serializers.IntegerField()
    given = serializers.IntegerField()
    own = OwnSerializer(allow_null=True)
    together = ShareSerializer(many=True, allow_null=True)
    consistency_ratio = serializers.FloatField(allow_null=True)
    answers = AnswerSerializer(many=True, allow_null=True)


class WeighingAnswer(serializers.Serializer):
    """For per cent and points ``weights``; for pairs ``judgements`` as {"pair.a.b": ratio}; for
    best and worst {"best": a, "worst": b, "bo.c": 3, "ow.c": 5}."""

    method = serializers.ChoiceField(choices=Weighing.Method.choices)
    weights = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=10_000), required=False
    )
    judgements = serializers.DictField(required=False)


def state_of(matrix: Matrix, person) -> dict:
    asked = open_round(matrix)
    nothing = dict.fromkeys(
        ("asked_at", "own", "together", "consistency_ratio", "answers"), None
    )  # fmt: skip
    if asked is None:
        return {**nothing, "criteria": [], "asked": 0, "given": 0}
    rows = all_weighings(asked)
    state = {
        **nothing,
        "criteria": asked.criteria,
        "asked_at": asked.asked_at,
        "asked": len(rows),
        "given": sum(row.submitted_at is not None for row in rows),
        "own": own_weighing(asked, person),
    }
    if not may_know(asked, person):
        return state
    found = together(asked)
    shares = zip(found.keys, found.weights, found.spread, strict=True) if found else ()
    return state | {
        "together": [
            {"criterion": key, "share": share, "spread": spread} for key, share, spread in shares
        ],
        "consistency_ratio": found.ratio if found else None,
        "answers": rows,
    }


class MatrixWeighing(APIView):
    """The open question about a matrix: who has answered, one's own answer, and, after it, what
    all say together."""

    @extend_schema(responses=WeighingState)
    def get(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        return Response(WeighingState(state_of(matrix, request.user)).data)

    @extend_schema(request=WeighingAnswer, responses={201: WeighingState})
    def post(self, request, pk):
        """Give one's own answer, for good."""
        matrix = get_object_or_404(Matrix, pk=pk)
        own = own_weighing(open_round(matrix), request.user)
        if own is None:
            raise serializers.ValidationError([_("No answer of yours is wanted here now.")])
        asked = WeighingAnswer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        keys = own.round.criteria
        judgement = judged(data["method"], keys, data.get("judgements", {}))
        weights = data.get("weights", {})
        if judgement is not None:
            if judgement.weights is None:
                raise serializers.ValidationError(
                    {"judgements": [_("Compare a little more: the weights do not follow yet.")]}
                )
            weights = dict(zip(keys, judgement.weights, strict=True))
        try:
            submit(own, data["method"], weights, judgement.given if judgement else {})
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        state = WeighingState(state_of(matrix, request.user)).data
        return Response(state, status=status.HTTP_201_CREATED)


class PeopleSerializer(serializers.Serializer):
    people = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=100)


class WeighingPeople(APIView):
    """Ask people, by their ids, to weigh the criteria as they are in work now."""

    @extend_schema(request=PeopleSerializer, responses={201: WeighingState})
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = PeopleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        people = User.objects.filter(pk__in=asked.validated_data["people"], role__in=MAY_WEIGH)
        try:
            ask(matrix, list(people), request.user)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        state = WeighingState(state_of(matrix, request.user)).data
        return Response(state, status=status.HTTP_201_CREATED)


class WeighingAdoption(APIView):
    """Take what people say together into the draft, and close the question."""

    @extend_schema(request=None, responses=VersionSerializer)
    def post(self, request, pk):
        matrix = get_object_or_404(Matrix, pk=pk)
        asked = open_round(matrix)
        if asked is None:
            raise serializers.ValidationError([_("Nobody has been asked yet.")])
        if not may_know(asked, request.user):
            raise serializers.ValidationError([_("Give your own answer first.")])
        try:
            draft = adopt(asked, request.user)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(VersionSerializer(draft).data)
