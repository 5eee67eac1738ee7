"""Needs over REST: noted, changed, brought forward; and the themes that gather them."""

from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.forms.needs import MergingForm, NeedForm, ThemeForm
from accounts.models import Client, Need, NeedStep, Theme
from accounts.selectors import needs as found
from accounts.services import needs
from accounts.services.clients import Conflict
from kam.lib.api_parameters import one_of, sent, whole
from kam.lib.endpoints import APIView, ListAPIView, version_asked
from kam.lib.views import find, find_editable

from .clients import OF_CLIENT, ChangedMeanwhile
from .contacts import _client_of
from .promises import _told
from .removals import RemovalSerializer, removed


class NeedSerializer(serializers.ModelSerializer):
    """A need.  ``product``: its code.  ``new_theme`` names a theme instead of ``theme``.  One of
    ``low`` and ``high`` is enough.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)
    product = serializers.CharField(
        source="product.code", required=False, allow_null=True, allow_blank=True, max_length=500
    )
    new_theme = serializers.CharField(write_only=True, required=False, max_length=200)

    class Meta:
        model = Need
        fields = (
            "id", "client", "what", "purpose", "by_when", "source", "contact", "interaction",
            "theme", "new_theme", "family", "product", "low", "high", "likelihood", "state",
            "since", "reason", "author", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "state", "since", "reason", "author", "created_at")


class NeedStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = NeedStep
        fields = ("before", "after", "reason", "person", "at")
        read_only_fields = fields


class NeedWithSteps(NeedSerializer):
    """``steps``: its way so far, the latest first."""

    steps = NeedStepSerializer(many=True, read_only=True)

    class Meta(NeedSerializer.Meta):
        fields = (*NeedSerializer.Meta.fields, "steps")


def _filled(data, client: Client, need: Need | None = None) -> NeedForm:
    """The form of the page, filled from JSON: one set of rules for people and programs."""
    names = NeedForm.Meta.fields
    present = {"source": Need.Source.SAID}
    if need is not None:
        present = model_to_dict(need, fields=names)
        present["product"] = need.product.code if need.product else ""
    form = NeedForm(
        {**present, **{name: data[name] for name in names if name in data}},
        client=client,
        instance=need,
    )
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class NeedList(ListAPIView):
    """Needs of clients that one may see; ``POST`` notes one."""

    serializer_class = NeedSerializer
    filters = {
        **OF_CLIENT,
        "theme": ("theme", whole),
        "state": ("state", one_of(Need.State.values)),
    }
    sorts = {"id": "pk", "since": "since"}

    def get_queryset(self):
        return Need.objects.select_related("product").order_by("pk")

    @extend_schema(
        request=NeedSerializer,
        responses={201: NeedSerializer},
        examples=sent(
            client=2, what="Refill stations on every floor", by_when="2026-09-01",
            new_theme="Refill systems", low="300000.00", high="500000.00", likelihood=60,
        ),
    )  # fmt: skip
    def post(self, request):
        client = _client_of(request.data)
        form = _filled(request.data, client)
        try:
            need = needs.note(client, form.values(), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(NeedSerializer(need).data, status=status.HTTP_201_CREATED)


class NeedDetail(APIView):
    """One need with its way so far."""

    @extend_schema(responses=NeedWithSteps)
    def get(self, request, pk):
        return Response(NeedWithSteps(find(Need, pk=pk)).data)

    @extend_schema(request=NeedSerializer, responses=NeedSerializer)
    def patch(self, request, pk):
        need = find_editable(Need, queryset=found.rows(), pk=pk)
        version = version_asked(request)
        form = _filled(request.data, need.client, find(Need, pk=pk))
        version = need.version if version is None else version
        try:
            needs.change(need, form.values(), version, request.user)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(NeedSerializer(need).data)

    @extend_schema(request=None, responses={200: RemovalSerializer})
    def delete(self, request, pk):
        return removed(request, "need", find_editable(Need, pk=pk))


class NeedMoveSerializer(serializers.Serializer):
    """``reason`` is needed where it is lost, outlived, or goes back."""

    state = serializers.ChoiceField(Need.State.choices)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class NeedSteps(APIView):
    """Bring a need into another state."""

    @extend_schema(request=NeedMoveSerializer, responses=NeedSerializer)
    def post(self, request, pk):
        need = find_editable(Need, pk=pk)
        asked = NeedMoveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        try:
            need = needs.step(need, said["state"], said["reason"], request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(NeedSerializer(need).data)


class ThemeSerializer(serializers.ModelSerializer):
    """A theme.  ``merged_into``: the theme that took it over.  Changing needs ``version``."""

    version = serializers.IntegerField(required=False)

    class Meta:
        model = Theme
        fields = ("id", "name", "description", "merged_into", "author", "created_at", "version")
        read_only_fields = ("id", "merged_into", "author", "created_at")


class ThemeMoneySerializer(serializers.Serializer):
    """Sums of the open needs that one may see, a year, in company currency."""

    needs = serializers.IntegerField()
    clients = serializers.IntegerField()
    low = serializers.DecimalField(24, 2)
    high = serializers.DecimalField(24, 2)
    expected = serializers.DecimalField(24, 2)
    weighed = serializers.IntegerField()
    unpriced = serializers.IntegerField()
    won = serializers.IntegerField()
    lost = serializers.IntegerField()


class ThemeWithMoney(ThemeSerializer):
    money = serializers.SerializerMethodField()

    class Meta(ThemeSerializer.Meta):
        fields = (*ThemeSerializer.Meta.fields, "money")

    @extend_schema_field(ThemeMoneySerializer)
    def get_money(self, row):
        sums = found.money_of(Need.objects.filter(theme=row))
        return ThemeMoneySerializer(sums).data


def _theme_form(data, theme: Theme | None = None) -> ThemeForm:
    names = ThemeForm.Meta.fields
    present = model_to_dict(theme, fields=names) if theme else {}
    given = {name: data[name] for name in names if name in data}
    form = ThemeForm({**present, **given}, instance=theme)
    if not form.is_valid():
        raise serializers.ValidationError(form.errors)
    return form


class ThemeList(ListAPIView):
    """All themes, merged ones too; ``POST`` makes one."""

    serializer_class = ThemeSerializer
    sorts = {"id": "pk", "name": "name"}

    def get_queryset(self):
        return Theme.objects.order_by("pk")

    @extend_schema(
        request=ThemeSerializer,
        responses={201: ThemeSerializer},
        examples=sent(name="Refill systems", description="Dosing and refill instead of cans"),
    )
    def post(self, request):
        form = _theme_form(request.data)
        try:
            theme = needs.make_theme(form.values(), request.user)
        except ValidationError as error:
            raise _told(error) from error
        return Response(ThemeSerializer(theme).data, status=status.HTTP_201_CREATED)


class ThemeDetail(APIView):
    """One theme with the money behind it."""

    @extend_schema(responses=ThemeWithMoney)
    def get(self, request, pk):
        return Response(ThemeWithMoney(find(Theme, pk=pk)).data)

    @extend_schema(request=ThemeSerializer, responses=ThemeSerializer)
    def patch(self, request, pk):
        theme = find_editable(Theme, pk=pk)
        version = version_asked(request)
        form = _theme_form(request.data, find(Theme, pk=pk))
        try:
            needs.change_theme(theme, form.values(), theme.version if version is None else version)
        except ValidationError as error:
            raise _told(error) from error
        except Conflict as conflict:
            raise ChangedMeanwhile(conflict.present.version) from conflict
        return Response(ThemeSerializer(theme).data)


class ThemeMergingSerializer(serializers.Serializer):
    into = serializers.IntegerField(min_value=1, max_value=10**18)


class ThemeMerging(APIView):
    """Give all needs of a theme to another one; answers with that one."""

    @extend_schema(request=ThemeMergingSerializer, responses=ThemeSerializer)
    def post(self, request, pk):
        theme = find_editable(Theme, pk=pk)
        asked = ThemeMergingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        form = MergingForm(asked.validated_data, theme=theme)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            needs.merge(theme, form.cleaned_data["into"])
        except ValidationError as error:
            raise _told(error) from error
        return Response(ThemeSerializer(form.cleaned_data["into"]).data)
