"""What each person sets for themselves: language, theme, density of tables."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.http import require_POST

from .views import following

THEMES = ("light", "dark", "system")
DENSITIES = ("regular", "compact")


@login_not_required
@require_POST
def preferences(request):
    """Keeps the choices given by POST (``language``, ``theme``, ``density``) and goes back to
    ``next``.  Nobody signed in: the language alone, in a cookie.  Unknown values are a 400."""
    chosen = request.POST
    allowed = {
        "language": [code for code, _name in settings.LANGUAGES],
        "theme": THEMES,
        "density": DENSITIES,
    }
    if any(name in chosen and chosen[name] not in values for name, values in allowed.items()):
        return HttpResponseBadRequest()
    response = HttpResponseRedirect(following(request) or _first_page(request))
    if language := chosen.get("language"):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    if request.user.is_authenticated:
        _keep(request.user, chosen)
    return response


def _keep(user, chosen) -> None:
    fields = [name for name in ("language", "theme") if name in chosen]
    for name in fields:
        setattr(user, name, chosen[name])
    if "density" in chosen:
        user.compact = chosen["density"] == "compact"
        fields.append("compact")
    if fields:
        user.save(update_fields=fields)


def _first_page(request) -> str:
    return resolve_url(
        settings.LOGIN_REDIRECT_URL if request.user.is_authenticated else settings.LOGIN_URL
    )
