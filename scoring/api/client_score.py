"""Why a client has its points, over REST."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.api_parameters import whole
from kam.lib.endpoints import APIView
from kam.lib.views import find
from scoring.models import RankingRun
from scoring.selectors.clients import client_row, past_places
from scoring.selectors.matrices import asked_run, main_run
from scoring.services.explanation import explain
from scoring.services.lifting import lifting, no_lift_words
from scoring.services.lifting import sentences as lift_sentences
from scoring.services.score_change import score_change
from scoring.services.score_change import sentences as change_sentences

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


class ChangePart(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.criterion.key")
    label = serializers.CharField()
    rating_before = serializers.FloatField(allow_null=True)
    rating_after = serializers.FloatField(allow_null=True)
    share_before = serializers.FloatField(allow_null=True)
    share_after = serializers.FloatField(allow_null=True)
    from_ratings = serializers.FloatField()
    from_weights = serializers.FloatField()


class ChangeAnswer(serializers.Serializer):
    """``points`` = ``from_ratings`` + ``from_weights``, and each of them the sum of its parts;
    null where one of the days has no score."""

    client = serializers.IntegerField()
    earlier = RunSerializer(allow_null=True)
    run = RunSerializer(allow_null=True)
    points = serializers.FloatField(allow_null=True)
    from_ratings = serializers.FloatField(allow_null=True)
    from_weights = serializers.FloatField(allow_null=True)
    parts = ChangePart(many=True, allow_null=True)
    sentences = serializers.ListField(child=serializers.CharField())


def _main(pk: int):
    """A client, the published run and the client's row in it; None for what there is not."""
    client = find(Client, pk=pk)
    run = main_run()
    return client, run, client_row(run, client.pk) if run else None


def _earlier(found: RankingRun | None, since: str, run: RankingRun | None) -> bool:
    """Whether the ranking asked for is there, and of the same matrix as of an earlier day."""
    return (
        found is not None
        and run is not None
        and str(found.pk) == since.lstrip("0")
        and found.version.matrix_id == run.version.matrix_id
        and found.as_of < run.as_of
    )


class ClientScoreChange(APIView):
    """What changed the points since ``since`` (a run), or since the ranking before."""

    @extend_schema(parameters=[whole("since", "A run.")], responses=ChangeAnswer)
    def get(self, request, pk):
        client, run, row = _main(pk)
        nothing = dict.fromkeys(("earlier", "points", "from_ratings", "from_weights", "parts"))
        answer = {"client": client.pk, "run": run, **nothing, "sentences": []}
        since = request.query_params.get("since", "")
        earlier = asked_run(since) if since else run and run.previous
        if since and not _earlier(earlier, since, run):
            raise NotFound
        if row is None or earlier is None:
            return Response(ChangeAnswer(answer).data)
        found = score_change(earlier, client_row(earlier, client.pk), run, row)
        answer |= {
            "earlier": earlier,
            "points": found.points,
            "parts": found.parts,
            "sentences": change_sentences(found),
        }
        if found.parts is not None:
            answer |= {"from_ratings": found.from_ratings, "from_weights": found.from_weights}
        return Response(ChangeAnswer(answer).data)


class LiftPart(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.criterion.key")
    label = serializers.CharField(source="part.label")
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField()
    value = serializers.FloatField(allow_null=True)
    raters = serializers.ListField(child=serializers.CharField())


class LiftAnswer(serializers.Serializer):
    """Single ratings that would bring the client onto the list or, where it is on it, off; the
    least change first.  ``value``: what the criterion's measure would have to be; ``raters``: whose
    ratings it has.  No ``lifts``: ``sentences`` say why."""

    client = serializers.IntegerField()
    run = RunSerializer(allow_null=True)
    line = serializers.FloatField(allow_null=True)
    listed = serializers.BooleanField(allow_null=True)
    lifts = LiftPart(many=True)
    sentences = serializers.ListField(child=serializers.CharField())


class ClientScoreLift(APIView):
    """What would bring the client over the key line; or, where it is on the list, put it off."""

    @extend_schema(responses=LiftAnswer)
    def get(self, request, pk):
        client, run, row = _main(pk)
        explanation = explain(client, run, row) if row else None
        found = lifting(explanation) if explanation else None
        if found:
            told = lift_sentences(found)
        else:
            told = no_lift_words(explanation) if explanation else []
        return Response(
            LiftAnswer(
                {
                    "client": client.pk,
                    "run": run,
                    "line": found.line if found else None,
                    "listed": found.listed if found else None,
                    "lifts": found.lifts if found else [],
                    "sentences": told,
                }
            ).data
        )
