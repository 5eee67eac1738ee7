"""Sessions of people who owe a second step get nothing from the REST API; keys are not asked."""

from django.utils.translation import gettext_lazy as _
from rest_framework import permissions
from rest_framework.exceptions import PermissionDenied

from accounts.services import second_step


class SecondStepMissing(PermissionDenied):
    default_code = "second_step_required"
    default_detail = _("Your role needs a second step to sign in. Add one on your page first.")


class HasSecondStep(permissions.BasePermission):
    def has_permission(self, request, view):
        person = request.user
        by_session = person.is_authenticated and getattr(person, "token", None) is None
        if by_session and second_step.owes(person):
            raise SecondStepMissing
        return True
