"""KAMs over REST: load, capacity, skills and their ratings."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.models import Client, Kam, OwnSkill, SkillRating
from accounts.selectors import roles
from accounts.selectors import skill_library as library
from accounts.selectors import skills as found
from accounts.services import load as carried
from accounts.services import skills
from accounts.services.clients import Conflict
from kam.lib.api_parameters import sent
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.periods import today
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile
from .promises import _told


class KamLoadSerializer(serializers.Serializer):
    """What a KAM carries.  ``used``: the larger share of the capacity, null while it is not set."""

    id = serializers.IntegerField(source="person.pk")
    name = serializers.CharField(source="person.name")
    team = serializers.IntegerField(source="person.team_id", allow_null=True)
    keys = serializers.IntegerField(help_text="clients of standing key or watch")
    coming = serializers.IntegerField(help_text="clients on trial, and candidates")
    others = serializers.IntegerField()
    points = serializers.IntegerField()
    key_slots = serializers.IntegerField(source="person.key_slots", allow_null=True)
    load_points = serializers.IntegerField(source="person.load_points", allow_null=True)
    used = serializers.FloatField(allow_null=True)
    promises = serializers.IntegerField()
    promises_late = serializers.IntegerField()
    steps = serializers.IntegerField()
    steps_late = serializers.IntegerField()
    goals = serializers.IntegerField()
    goals_off = serializers.IntegerField()
    talks = serializers.IntegerField(help_text="within 90 days")


class KamList(APIView):
    """The load of the KAMs whose work one may look at, the fullest first."""

    @extend_schema(responses=KamLoadSerializer(many=True))
    def get(self, request):
        rows = carried.loads(list(found.kams()), today())
        return Response(KamLoadSerializer(rows, many=True).data)


class SkillRatingSerializer(serializers.ModelSerializer):
    class Meta:
        model = SkillRating
        fields = ("skill", "said_by", "value", "day", "note", "author", "at")
        read_only_fields = fields


class ProfileLineSerializer(serializers.Serializer):
    """``gap``: self less manager; null while one of them has said nothing."""

    skill = serializers.CharField(source="skill.key")
    name = serializers.CharField(source="skill.name")
    part = serializers.ChoiceField(list(library.PARTS), source="skill.part")
    self = serializers.IntegerField(source="own.value", allow_null=True, default=None)
    manager = serializers.IntegerField(source="manager.value", allow_null=True, default=None)
    gap = serializers.IntegerField(allow_null=True)


class KamProfileSerializer(serializers.Serializer):
    """``usefulness``: how content clients were in a year, 1–10; null below five ``answers``."""

    id = serializers.IntegerField(source="person.pk")
    name = serializers.CharField(source="person.name")
    usefulness = serializers.FloatField(source="useful.mean", allow_null=True)
    answers = serializers.IntegerField(source="useful.answers")
    skills = ProfileLineSerializer(many=True)
    load = KamLoadSerializer()


class KamDetail(APIView):
    """One KAM: skills as both sides see them, usefulness, load."""

    @extend_schema(responses=KamProfileSerializer)
    def get(self, request, pk):
        person, day = find(Kam, queryset=found.kams(), pk=pk), today()
        answer = {
            "person": person,
            "useful": found.usefulness_of([person], day)[person.pk],
            "skills": found.profile_of(person),
            "load": carried.loads([person], day)[0],
        }
        return Response(KamProfileSerializer(answer).data)


class RatingSentSerializer(serializers.Serializer):
    skill = serializers.CharField(max_length=40)
    value = serializers.IntegerField(min_value=1, max_value=10)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RatingsSentSerializer(serializers.Serializer):
    """Ratings of one day, today where it is left out; earlier ones stay."""

    day = serializers.DateField(required=False)
    ratings = RatingSentSerializer(many=True, allow_empty=False, max_length=200)


class KamRatings(APIView):
    """Ratings of a KAM's skills, oldest first; ``POST`` adds one's own, or those of who leads."""

    @extend_schema(responses=SkillRatingSerializer(many=True))
    def get(self, request, pk):
        person = find(Kam, queryset=found.kams(), pk=pk)
        rows = found.ratings_of(person).order_by("day", "pk")
        return Response(SkillRatingSerializer(rows, many=True).data)

    @extend_schema(
        request=RatingsSentSerializer,
        responses={201: SkillRatingSerializer(many=True)},
        examples=sent(ratings=[{"skill": "rapport", "value": 7, "note": "asked before tenders"}]),
    )
    def post(self, request, pk):
        person = find_editable(Kam, queryset=found.kams(), pk=pk)
        asked = RatingsSentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        ratings = {row["skill"]: (row["value"], row["note"]) for row in said["ratings"]}
        try:
            rows = skills.rate(person, ratings, request.user, said.get("day"))
        except ValidationError as error:
            raise _told(error) from error
        return Response(SkillRatingSerializer(rows, many=True).data, status=status.HTTP_201_CREATED)


class CapacitySerializer(serializers.Serializer):
    """What a person can carry: places for key clients, points of load; null: not said."""

    key_slots = serializers.IntegerField(min_value=0, max_value=32_767, allow_null=True)
    load_points = serializers.IntegerField(min_value=0, max_value=32_767, allow_null=True)


class KamCapacity(APIView):
    """What a KAM can carry; set by who leads.  ``If-Match`` keeps another's change from loss."""

    @extend_schema(responses=CapacitySerializer)
    def get(self, request, pk):
        person = find(Kam, queryset=found.kams(), pk=pk)
        return Response(CapacitySerializer(person).data)

    @extend_schema(request=CapacitySerializer, responses=CapacitySerializer)
    def put(self, request, pk):
        person = find_editable(Kam, queryset=found.kams(), pk=pk)
        asked = CapacitySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        person = carried.set_capacity(person, asked.validated_data, {})
        return Response(CapacitySerializer(person).data)


class MonthCountSerializer(serializers.Serializer):
    day = serializers.DateField()
    keys = serializers.IntegerField()


class HiringSerializer(serializers.Serializer):
    """``state``: ``unknown`` (capacity of ``unsaid`` is not set), ``young`` (too little history),
    ``over``, ``steady`` (no growth), ``later``, ``due`` (begin to look by ``begin``)."""

    state = serializers.ChoiceField(["unknown", "young", "over", "steady", "later", "due"])
    keys = serializers.IntegerField()
    places = serializers.IntegerField()
    unsaid = serializers.ListField(child=serializers.CharField())
    growth_a_month = serializers.FloatField(source="growth.a_month", allow_null=True, default=None)
    full_on = serializers.DateField(allow_null=True)
    low = serializers.DateField(allow_null=True)
    high = serializers.DateField(allow_null=True)
    begin = serializers.DateField(allow_null=True)
    lead_weeks = serializers.IntegerField()
    counts = MonthCountSerializer(many=True)


class KamHiring(APIView):
    """When the KAMs one leads can take no more key clients, and when to begin to look."""

    @extend_schema(responses=HiringSerializer)
    def get(self, request):
        answer = carried.when_to_hire(list(found.kams()), request.user, today())
        return Response(HiringSerializer(answer).data)


class BothRolesSerializer(serializers.ModelSerializer):
    """A client with one person as sales manager and as KAM."""

    class Meta:
        model = Client
        fields = ("id", "name", "owner", "sales_manager")
        read_only_fields = fields


class BothRolesList(ListAPIView):
    """Clients that one person sells to and develops; none in a small company that allows it."""

    serializer_class = BothRolesSerializer
    sorts = {"id": "pk", "name": "sort_name"}

    def get_queryset(self):
        return roles.both_roles().order_by("pk")


class SkillSerializer(serializers.ModelSerializer):
    """A skill of the company's own; changing needs ``version``."""

    key = serializers.CharField(read_only=True)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = OwnSkill
        fields = ("id", "key", "name", "at_three", "at_six", "at_nine", "archived", "version")


class KnownSkillSerializer(serializers.Serializer):
    """``levels``: what 3, 6 and 9 mean; ``id`` is null for a skill of the method."""

    id = serializers.IntegerField(allow_null=True)
    key = serializers.CharField()
    part = serializers.ChoiceField(list(library.PARTS))
    name = serializers.CharField()
    levels = serializers.ListField(child=serializers.CharField(allow_blank=True))
    archived = serializers.BooleanField()


class SkillList(APIView):
    """All skills with what their levels mean; ``POST`` adds one of the company's own."""

    @extend_schema(responses=KnownSkillSerializer(many=True))
    def get(self, request):
        own = {row.key: row.pk for row in OwnSkill.objects.all()}
        rows = [
            {**vars(skill), "id": own.get(skill.key)} for skill in library.skills(archived=True)
        ]
        return Response(KnownSkillSerializer(rows, many=True).data)

    @extend_schema(
        request=SkillSerializer,
        responses={201: SkillSerializer},
        examples=sent(name="Tenders", at_six="Wins one of three"),
    )
    def post(self, request):
        asked = SkillSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        skill = skills.create_skill(asked.validated_data, request.user)
        return Response(SkillSerializer(skill).data, status=status.HTTP_201_CREATED)


class SkillDetail(APIView):
    """One of the company's own skills."""

    @extend_schema(responses=SkillSerializer)
    def get(self, request, pk):
        return Response(SkillSerializer(find(OwnSkill, pk=pk)).data)

    @extend_schema(request=SkillSerializer, responses=SkillSerializer)
    def patch(self, request, pk):
        skill = find_editable(OwnSkill, pk=pk)
        version = version_asked(request)
        asked = SkillSerializer(skill, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        values = {k: v for k, v in asked.validated_data.items() if k != "version"}
        try:
            skills.change_skill(skill, values, skill.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(SkillSerializer(skill).data)
