"""Surveys over REST: questionnaires, who is asked by a link, what they answered."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.api.clients import OF_CLIENT, ChangedMeanwhile
from accounts.forms.surveys import LONGEST_QUESTION, SurveyForm
from accounts.models import Contact, Survey, SurveyAnswer, SurveyInvitation
from accounts.selectors import surveys as found
from accounts.services import survey_answers, surveys
from accounts.services.clients import Conflict
from kam.lib import outgoing
from kam.lib.api_parameters import sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.scoping import current
from kam.lib.views import find, find_editable

from .promises import _told

MOST_AT_ONCE = 200


class SurveyQuestionSerializer(serializers.Serializer):
    """Words in one of the two languages at least."""

    kind = serializers.ChoiceField(Survey.QUESTION_KINDS)
    ru = serializers.CharField(max_length=LONGEST_QUESTION, allow_blank=True, required=False)
    en = serializers.CharField(max_length=LONGEST_QUESTION, allow_blank=True, required=False)

    def validate(self, attrs):
        if not (attrs.get("ru") or attrs.get("en")):
            raise serializers.ValidationError({"ru": [_("A question needs words.")]})
        return {"kind": attrs["kind"], "ru": attrs.get("ru", ""), "en": attrs.get("en", "")}


class SurveySerializer(serializers.ModelSerializer):
    """Changing needs ``version``; scale and questions stand fast once somebody has answered."""

    version = serializers.IntegerField(required=False)
    questions = SurveyQuestionSerializer(many=True, required=False)

    class Meta:
        model = Survey
        fields = (
            "id", "name", "scale", "questions", "closes_on", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "author", "created_at")

    def validate_questions(self, questions):
        if len(questions) > Survey.MOST_QUESTIONS:
            raise serializers.ValidationError(_("At most five questions."))
        return questions


def _filled(data, survey: Survey | None = None) -> dict:
    """Checked by the form of the page: one set of rules for people and programs."""
    given = SurveySerializer(data=data, partial=survey is not None)
    given.is_valid(raise_exception=True)
    names = ("name", "scale", "closes_on")
    present = model_to_dict(survey, fields=names) if survey else {"scale": Survey.Scale.RECOMMEND}
    asked = {name: data[name] for name in names if name in data}
    form = SurveyForm({**present, **asked}, instance=survey)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    values = {name: form.cleaned_data[name] for name in names}
    if "questions" in given.validated_data:
        values["questions"] = [dict(each) for each in given.validated_data["questions"]]
    return values


class SurveyList(ListAPIView):
    """Questionnaires; ``POST`` makes one."""

    serializer_class = SurveySerializer
    sorts = {"id": "pk", "closes_on": "closes_on"}

    def get_queryset(self):
        return Survey.objects.order_by("pk")

    @extend_schema(
        request=SurveySerializer,
        responses={201: SurveySerializer},
        examples=sent(name="Spring", scale="recommend", closes_on="2027-05-31", questions=[]),
    )
    def post(self, request):
        try:
            survey = surveys.save(None, _filled(request.data), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(SurveySerializer(survey).data, status=status.HTTP_201_CREATED)


class SurveyDetail(APIView):
    """One questionnaire."""

    @extend_schema(responses=SurveySerializer)
    def get(self, request, pk):
        return Response(SurveySerializer(find(Survey, pk=pk)).data)

    @extend_schema(request=SurveySerializer, responses=SurveySerializer)
    def patch(self, request, pk):
        survey = find_editable(Survey, pk=pk)
        version = version_asked(request)
        values = _filled(request.data, find(Survey, pk=pk))
        try:
            survey = surveys.save(
                survey, values, request.user, survey.version if version is None else version
            )
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(SurveySerializer(survey).data)


class SurveyResultSerializer(serializers.Serializer):
    """Of the clients that one may see.  ``nps`` with its interval of 95 % from ten answers on;
    ``mean`` and ``rate`` (share of those asked who answered) from five on."""

    invited = serializers.IntegerField()
    answered = serializers.IntegerField()
    promoters = serializers.IntegerField()
    passives = serializers.IntegerField()
    detractors = serializers.IntegerField()
    waiting = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    rate = serializers.FloatField(allow_null=True)
    nps = serializers.FloatField(allow_null=True)
    nps_low = serializers.FloatField(allow_null=True)
    nps_high = serializers.FloatField(allow_null=True)


class SurveyResult(APIView):
    """What a survey came to."""

    @extend_schema(responses=SurveyResultSerializer)
    def get(self, request, pk):
        survey = find(Survey, pk=pk)
        counts = found.counts_of([pk]).get(pk, found.Counts())
        result = surveys.result_of(survey, counts)
        told = {name: getattr(result.nps, name, None) for name in ("score", "low", "high")}
        row = {
            **vars(counts), "passives": counts.passives, "mean": result.mean, "rate": result.rate,
            "nps": told["score"], "nps_low": told["low"], "nps_high": told["high"],
        }  # fmt: skip
        return Response(SurveyResultSerializer(row).data)


class SurveyAnswerSerializer(serializers.ModelSerializer):
    """``replies``: the number of an own question, from 0 -> a figure or words."""

    class Meta:
        model = SurveyAnswer
        fields = (
            "score", "comment", "replies", "language", "answered_at", "changed_at",
            "followed_up_at", "followed_up_by", "follow_up",
        )  # fmt: skip
        read_only_fields = fields


class InvitationSerializer(serializers.ModelSerializer):
    """``answer``: none until the client has answered."""

    answer = serializers.SerializerMethodField()

    class Meta:
        model = SurveyInvitation
        fields = (
            "id", "survey", "client", "contact", "language", "mail", "mailed_at", "author",
            "created_at", "withdrawn_at", "answer",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SurveyAnswerSerializer(allow_null=True))
    def get_answer(self, row):
        answer = getattr(row, "answer", None)
        return SurveyAnswerSerializer(answer).data if answer else None


class InvitationWithLink(InvitationSerializer):
    """``link``: what the client opens; told to those who may send it, empty once it is closed."""

    link = serializers.SerializerMethodField()

    class Meta(InvitationSerializer.Meta):
        fields = (*InvitationSerializer.Meta.fields, "link")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_link(self, row):
        return surveys.link_of(row)


class AskingSerializer(serializers.Serializer):
    """``mail``: send the link to those who have an address, where mail is set up."""

    survey = serializers.IntegerField(min_value=1)
    contacts = serializers.ListField(
        child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST_AT_ONCE
    )
    language = serializers.ChoiceField(settings.LANGUAGES)
    mail = serializers.BooleanField(required=False, default=False)


class LeftOutSerializer(serializers.Serializer):
    contact = serializers.IntegerField()
    reason = serializers.ChoiceField(list(surveys.REASONS))


class AskedSerializer(serializers.Serializer):
    """Who was asked, each with the link, and who was left out and why."""

    invitations = InvitationWithLink(many=True)
    left_out = LeftOutSerializer(many=True)


class InvitationList(ListAPIView):
    """Who was asked; ``POST`` asks people of clients and tells the links."""

    serializer_class = InvitationSerializer
    secrets = ("link",)
    filters = {
        **OF_CLIENT,
        "survey": ("survey", whole),
        "contact": ("contact", whole),
    }
    sorts = {"id": "pk", "created_at": "created_at"}

    def get_queryset(self):
        return SurveyInvitation.objects.select_related("answer").order_by("pk")

    @extend_schema(
        request=AskingSerializer,
        responses={201: AskedSerializer},
        examples=sent(survey=1, contacts=[3, 4], language="ru", mail=False),
    )
    def post(self, request):
        asked = AskingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        survey = found.open_surveys(today()).filter(pk=data["survey"]).first()
        if survey is None:
            raise serializers.ValidationError(
                {"survey": [_("No survey of this id takes answers.")]}
            )
        wanted = list(dict.fromkeys(data["contacts"]))
        people = Contact.objects.filter(pk__in=wanted).editable_by(current())
        people = list(people.select_related("client").order_by("pk"))
        if len(people) < len(wanted):
            raise serializers.ValidationError(
                {"contacts": [_("Not all of them are yours to ask.")]}
            )
        if data["mail"] and not outgoing.is_set_up():
            raise serializers.ValidationError({"mail": [_("This installation sends no mail.")]})
        done = surveys.invite(survey, people, data["language"], request.user, mail=data["mail"])
        told = {
            "invitations": done.invitations,
            "left_out": [{"contact": who.pk, "reason": why} for who, why in done.left_out],
        }
        return Response(AskedSerializer(told).data, status=status.HTTP_201_CREATED)


class InvitationDetail(APIView):
    """One person asked, and what they answered."""

    @extend_schema(responses=InvitationSerializer)
    def get(self, request, pk):
        row = find(SurveyInvitation, queryset=found.invitations(), pk=pk)
        return Response(InvitationSerializer(row).data)


class InvitationWithdrawal(APIView):
    """Let a link lead nowhere any more; an answer given by it stays."""

    @extend_schema(request=None, responses=InvitationSerializer)
    def post(self, request, pk):
        row = find_editable(SurveyInvitation, pk=pk)
        try:
            surveys.withdraw(row)
        except ValidationError as error:
            raise _told(error) from error
        row = find(SurveyInvitation, queryset=found.invitations(), pk=pk)
        return Response(InvitationSerializer(row).data)


class FollowUpSerializer(serializers.Serializer):
    """What was done about the answer."""

    follow_up = serializers.CharField(max_length=1000)


class AnswerFollowUp(APIView):
    """Say what was done about a low answer."""

    @extend_schema(request=FollowUpSerializer, responses=InvitationSerializer)
    def post(self, request, pk):
        row = find_editable(SurveyInvitation, queryset=found.invitations(), pk=pk)
        said = FollowUpSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        answer = getattr(row, "answer", None)
        if answer is None:
            raise serializers.ValidationError({"non_field_errors": [_("Nobody has answered yet.")]})
        try:
            survey_answers.follow_up(answer, said.validated_data["follow_up"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        row = find(SurveyInvitation, queryset=found.invitations(), pk=pk)
        return Response(InvitationSerializer(row).data)
