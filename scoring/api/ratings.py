"""People's ratings over REST."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client
from kam.lib.api_parameters import flag, phrase, sent, whole
from kam.lib.endpoints import APIView, ListCreateAPIView
from kam.lib.scoping import current
from kam.lib.views import find_editable
from scoring.models import Criterion, Rating
from scoring.selectors.rating_requests import blind
from scoring.services.ratings import AT_ONCE, Opinion, rate, record_opinions


class RatingSerializer(serializers.ModelSerializer):
    criterion = serializers.SlugRelatedField(slug_field="key", queryset=Criterion.objects.all())
    client = serializers.IntegerField(source="client_id")
    rater = serializers.CharField(source="rater.name", read_only=True, default="")
    date = serializers.DateField(required=False)
    value = serializers.DecimalField(
        max_digits=4,
        decimal_places=2,
        min_value=Decimal(1),
        max_value=Decimal(10),
        allow_null=True,
    )

    class Meta:
        model = Rating
        fields = (
            "id",
            "client",
            "criterion",
            "value",
            "not_applicable",
            "rater",
            "rater_name",
            "date",
            "reason",
            "known_from",
            "known_to",
        )
        read_only_fields = ("rater_name", "known_from", "known_to")


class RatingList(ListCreateAPIView):
    """Ratings with their history (``?client=``, ``?criterion=``, ``?current=1``); posting gives
    one's own rating, value null takes it back.  Others' ratings stay unseen where one is asked
    and has not answered."""

    serializer_class = RatingSerializer
    filters = {"client": ("client", whole), "criterion": ("criterion__key", phrase)}
    sorts = {"id": "pk", "date": "date"}

    @extend_schema(parameters=[flag("current", "Only those in force.")])
    def get(self, request):
        return self.list(request)

    @extend_schema(
        responses={201: RatingSerializer, 204: None},
        examples=sent(client=2, criterion="values", value="8", reason="Open talks"),
    )
    def post(self, request):
        return self.create(request)

    def get_queryset(self):
        rows = blind(Rating.objects.all()).select_related("criterion", "rater")
        if self.request.query_params.get("current") == "1":
            rows = rows.filter(known_to__isnull=True)
        return rows

    def create(self, request, *args, **kwargs):
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        client = find_editable(Client, pk=data["client_id"])
        try:
            rating = rate(
                client,
                data["criterion"],
                data["value"],
                rater=request.user,
                not_applicable=data.get("not_applicable", False),
                reason=data.get("reason", ""),
                date=data.get("date"),
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        if rating is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(self.get_serializer(rating).data, status=status.HTTP_201_CREATED)


class BatchSerializer(serializers.Serializer):
    ratings = RatingSerializer(many=True, allow_empty=False)


class BatchAnswer(serializers.Serializer):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class RatingBatch(APIView):
    """One's own ratings of many clients in one go: all of them are recorded, or none."""

    @extend_schema(
        request=BatchSerializer,
        responses={201: BatchAnswer},
        examples=sent(ratings=[{"client": 2, "criterion": "values", "value": "8"}]),
    )
    def post(self, request):
        asked = BatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        rows = asked.validated_data["ratings"]
        if len(rows) > AT_ONCE:
            raise serializers.ValidationError(
                _("At most %(most)s ratings at a time.") % {"most": AT_ONCE}
            )
        ids = {row["client_id"] for row in rows}
        known = set(Client.objects.filter(pk__in=ids).values_list("pk", flat=True))
        mine = Client.objects.filter(pk__in=known).editable_by(current())
        editable = set(mine.values_list("pk", flat=True))
        errors: list[dict] = []
        for row in rows:
            if row["client_id"] not in known:
                errors.append({"client": [_("There is no such client.")]})
            elif row["client_id"] not in editable:
                errors.append({"client": [_("This client is not yours to rate.")]})
            else:
                errors.append({})
        if any(errors):
            raise serializers.ValidationError({"ratings": errors})
        try:
            recorded = record_opinions(
                Opinion(
                    client_id=row["client_id"],
                    criterion_id=row["criterion"].pk,
                    value=row["value"],
                    not_applicable=row.get("not_applicable", False),
                    rater_id=request.user.pk,
                    date=row.get("date"),
                    reason=row.get("reason", ""),
                )
                for row in rows
            )
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return Response(BatchAnswer(vars(recorded)).data, status=status.HTTP_201_CREATED)
