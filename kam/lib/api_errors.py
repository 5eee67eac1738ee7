"""How errors of the REST API look: ``{"error": {"code", "message", "fields"}}``, always."""

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback


def page_not_found(request, exception):
    """404 of an address that no route has: JSON for programs, a page for people."""
    if not request.path.startswith("/api/v1/"):
        return defaults.page_not_found(request, exception)
    said = {"code": "not_found", "message": _("There is no such address."), "fields": {}}
    return JsonResponse({"error": said}, status=404)


def answer_error(error, context):
    """Exception -> response in the one error shape; None for what is a server error."""
    if isinstance(error, IntegrityError):
        # Says nothing about why: the row in the way may be one that this person cannot see.
        set_rollback()
        error = exceptions.ValidationError(_("This cannot be saved."))
    elif isinstance(error, ModelValidationError):
        error = exceptions.ValidationError(serializers.as_serializer_error(error))
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    fields, message = {}, ""
    if isinstance(error, exceptions.ValidationError):
        code = "invalid"
        data = response.data
        fields = data if isinstance(data, dict) else {"non_field_errors": data}
        message = _("Some values need a correction.")
    else:
        code = error.get_codes() if isinstance(error.get_codes(), str) else error.default_code
        message = str(error.detail)
    return Response(
        {"error": {"code": code, "message": message, "fields": fields}},
        status=response.status_code,
        headers={
            name: response.headers[name]
            for name in ("WWW-Authenticate", "Retry-After")
            if name in response.headers
        },
    )
