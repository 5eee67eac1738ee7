"""Views, own fields, changes to several clients and duplicates over REST."""

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.own_fields import OwnFieldForm
from accounts.forms.saved_views import SavedViewForm
from accounts.forms.several import SeveralForm
from accounts.models import Client, OwnField, SavedView, Twin
from accounts.selectors import saved_views as kept_views
from accounts.selectors import twins as found
from accounts.services import own_fields, saved_views, several, twins
from accounts.services.clients import Conflict
from accounts.services.removals import Kept
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.navigation import VIEWED
from kam.lib.views import find, find_editable

from .clients import ChangedMeanwhile
from .promises import _told

_ID = {"min_value": 1, "max_value": 10**18}


def _filled(form):
    """The form of the page, checked: one set of rules for people and programs."""
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class SavedViewSerializer(serializers.ModelSerializer):
    """``page``: which list; ``query``: its filters and order, as in the page's address."""

    page = serializers.ChoiceField(list(VIEWED))
    query = serializers.CharField(
        max_length=kept_views.LONGEST, allow_blank=True, required=False, default=""
    )
    version = serializers.IntegerField(required=False)

    class Meta:
        model = SavedView
        fields = ("id", "person", "page", "query", "name", "shared", "created_at", "version")
        read_only_fields = ("id", "person", "created_at")


class SavedViewList(ListAPIView):
    """One's own views and those shared with one; ``POST`` keeps one, or gives one's own of that
    name other filters."""

    serializer_class = SavedViewSerializer
    filters = {"page": ("page", one_of(list(VIEWED))), "person": ("person", whole)}
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return SavedView.objects.order_by("pk")

    @extend_schema(
        request=SavedViewSerializer,
        responses={201: SavedViewSerializer},
        examples=sent(page="client_list", query="segment=HoReCa", name="Hotels", shared="team"),
    )
    def post(self, request):
        asked = SavedViewSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        form = _filled(SavedViewForm({"shared": "nobody", **told}))
        query = kept_views.kept(told["query"])
        try:
            view = saved_views.save(request.user, told["page"], query, form.values())
        except ValidationError as error:
            raise _told(error) from error
        return Response(SavedViewSerializer(view).data, status=status.HTTP_201_CREATED)


class SavedViewChange(serializers.Serializer):
    name = serializers.CharField(max_length=80, required=False)
    shared = serializers.ChoiceField(SavedView.Shared.choices, required=False)
    version = serializers.IntegerField(required=False)


class SavedViewDetail(APIView):
    """One view; changing needs ``version``."""

    @extend_schema(responses=SavedViewSerializer)
    def get(self, request, pk):
        return Response(SavedViewSerializer(find(SavedView, pk=pk)).data)

    @extend_schema(request=SavedViewChange, responses=SavedViewSerializer)
    def patch(self, request, pk):
        view = find_editable(SavedView, pk=pk)
        version = version_asked(request)
        asked = SavedViewChange(data=request.data)
        asked.is_valid(raise_exception=True)
        present = {"name": view.name, "shared": view.shared}
        form = _filled(
            SavedViewForm({**present, **asked.validated_data}, instance=find(SavedView, pk=pk))
        )
        try:
            saved_views.change(view, form.values(), view.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        except ValidationError as error:
            raise _told(error) from error
        return Response(SavedViewSerializer(view).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request, pk):
        saved_views.remove(find_editable(SavedView, pk=pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class OwnFieldSerializer(serializers.ModelSerializer):
    """``id`` is the key of the answer in a client's ``own``.  ``kind`` is chosen once.
    ``is_retired``: not asked any more."""

    name = serializers.CharField(max_length=60)
    options = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, max_length=50
    )
    is_retired = serializers.BooleanField(required=False)
    version = serializers.IntegerField(required=False)

    class Meta:
        model = OwnField
        fields = ("id", "name", "kind", "options", "help", "position", "is_retired", "version")
        extra_kwargs = {"position": {"required": False, "min_value": 1, "max_value": 999}}


def _field_form(data: dict, instance: OwnField | None = None) -> OwnFieldForm:
    present = {"kind": "text", "position": 1, "help": "", "options": []}
    if instance is not None:
        present = {name: getattr(instance, name) for name in ("name", *present)}
    told = {**present, **data}
    told["options"] = "\n".join(told["options"])
    return _filled(OwnFieldForm(told, instance=instance))


class OwnFieldList(ListAPIView):
    """What the company asks of its clients for itself; administrators add to it."""

    serializer_class = OwnFieldSerializer
    sorts = {"id": "pk", "position": "position"}

    def get_queryset(self):
        return OwnField.objects.order_by("pk")

    @extend_schema(
        request=OwnFieldSerializer,
        responses={201: OwnFieldSerializer},
        examples=sent(name="Delivery window", kind="choice", options=["Morning", "Evening"]),
    )
    def post(self, request):
        asked = OwnFieldSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        field = own_fields.create(_field_form(asked.validated_data).values())
        return Response(OwnFieldSerializer(field).data, status=status.HTTP_201_CREATED)


class OwnFieldDetail(APIView):
    """One field; changing needs ``version``."""

    @extend_schema(responses=OwnFieldSerializer)
    def get(self, request, pk):
        return Response(OwnFieldSerializer(find(OwnField, pk=pk)).data)

    @extend_schema(request=OwnFieldSerializer, responses=OwnFieldSerializer)
    def patch(self, request, pk):
        field = find_editable(OwnField, pk=pk)
        version = version_asked(request)
        asked = OwnFieldSerializer(field, data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        retired = told.pop("is_retired", None)
        form = _field_form(told, find(OwnField, pk=pk))
        try:
            own_fields.change(field, form.values(), field.version if version is None else version)
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        if retired is not None:
            own_fields.retire(field, retired=retired)
        return Response(OwnFieldSerializer(find(OwnField, pk=pk)).data)


class SeveralSerializer(serializers.Serializer):
    """What is left out stays as it is.  ``none`` empties a reference or an own field, ``-`` a
    field of words.  Without ``make`` nothing is changed: the answer says what would be."""

    clients = serializers.ListField(
        child=serializers.IntegerField(**_ID), min_length=1, max_length=several.MOST
    )
    owner = serializers.CharField(max_length=20, required=False)
    team = serializers.CharField(max_length=20, required=False)
    sales_manager = serializers.CharField(max_length=20, required=False)
    lifecycle = serializers.ChoiceField(Client.Lifecycle.choices, required=False)
    segment = serializers.CharField(max_length=120, required=False)
    country = serializers.CharField(max_length=2, required=False)
    region = serializers.CharField(max_length=120, required=False)
    city = serializers.CharField(max_length=120, required=False)
    add = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20
    )
    remove = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20
    )
    own = serializers.DictField(child=serializers.CharField(max_length=500), required=False)
    make = serializers.BooleanField(required=False, default=False)


class SeveralPartSerializer(serializers.Serializer):
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class SeveralLineSerializer(serializers.Serializer):
    """One client: what changes, in words; ``why_not``: why it stays as it is."""

    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    parts = SeveralPartSerializer(many=True)
    why_not = serializers.CharField()


class Several(APIView):
    """One change to several clients, all of them or none."""

    @extend_schema(
        request=SeveralSerializer,
        responses=SeveralLineSerializer(many=True),
        examples=sent(clients=[2, 5], segment="HoReCa", add=["tender"], make=True),
    )
    def post(self, request):
        asked = SeveralSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = dict(asked.validated_data)
        ids, make, own = told.pop("clients"), told.pop("make"), told.pop("own", {})
        form = _filled(
            SeveralForm(
                {**told, **{f"own_{key}": answer for key, answer in own.items()}},
                person=request.user,
            )
        )
        rows = Client.objects.filter(pk__in=ids).order_by("sort_name", "pk")
        rows = list(rows.select_related("owner", "team", "sales_manager"))
        if len(rows) != len(set(ids)):
            raise serializers.ValidationError({"clients": ["Some are not there."]})
        lines = several.ahead(rows, form.change())
        if make:
            try:
                several.make(lines, None)
            except Conflict as conflict:
                raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(SeveralLineSerializer(lines, many=True).data)


class TwinCardSerializer(serializers.ModelSerializer):
    class Meta:
        model = Client
        fields = ("id", "name", "inn", "kpp", "city", "owner", "version")
        read_only_fields = fields


class TwinPairSerializer(serializers.Serializer):
    first = TwinCardSerializer()
    second = TwinCardSerializer()
    reasons = serializers.ListField(child=serializers.CharField())


class PairList(APIView):
    """Cards that may be one client, the surest pairs first, without those decided."""

    @extend_schema(responses=TwinPairSerializer(many=True))
    def get(self, request):
        return Response(TwinPairSerializer(found.pairs(), many=True).data)


class TwinSerializer(serializers.ModelSerializer):
    """``one``: ``other_id`` went into ``kept``; ``two``: they are two clients."""

    class Meta:
        model = Twin
        fields = (
            "id", "kept", "other_id", "other_name", "decision", "person", "at", "undone_at",
            "undone_by",
        )  # fmt: skip
        read_only_fields = fields


class NewTwinSerializer(serializers.Serializer):
    """``taken``: fields that take the other card's value."""

    kept = serializers.IntegerField(**_ID)
    other = serializers.IntegerField(**_ID)
    decision = serializers.ChoiceField(Twin.Decision.choices)
    taken = serializers.ListField(
        child=serializers.ChoiceField(list(twins.CHOSEN)), required=False, max_length=20
    )


class TwinList(ListAPIView):
    """What was decided of pairs of cards; ``POST`` joins two, or says that they are two."""

    serializer_class = TwinSerializer
    filters = {"client": ("kept", whole), "decision": ("decision", one_of(Twin.Decision.values))}
    sorts = {"id": "pk", "at": "at"}

    def get_queryset(self):
        return Twin.objects.order_by("pk")

    @extend_schema(
        request=NewTwinSerializer,
        responses={201: TwinSerializer},
        examples=sent(kept=2, other=7, decision="one", taken=["city"]),
    )
    def post(self, request):
        asked = NewTwinSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        mine = Client.objects.editable_by(request.user).in_bulk([told["kept"], told["other"]])
        if len(mine) < 2:
            raise serializers.ValidationError({"other": ["Give two clients that are yours."]})
        kept, other = mine[told["kept"]], mine[told["other"]]
        try:
            if told["decision"] == Twin.Decision.TWO:
                twin = twins.apart(kept, other, request.user)
            else:
                twin = twins.join(kept, other, told.get("taken", ()), None, request.user)
        except twins.Apart as error:
            raise serializers.ValidationError({"other": [str(error)]}) from error
        return Response(TwinSerializer(twin).data, status=status.HTTP_201_CREATED)


class TwinUndo(APIView):
    """Take a decision back: two cards again, each with its rows."""

    @extend_schema(request=None, responses=TwinSerializer)
    def post(self, request, pk):
        twin = find_editable(Twin, pk=pk)
        try:
            twins.undo(twin, request.user)
        except (twins.Apart, Kept) as error:
            raise serializers.ValidationError({"detail": [str(error)]}) from error
        return Response(TwinSerializer(find(Twin, pk=pk)).data)
