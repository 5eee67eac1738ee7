"""The frame of the REST API: who may call, how lists are cut, how errors look.

Every error has one shape: ``{"error": {"code", "message", "fields"}}``.
"""

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import IntegrityError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from . import policy


class PolicyPermission(BasePermission):
    """Asks the policy table, with the person that the token or session stands for."""

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated:
            return False  # 401: sign in first
        policy.check(request.resolver_match.view_name, request.user, request.method)
        return True


class Pages(CursorPagination):
    """Lists are cut by a cursor: stable while rows come and go, and as fast on the last page
    as on the first.  ``page_size`` 1..200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "pk"


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
