"""Criteria over REST."""

from rest_framework import generics, serializers

from scoring.models import Criterion


class CriterionSerializer(serializers.ModelSerializer):
    label = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)

    class Meta:
        model = Criterion
        fields = (
            "id",
            "key",
            "label",
            "description",
            "anchors",
            "measure",
            "rule",
            "rated_by_people",
            "people_share",
            "in_library",
        )


class CriterionList(generics.ListAPIView):
    """All criteria: the library's and one's own."""

    queryset = Criterion.objects.order_by("position", "pk")
    serializer_class = CriterionSerializer
    pagination_class = None
