"""Why one client stands above another, over REST."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.api_parameters import whole
from kam.lib.endpoints import APIView
from kam.lib.views import find
from scoring.selectors.clients import across_the_line, named_row
from scoring.selectors.matrices import main_run
from scoring.services.comparison import compare, sentences

from .matrices import RunSerializer


class SideSerializer(serializers.Serializer):
    client = serializers.IntegerField(source="client_id")
    name = serializers.CharField(source="client.name")
    rank = serializers.IntegerField()
    score = serializers.FloatField()


class BetweenSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.criterion.key")
    label = serializers.CharField()
    share = serializers.FloatField()
    above = serializers.FloatField(source="first", allow_null=True)
    below = serializers.FloatField(source="second", allow_null=True)
    points = serializers.FloatField()


class NewSerializer(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.criterion.key")
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField()


class ComparisonAnswer(serializers.Serializer):
    """``weights``: the nearest ones with which the two change places; ``rating``: the least change
    of one rating of the one below that does, ``before`` null where it would be a first one; null where
    there is none.  All null where the client,
    or everybody across the line, has no place or is not yours to see."""

    run = RunSerializer(allow_null=True)
    above = SideSerializer(allow_null=True)
    below = SideSerializer(allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    parts = BetweenSerializer(many=True)
    weights = NewSerializer(many=True, allow_null=True)
    rating = NewSerializer(allow_null=True)
    sentences = serializers.ListField(child=serializers.CharField())


class ClientScoreComparison(APIView):
    """A client and another one, ``with``; without it the nearest across the key line."""

    @extend_schema(parameters=[whole("with", "Another client.")], responses=ComparisonAnswer)
    def get(self, request, pk):
        client = find(Client, pk=pk)
        run = main_run()
        asked = request.query_params.get("with", "")
        other = find(Client, pk=self._id(asked)) if asked else None
        if other is not None and other.pk == client.pk:
            raise serializers.ValidationError({"with": [_("This is one and the same client.")]})
        one = named_row(run, client.pk) if run else None
        second = None
        if run is not None:
            second = named_row(run, other.pk) if other else across_the_line(run, one)
        if run is None or one is None or second is None or not (one.rank and second.rank):
            nothing = dict.fromkeys(("above", "below", "difference", "weights", "rating"))
            answer = {"run": run, **nothing, "parts": [], "sentences": []}
            return Response(ComparisonAnswer(answer).data)
        found = compare(run, one, second)
        names = ("run", "above", "below", "difference", "parts", "weights", "rating")
        answer = {name: getattr(found, name) for name in names}
        return Response(ComparisonAnswer(answer | {"sentences": sentences(found)}).data)

    @staticmethod
    def _id(text: str) -> int:
        try:
            return serializers.IntegerField(min_value=1).run_validation(text)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({"with": error.detail}) from error
