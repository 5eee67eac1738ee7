"""Why a client has its points, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Client
from kam.lib.views import find
from scoring.selectors.clients import client_row, past_places
from scoring.selectors.matrices import main_run
from scoring.services.explanation import explain

from .matrices import RunSerializer
from .ranking import PartSerializer


class ReasonSerializer(PartSerializer):
    share = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    reason = serializers.CharField()


class PastSerializer(serializers.Serializer):
    as_of = serializers.DateField()
    version = serializers.IntegerField()
    rank = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)


class ScoreAnswer(serializers.Serializer):
    client = serializers.IntegerField()
    run = RunSerializer(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True)
    selected = serializers.BooleanField()
    to_line = serializers.FloatField(allow_null=True)
    parts = ReasonSerializer(many=True)
    history = PastSerializer(many=True)


class ClientScore(APIView):
    """Why a client has its points, and where it stood before."""

    @extend_schema(responses=ScoreAnswer)
    def get(self, request, pk):
        client = find(Client, pk=pk)
        run = main_run()
        row = client_row(run, client.pk) if run else None
        if run is None or row is None:
            nothing = {"rank": None, "score": None, "coverage": None, "selected": False}
            rest = {"to_line": None, "parts": [], "history": []}
            return Response(ScoreAnswer({"client": client.pk, "run": run, **nothing, **rest}).data)
        found = explain(client, run, row)
        answer = {
            "client": client.pk,
            "run": run,
            "rank": row.rank or None,
            "score": found.score,
            "coverage": row.coverage,
            "selected": bool(row.selected),
            "to_line": found.to_line,
            "parts": [
                {
                    "criterion": part.criterion.criterion.key,
                    **{
                        name: getattr(part, name)
                        for name in (
                            "label", "rating", "points", "applicable", "share", "value", "reason"
                        )
                    },
                }
                for part in found.parts
            ],
            "history": [
                {
                    "as_of": past.run.as_of,
                    "version": past.run.version.number,
                    "rank": (past.row.rank or None) if past.row else None,
                    "score": past.row.score if past.row and past.row.rank else None,
                }
                for past in past_places(client.pk, run.version.matrix_id)
            ],
        }  # fmt: skip
        return Response(ScoreAnswer(answer).data)
