"""What the door says of the account of one's company."""

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.services import company_account

register = template.Library()


@register.simple_tag
def company_sign_in() -> str:
    """What its button says; empty where there is no such way in."""
    if not company_account.is_set_up():
        return ""
    if settings.OIDC_NAME:
        return _("Sign in with %(name)s") % {"name": settings.OIDC_NAME}
    return _("Sign in with your company's account")
