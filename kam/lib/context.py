"""What every template may use."""

from django.conf import settings
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from . import formatting, navigation
from .company import company


def frame(request):
    """Currency, languages, and the links of the rail (made only by pages that show it)."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "company_currency": company().currency,
        "company_currency_sign": formatting.currency_sign(company().currency, language=language),
        "languages": settings.LANGUAGES,
        "rail": SimpleLazyObject(lambda: _rail(request)),
    }


def _rail(request) -> list[list[dict]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    match = request.resolver_match
    view_name = match.view_name if match else ""
    groups = (navigation.WORK, navigation.HOUSEHOLD)
    return [found for group in groups if (found := navigation.links(group, user, view_name))]
