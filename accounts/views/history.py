"""What a record said before: who changed what, and when."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.models import AccountPlan, Contact, Edit, Goal, Promise, User
from accounts.selectors import history as found
from accounts.services import history_words as words
from kam.lib.views import find

from .clients import _found, head

PAGE = 30


def page_of(request, edits: QuerySet[Edit]) -> dict:
    """The part of a template that tells edits: a page of them, in words."""
    page = Paginator(edits, PAGE).get_page(request.GET.get("page"))
    return {"page": page, "edits": words.told(page.object_list)}


@require_GET
def client_history(request, pk):
    client = _found(pk)
    context = page_of(request, found.of(client)) | head(client)
    return render(request, "accounts/clients/history.html", context)


@require_GET
def contact_history(request, pk):
    """Of somebody blocked nothing but the name is shown, so their past is not either."""
    contact = find(Contact, queryset=Contact.objects.select_related("client"), pk=pk)
    if contact.is_blocked:
        return redirect("contact_consents", pk=pk)
    return _page(request, contact, reverse("client_people", args=[contact.client_id]))


@require_GET
def goal_history(request, pk):
    goal = find(Goal, queryset=Goal.objects.select_related("client"), pk=pk)
    return _page(request, goal, reverse("goal_detail", args=[pk]))


@require_GET
def plan_history(request, pk):
    """Of the plan with its sections and actions, as they are in it now."""
    plan = find(AccountPlan, queryset=AccountPlan.objects.select_related("client"), pk=pk)
    return _page(request, plan, reverse("plan_detail", args=[pk]))


@require_GET
def promise_history(request, pk):
    promise = find(Promise, queryset=Promise.objects.select_related("client"), pk=pk)
    return _page(request, promise, reverse("promise_detail", args=[pk]))


@require_GET
def person_history(request, pk):
    person = get_object_or_404(User, pk=pk)
    return history_page(request, person, found.of_row(person), reverse("person_edit", args=[pk]))


def _page(request, record, back: str):
    return history_page(request, record, found.of(record), back)


def history_page(request, record, edits: QuerySet[Edit], back: str):
    """A page of its own for what a record said before, with a way ``back`` to it."""
    context = {"record": record, "back": back, **page_of(request, edits)}
    return render(request, "accounts/history.html", context)
