"""The trail as a page for administrator and auditor."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .models import Event
from .selectors import events, last_check
from .words import details, what, who, words

PAGE = 50


@require_GET
def event_list(request):
    action, person = request.GET.get("action", ""), request.GET.get("person", "")
    actions = Event.objects.order_by("action").values_list("action", flat=True).distinct()
    page = Paginator(events(action, person), PAGE).get_page(request.GET.get("page"))
    for event in page:
        event.words = words(event.action)
        event.who = who(event.actor_name)
        event.what = what(event.object_type, event.object_id)
        event.told = list(details(event.details))
    return render(
        request,
        "audit/list.html",
        {
            "page": page,
            "checked": last_check(),
            "actions": sorted(((each, words(each)) for each in actions), key=lambda pair: pair[1]),
            "action": action,
            "person": person,
        },
    )
