"""The button "Export" of a list."""

from django import template

from kam.exports.models import Export
from kam.exports.registry import lists
from kam.lib.navigation import may

register = template.Library()


@register.inclusion_tag("exports/_button.html", takes_context=True)
def export_button(context, name: str, of: int | None = None, **more):
    """``{% export_button "documents" client.pk %}``: the list as it stands on this page.

    ``more``: what the page knows beside its query string.
    """
    request = context["request"]
    asked = request.GET.copy()
    asked.update(more)
    found = lists()[name]
    return {
        "shown": may(request.user, "export_create", "POST") and may(request.user, found.route),
        "name": name,
        "of": of or "",
        "query": asked.urlencode(),
        "formats": [each for each in Export.Format.choices if each[0] in found.formats],
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }
