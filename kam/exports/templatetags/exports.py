"""The button "Export" of a list."""

from django import template

from kam.exports.models import Export
from kam.exports.registry import lists
from kam.lib.navigation import may

register = template.Library()


@register.inclusion_tag("exports/_button.html", takes_context=True)
def export_button(context, name: str, of: int | None = None):
    """``{% export_button "documents" client.pk %}``: the list as it stands on this page."""
    request = context["request"]
    shown = may(request.user, "export_create", "POST") and may(request.user, lists()[name].route)
    return {
        "shown": shown,
        "name": name,
        "of": of or "",
        "query": request.GET.urlencode(),
        "formats": Export.Format.choices,
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
