"""The search over everything that the reader may see."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.selectors import search
from kam.lib.api_parameters import phrase
from kam.lib.endpoints import APIView


class HitSerializer(serializers.Serializer):
    """``kind``: what it is, clients first; ``id`` of that row; ``about``: whose it is."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    text = serializers.CharField()
    about = serializers.CharField()
    day = serializers.DateField(allow_null=True)


class Search(APIView):
    """Clients, people, notes, promises, tasks, problems, needs and meetings by words; typos and
    the wrong keyboard layout are forgiven."""

    @extend_schema(
        responses=HitSerializer(many=True),
        parameters=[phrase("q", "At least two letters.", longest=search.LONGEST)],
    )
    def get(self, request):
        found = [
            {"kind": group.key, "id": hit.row, "text": hit.text, "about": hit.about, "day": hit.day}
            for group in search.found(request.GET.get("q", ""))
            for hit in group.hits
        ]
        return Response(HitSerializer(found, many=True).data)
