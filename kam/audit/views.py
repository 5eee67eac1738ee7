"""The trail as a page for administrator and auditor."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from .models import Event
from .words import words

PAGE = 50


@require_GET
def event_list(request):
    events = Event.objects.select_related("actor")
    action, person = request.GET.get("action", ""), request.GET.get("person", "")
    if action:
        events = events.filter(action=action[:60])
    if person:
        events = events.filter(actor_name__icontains=person[:200])
    actions = Event.objects.order_by("action").values_list("action", flat=True).distinct()
    page = Paginator(events, PAGE).get_page(request.GET.get("page"))
    for event in page:
        event.words = words(event.action)
    return render(
        request,
        "audit/list.html",
        {
            "page": page,
            "actions": sorted(((each, words(each)) for each in actions), key=lambda pair: pair[1]),
            "action": action,
            "person": person,
        },
    )
