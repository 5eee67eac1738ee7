"""Cards that may be one client: the list of pairs, joining two, and taking it back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Client, Twin
from accounts.selectors import clients as lists
from accounts.selectors import twins as found
from accounts.services import twins as services
from accounts.services.clients import may_edit
from accounts.services.removals import Kept, days_left
from kam.lib.editing import Conflict
from kam.lib.navigation import may
from kam.lib.views import find, find_editable, wants_part

SHOWN = 50
OFFERED = 30


@require_GET
def twin_list(request):
    decided = list(found.decided()[:SHOWN])
    for row in decided:
        row.days = days_left(row.removal) if row.removal else None
    context = {
        "pairs": found.pairs(),
        "decided": decided,
        "most": found.MOST,
        "may_join": may(request.user, "twin_apart", "POST"),
    }
    return render(request, "accounts/lists/twins.html", context)


def _two(request, pk):
    """The card that stays, and the one of ``with``: None where it is not the person's to change,
    be it another's, gone, or not given at all."""
    asked = request.POST.get("with") or request.GET.get("with", "")
    kept = find_editable(Client, queryset=_cards(), pk=pk)
    mine = _cards().editable_by(request.user)
    number = int(asked[:18]) if asked.isascii() and asked.isdecimal() else 0
    return kept, mine.filter(pk=number).first()


def _which(request, here: Client):
    q = request.GET.get("q", "")[:100]
    mine = _cards().editable_by(request.user).exclude(pk=here.pk)
    offered = mine.filter(lists.named_like(q)) if q.strip() else mine.none()
    context = {"client": here, "q": q, "offered": offered.order_by("sort_name", "pk")[:OFFERED]}
    template = "_join_which" if wants_part(request) else "join_which"
    return render(request, f"accounts/lists/{template}.html", context)


def _no_other(request):
    messages.error(request, _("Choose two cards that are yours to change."))
    return redirect("twin_list")


def _cards():
    return Client.objects.select_related("owner", "team", "sales_manager", "group")


@require_http_methods(["GET", "POST"])
def client_join(request, pk):
    """Two cards beside each other; a post lets the one of ``with`` go into this one.  Without
    ``with``: which one it is, ``?q=`` narrows what is offered."""
    here = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(here):
        return redirect("client_detail", pk=pk)
    if request.method == "GET" and not request.GET.get("with"):
        return _which(request, here)
    kept, other = _two(request, pk)
    if other is None:
        return _no_other(request)
    status = 200
    if request.method == "POST":
        taken = {name for name in services.CHOSEN if request.POST.get(name) == "other"}
        try:
            services.join(kept, other, taken, _versions(request.POST), request.user)
        except Conflict:
            messages.warning(request, _("Somebody has changed one of the two. Look once more."))
            kept, other = _two(request, pk)
            if other is None:
                return _no_other(request)
            status = 409
        except services.Apart as error:
            messages.error(request, str(error))
            status = 409
        else:
            told = _("One client now. Until the bin is emptied it can be taken back.")
            messages.success(request, told)
            return redirect("client_detail", pk=kept.pk)
    context = {
        "kept": kept,
        "other": other,
        "choices": services.choices(kept, other),
        "own_lines": services.own_lines(kept, other),
        "new_tags": [tag for tag in other.tags if tag not in kept.tags],
        "ahead": services.ahead(kept, other),
    }
    return render(request, "accounts/lists/join.html", context, status=status)


def _versions(posted) -> tuple[int, int] | None:
    told = [posted.get(name, "") for name in ("kept_version", "other_version")]
    if all(each.isascii() and each.isdecimal() for each in told):
        return int(told[0][:9]), int(told[1][:9])
    return None


@require_POST
def twin_apart(request, pk):
    """They are two: nobody is asked about them again."""
    first, second = _two(request, pk)
    if second is None:
        return _no_other(request)
    services.apart(first, second, request.user)
    messages.success(request, _("Noted: they are two clients."))
    return redirect("twin_list")


@require_POST
def twin_undo(request, pk):
    twin = find_editable(Twin, queryset=Twin.objects.select_related("kept"), pk=pk)
    try:
        services.undo(find(Twin, pk=twin.pk), request.user)
    except (services.Apart, Kept) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back."))
    return redirect("twin_list")
