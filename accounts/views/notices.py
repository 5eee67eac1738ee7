"""Notices of the person who is signed in: a part of Today."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Notice
from accounts.services import notices
from kam.lib.views import find_editable, wants_part


@require_GET
def notice_list(request):
    template = "_notices" if wants_part(request) else "notices"
    context = {"told": notices.unseen_of(request.user)}
    return render(request, f"accounts/home/{template}.html", context)


@require_POST
def notice_seen(request, pk):
    notices.see(find_editable(Notice, pk=pk))
    if wants_part(request):
        context = {"told": notices.unseen_of(request.user)}
        return render(request, "accounts/home/_notices.html", context)
    return redirect("home")
