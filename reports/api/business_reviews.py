"""Business reviews over REST: made, commented on, approved, and taken as files."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.api.clients import OF_CLIENT
from accounts.api.contacts import _client_of
from accounts.api.promises import _told
from kam.lib.api_parameters import one_of, sent
from kam.lib.endpoints import APIView, ListAPIView
from kam.lib.views import find, find_editable
from reports.files import FILES
from reports.files.answers import handed_out
from reports.models import BusinessReview, ReviewComment, ReviewDecision, ReviewMail
from reports.services import business_reviews as reviews
from reports.services import review_mail


class BusinessReviewSerializer(serializers.ModelSerializer):
    """``edition``: ``internal`` for ourselves, ``client`` for the client.  ``decided``: the last
    decision on the latter, null without one."""

    decided = serializers.CharField(allow_null=True, read_only=True)

    class Meta:
        model = BusinessReview
        fields = (
            "id", "client", "edition", "starts", "ends", "number", "language", "digest", "previous",
            "author", "made_at", "decided",
        )  # fmt: skip
        read_only_fields = fields


class BusinessReviewWithContent(BusinessReviewSerializer):
    """``content``: as it was made.  ``may_go_out``: whether the client may have it."""

    content = serializers.JSONField()
    may_go_out = serializers.SerializerMethodField()

    class Meta(BusinessReviewSerializer.Meta):
        fields = (*BusinessReviewSerializer.Meta.fields, "may_go_out", "content")
        read_only_fields = fields

    def get_may_go_out(self, row) -> bool:
        return reviews.may_go_out(row)


class NewBusinessReviewSerializer(serializers.Serializer):
    """``ends``: the last day of one of the last four whole quarters.  ``goals``: ids of goals agreed
    with the client.  ``headline``, ``lessons``, ``asks`` are words for the client, ``notes`` for
    ourselves only."""

    client = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    ends = serializers.DateField()
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    goals = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        required=False,
        max_length=40,
    )
    headline = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    lessons = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    asks = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class BusinessReviewList(ListAPIView):
    """Both editions of every quarter, without their content; ``POST`` makes both."""

    serializer_class = BusinessReviewSerializer
    filters = {**OF_CLIENT, "edition": ("edition", one_of(BusinessReview.Edition.values))}
    sorts = {"id": "pk", "ends": "ends"}

    def get_queryset(self):
        return reviews.rows().order_by("pk")

    @extend_schema(
        request=NewBusinessReviewSerializer,
        responses={201: BusinessReviewSerializer(many=True)},
        examples=sent(client=2, ends="2026-03-31", language="en", headline="Four hours less"),
    )
    def post(self, request):
        client = _client_of(request.data)
        asked = NewBusinessReviewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        period = next((each for each in reviews.quarters() if each.ends == said["ends"]), None)
        if period is None:
            raise serializers.ValidationError(
                {"ends": ["The last day of one of the last four whole quarters."]}
            )
        try:
            made = reviews.make(
                client, period, request.user, language=said.get("language", ""),
                goals=said.get("goals", ()), words=said, notes=said.get("notes", ""),
            )  # fmt: skip
        except ValidationError as error:
            raise _told(error) from error
        rows = reviews.rows().filter(pk__in=[each.pk for each in made]).order_by("pk")
        return Response(
            BusinessReviewSerializer(rows, many=True).data, status=status.HTTP_201_CREATED
        )


class BusinessReviewDetail(APIView):
    @extend_schema(responses=BusinessReviewWithContent)
    def get(self, request, pk):
        row = find(BusinessReview, queryset=reviews.rows().defer(None), pk=pk)
        return Response(BusinessReviewWithContent(row).data)


class ReviewCommentSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReviewComment
        fields = ("id", "text", "author", "at")
        read_only_fields = ("id", "author", "at")


class BusinessReviewComments(APIView):
    """What we say of a review among ourselves; it never goes to the client."""

    @extend_schema(responses=ReviewCommentSerializer(many=True))
    def get(self, request, pk):
        review = find(BusinessReview, pk=pk)
        return Response(ReviewCommentSerializer(reviews.comments_of(review), many=True).data)

    @extend_schema(
        operation_id="business_reviews_comments_write",
        request=ReviewCommentSerializer,
        responses={201: ReviewCommentSerializer},
    )
    def post(self, request, pk):
        review = find_editable(BusinessReview, pk=pk)
        asked = ReviewCommentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            made = reviews.comment(review, asked.validated_data["text"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ReviewCommentSerializer(made).data, status=status.HTTP_201_CREATED)


class ReviewDecisionSerializer(serializers.ModelSerializer):
    """``words`` are needed to return it; ``digest``: of what was decided on."""

    class Meta:
        model = ReviewDecision
        fields = ("id", "kind", "words", "digest", "author", "at")
        read_only_fields = ("id", "digest", "author", "at")


class BusinessReviewDecision(APIView):
    """Let an edition for the client go out, or return it; the last decision counts."""

    @extend_schema(request=ReviewDecisionSerializer, responses={201: ReviewDecisionSerializer})
    def post(self, request, pk):
        rows = BusinessReview.objects.select_related("client")
        review = find_editable(BusinessReview, queryset=rows, pk=pk)
        asked = ReviewDecisionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            made = reviews.decide(review, said["kind"], request.user, said.get("words", ""))
        except ValidationError as error:
            raise _told(error) from error
        return Response(ReviewDecisionSerializer(made).data, status=status.HTTP_201_CREATED)


class ReviewMailSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReviewMail
        fields = ("id", "contact", "state", "sent_at", "author", "created_at")
        read_only_fields = fields


class NewReviewMailSerializer(serializers.Serializer):
    """``contacts``: ids of people of the client."""

    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        min_length=1,
        max_length=50,
    )


class BusinessReviewMail(APIView):
    """Who of the client got the review; ``POST`` mails it, once to each."""

    @extend_schema(responses=ReviewMailSerializer(many=True))
    def get(self, request, pk):
        review = find(BusinessReview, pk=pk)
        return Response(ReviewMailSerializer(review_mail.mails_of(review), many=True).data)

    @extend_schema(
        operation_id="business_reviews_mail_write",
        request=NewReviewMailSerializer,
        responses={201: ReviewMailSerializer(many=True)},
    )
    def post(self, request, pk):
        rows = BusinessReview.objects.select_related("client")
        review = find_editable(BusinessReview, queryset=rows, pk=pk)
        asked = NewReviewMailSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = set(asked.validated_data["contacts"])
        people = list(review_mail.recipients(review).filter(pk__in=wanted))
        if len(people) != len(wanted):
            raise serializers.ValidationError({"contacts": ["Some may not be written to."]})
        try:
            sent_ = review_mail.post(review, people, request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ReviewMailSerializer(sent_, many=True).data, status=status.HTTP_201_CREATED)


class BusinessReviewFile(APIView):
    """The edition as a file: ``pdf``, ``xlsx`` or ``pptx``; that for the client only once it is
    approved."""

    @extend_schema(
        operation_id="business_reviews_file_retrieve",
        responses={(200, kind): OpenApiTypes.BINARY for _write, kind in FILES.values()},
    )
    def get(self, request, pk, ending):
        if ending not in FILES:
            raise Http404
        rows = BusinessReview.objects.select_related("client", "author")
        review = find(BusinessReview, queryset=rows, pk=pk)
        reviews.take(review, ending)
        return handed_out(review, ending)
