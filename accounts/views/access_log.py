"""Who has had contact data before their eyes."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import Client
from accounts.selectors import access_log
from accounts.selectors import people as directory

PAGE = 50


@require_GET
def access_list(request):
    asked = access_log.Asked.of(request.GET)
    page = Paginator(access_log.looks(asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": access_log.told(page),
        "asked": asked,
        "people": directory.people(),
        "ways": access_log.Way.choices,
        "client": Client.objects.only("name").filter(pk=asked.client).first()
        if asked.client
        else None,
    }
    return render(request, "accounts/subjects/access_list.html", context)
