"""Bringing files in over REST: upload, choose how they are read, check, load."""

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from accounts.importing import FIELDS, KINDS, Refused
from accounts.importing.container import MAX_BYTES
from accounts.models import ImportFile
from accounts.services import import_files
from accounts.services.importing.messages import text
from kam.lib.api import Pages
from kam.lib.api_parsers import JSON
from kam.lib.endpoints import APIView
from kam.lib.views import find, find_editable


class ImportFileSerializer(serializers.ModelSerializer):
    """A file on its way in; ``preview`` is the report of its check, or of its loading."""

    class Meta:
        model = ImportFile
        fields = (
            "id", "name", "size", "sha256", "status", "kind", "source", "options", "history",
            "titles", "preview", "job", "batch", "at",
        )  # fmt: skip
        read_only_fields = fields


class ImportFileRow(ImportFileSerializer):
    class Meta(ImportFileSerializer.Meta):
        fields = tuple(
            name for name in ImportFileSerializer.Meta.fields if name not in ("preview", "titles")
        )
        read_only_fields = fields


class Upload(serializers.Serializer):
    file = serializers.FileField()
    source = serializers.CharField(max_length=60, required=False, allow_blank=True)


class Choices(serializers.Serializer):
    """How the file is to be read; what is left out stays as it is.  ``map``: column -> field, empty
    to leave a column out."""

    kind = serializers.ChoiceField(choices=KINDS, required=False)
    source = serializers.CharField(max_length=60, required=False)
    history = serializers.BooleanField(required=False, allow_null=True)
    map = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    decimal = serializers.ChoiceField(choices=(".", ","), required=False, allow_blank=True)
    dates = serializers.ChoiceField(choices=("dmy", "mdy", "ymd"), required=False, allow_blank=True)
    vat = serializers.RegexField(
        r"^(none|(included|excluded)(:\d{1,2}([.]\d{1,2})?)?)?$", required=False, allow_blank=True
    )
    encoding = serializers.CharField(max_length=40, required=False, allow_blank=True)
    delimiter = serializers.CharField(
        max_length=1, required=False, allow_blank=True, trim_whitespace=False
    )

    def validate(self, data):
        kind = data.get("kind") or self.context["kind"]
        known = FIELDS[kind].fields if kind in FIELDS else {}
        for column, field in data.get("map", {}).items():
            if field and field not in known:
                raise serializers.ValidationError({"map": {column: [field]}})
        return data


class Loading(serializers.Serializer):
    """whole: all rows or none; else refused rows are left out."""

    whole = serializers.BooleanField(default=False)


def _settled(error) -> serializers.ValidationError:
    return serializers.ValidationError(
        [_("This file is being worked on, or is in already.")], code="settled"
    )


class ImportFileList(APIView):
    """Files that were brought in, the latest first; ``POST`` brings one in (multipart)."""

    parser_classes = (MultiPartParser,)
    largest = MAX_BYTES + 2**20
    pagination_class = Pages

    @extend_schema(responses=ImportFileRow(many=True))
    def get(self, request):
        pages = Pages()
        rows = pages.paginate_queryset(ImportFile.objects.order_by("-pk"), request, view=self)
        return pages.get_paginated_response(ImportFileRow(rows, many=True).data)

    @extend_schema(request={"multipart/form-data": Upload}, responses={201: ImportFileSerializer})
    def post(self, request):
        upload = Upload(data=request.data)
        upload.is_valid(raise_exception=True)
        found = upload.validated_data
        try:
            row = import_files.keep(found["file"], request.user, found.get("source", ""))
        except Refused as refusal:
            words = text(refusal.issue, get_language() or "")
            raise serializers.ValidationError({"file": [words]}, refusal.issue.code) from refusal
        except ValidationError as error:
            raise serializers.ValidationError({"file": error.messages}) from error
        return Response(ImportFileSerializer(row).data, status=status.HTTP_201_CREATED)


class ImportFileDetail(APIView):
    """One file; ``PATCH`` says how it is to be read, ``DELETE`` puts it aside."""

    parser_classes = (JSON,)

    @extend_schema(responses=ImportFileSerializer)
    def get(self, request, pk):
        return Response(ImportFileSerializer(find(ImportFile, pk=pk)).data)

    @extend_schema(request=Choices, responses=ImportFileSerializer)
    def patch(self, request, pk):
        row = find_editable(ImportFile, pk=pk)
        asked = Choices(data=request.data, context={"kind": row.kind})
        asked.is_valid(raise_exception=True)
        chosen = asked.validated_data
        options = {name: chosen.get(name, row.options.get(name)) for name in import_files.OPTIONS}
        try:
            row = import_files.decide(
                row,
                kind=chosen.get("kind", row.kind),
                source=chosen.get("source", row.source),
                options=options,
                history=chosen.get("history", row.history),
            )
        except import_files.Settled as error:
            raise _settled(error) from error
        return Response(ImportFileSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        try:
            import_files.put_aside(find_editable(ImportFile, pk=pk))
        except import_files.Settled as error:
            raise _settled(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportFileCheck(APIView):
    """Ask what loading would change; the answer comes with the job, as ``preview``."""

    @extend_schema(request=None, responses={202: ImportFileSerializer})
    def post(self, request, pk):
        try:
            row = import_files.request_check(find_editable(ImportFile, pk=pk), request.user)
        except import_files.Settled as error:
            raise _settled(error) from error
        return Response(ImportFileSerializer(row).data, status=status.HTTP_202_ACCEPTED)


class ImportFileLoad(APIView):
    """Load the file as a job; ``batch`` is then what came of it."""

    @extend_schema(request=Loading, responses={202: ImportFileSerializer})
    def post(self, request, pk):
        asked = Loading(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            row = import_files.request_load(
                find_editable(ImportFile, pk=pk),
                request.user,
                partial=not asked.validated_data["whole"],
            )
        except import_files.Settled as error:
            raise _settled(error) from error
        return Response(ImportFileSerializer(row).data, status=status.HTTP_202_ACCEPTED)
