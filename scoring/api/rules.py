"""Rating rules beside the data, over REST."""

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from kam.lib.endpoints import APIView
from scoring.engine.distribution import even_cuts
from scoring.models import Matrix, MatrixVersion, VersionCriterion
from scoring.selectors.matrices import rule_row, working_version
from scoring.services.rules import population, save_rule, try_rule


class RuleQuestion(serializers.Serializer):
    rule = serializers.JSONField()


class RuleShareSerializer(serializers.Serializer):
    rating = serializers.IntegerField()
    count = serializers.IntegerField()


class RuleBarSerializer(serializers.Serializer):
    low = serializers.FloatField()
    high = serializers.FloatField()
    count = serializers.IntegerField()


class RuleWordSerializer(serializers.Serializer):
    word = serializers.CharField()
    count = serializers.IntegerField()


class RuleAnswer(serializers.Serializer):
    """``bars`` are those of the histogram, ``scale`` its axis; ``words`` instead where a criterion
    is computed from words.  ``even_cuts``: nine tenths of the clients, rounded, by rating."""

    criterion = serializers.CharField()
    measure = serializers.CharField()
    as_of = serializers.DateField()
    rule = serializers.JSONField()
    relative = serializers.BooleanField()
    clients = serializers.IntegerField()
    rated = serializers.IntegerField()
    unrated = serializers.IntegerField()
    not_applicable = serializers.IntegerField()
    shares = RuleShareSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    compared_with_all = serializers.ListField(child=serializers.CharField())
    scale = serializers.CharField(allow_null=True)
    bars = RuleBarSerializer(many=True)
    words = RuleWordSerializer(many=True)
    even_cuts = serializers.DictField(child=serializers.FloatField())


class MatrixRule(APIView):
    """A criterion's rule in the draft, or in the version in use; ``POST`` tries another one and
    stores nothing, ``PUT`` writes it into the draft."""

    @extend_schema(responses=RuleAnswer)
    def get(self, request, pk, key):
        matrix, row = self._find(pk, key)
        return self._answer(matrix, row, row.rule)

    @extend_schema(request=RuleQuestion, responses=RuleAnswer)
    def post(self, request, pk, key):
        matrix, row = self._find(pk, key)
        return self._answer(matrix, row, self._asked(request))

    @extend_schema(request=RuleQuestion, responses=RuleAnswer)
    def put(self, request, pk, key):
        matrix, row = self._find(pk, key)
        try:
            saved = save_rule(matrix, row, self._asked(request), request.user)
        except ValidationError as error:
            raise serializers.ValidationError({"rule": error.messages}) from error
        return self._answer(matrix, saved, saved.rule)

    @staticmethod
    def _asked(request) -> dict:
        asked = RuleQuestion(data=request.data)
        asked.is_valid(raise_exception=True)
        rule: dict = asked.validated_data["rule"]
        return rule

    @staticmethod
    def _find(pk: int, key: str) -> tuple[Matrix, VersionCriterion]:
        versions = MatrixVersion.objects.order_by("-number")
        matrices = Matrix.objects.select_related("current_run__version__matrix")
        matrix = get_object_or_404(matrices.prefetch_related(Prefetch("versions", versions)), pk=pk)
        row = rule_row(working_version(matrix), key)
        if not row.measure:
            raise serializers.ValidationError(_("People rate this criterion, so it has no rule."))
        return matrix, row

    @staticmethod
    def _answer(matrix: Matrix, row: VersionCriterion, rule: dict) -> Response:
        people = population(matrix, row)
        try:
            trial = try_rule(rule, people)
        except ValueError as error:
            raise serializers.ValidationError({"rule": [str(error)]}) from error
        bars = people.bars
        answer = {
            "criterion": row.criterion.key,
            "measure": row.measure,
            "as_of": people.as_of,
            "rule": trial.rule.to_dict(),
            "relative": trial.rule.relative,
            "clients": len(people.ids),
            "rated": trial.total,
            "unrated": len(trial.unrated),
            "not_applicable": trial.not_applicable,
            "shares": [
                {"rating": rating, "count": count}
                for rating, count in enumerate(trial.counts, start=1)
            ],
            "warnings": trial.warnings,
            "compared_with_all": trial.small,
            "scale": bars.axis.kind if bars else None,
            "bars": [
                {"low": low, "high": high, "count": int(count)}
                for low, high, count in zip(
                    bars.edges[:-1], bars.edges[1:], bars.counts, strict=True
                )
            ]
            if bars
            else [],
            "words": [{"word": word, "count": count} for word, count in people.words],
            "even_cuts": {
                str(rating): cut
                for rating, cut in even_cuts(people.values, trial.rule.direction).items()
            },
        }
        return Response(RuleAnswer(answer).data)
