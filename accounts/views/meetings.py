"""Meetings: planned with an agenda that makes itself, prepared on one sheet, and their minutes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.meetings import (
    ApprovalForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    MinutesMailForm,
    ResultForms,
)
from accounts.models import AgendaItem, Client, Meeting, MeetingResult, MinutesVersion
from accounts.selectors import ledger
from accounts.selectors import meetings as found
from accounts.services import agenda, meetings, minutes_mail
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import address
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import _found, head

form_page = require_http_methods(["GET", "POST"])
PAGE = 50
# Where a point of the agenda comes from -> the page of its row.
PAGES = {
    "ours": "promise_detail", "theirs": "promise_detail", "debt": "client_receivables",
    "sales": "client_documents", "problem": "problem_detail", "need": "need_detail",
    "goal": "goal_detail",
}  # fmt: skip


def filters_of(parameters) -> found.Filters:
    return found.Filters(**{n: parameters.get(n, "")[:20] for n in ("when", "kind")})


@require_GET
def meeting_list(request):
    filters = filters_of(request.GET)
    page = Paginator(found.filtered(filters), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "filters": filters, "kinds": Meeting.Kind.choices}
    part = "_list" if wants_part(request) else "list"
    return render(request, f"accounts/meetings/{part}.html", context)


@require_GET
def client_meetings(request, pk):
    client = _found(pk)
    rows = found.meetings_of(ledger.legal_entities(client, today()))
    context = {
        "coming": rows.filter(state="planned").order_by("starts_at"),
        "past": rows.exclude(state="planned").order_by("-starts_at")[:50],
    }
    return render(request, "accounts/meetings/client.html", context | head(client))


@form_page
def meeting_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_meetings", pk=pk)
    return _create(request, find_editable(Client, pk=pk))


@form_page
def review_create(request):
    """A review of the clients that somebody looks after."""
    return _create(request, None)


def _create(request, client):
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, client=client, initial={"about": request.GET.get("about", "")[:18]})
    if posted is not None and form.is_valid():
        values = form.values()
        contacts, people = values.pop("contacts", ()), values.pop("people", ())
        try:
            meeting = meetings.plan(client, values, request.user, contacts, people)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Planned; the agenda has what is open."))
            return redirect("meeting_detail", pk=meeting.pk)
    status = 422 if form.is_bound else 200
    return render(
        request, "accounts/meetings/form.html", {"form": form, "client": client}, status=status
    )


def _meeting(pk) -> Meeting:
    return find(Meeting, queryset=found.rows(), pk=pk)


@form_page
def meeting_edit(request, pk):
    meeting = _meeting(pk)
    if request.method == "GET" and not may_edit(meeting):
        return redirect("meeting_detail", pk=pk)
    find_editable(Meeting, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, instance=_meeting(pk), client=meeting.client)
    context = {"form": form, "client": meeting.client, "meeting": meeting}
    template = "accounts/meetings/form.html"
    if posted is not None and form.is_valid():
        values = form.values()
        contacts, people = values.pop("contacts", None), values.pop("people", None)
        try:
            meetings.change(meeting, values, form.cleaned_data["version"] or 0, contacts, people)
        except Conflict as conflict:
            return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("meeting_detail", pk=pk)
    return render(request, template, context, status=422 if form.is_bound else 200)


@form_page
def meeting_detail(request, pk):
    """One meeting: agenda, who comes, what came of it; a post changes the agenda or approves."""
    meeting = _meeting(pk)
    if request.method == "POST":
        find_editable(Meeting, pk=pk)
        try:
            _act(request, meeting)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("meeting_detail", pk=pk)
    items = list(found.items_of(meeting))
    for item in items:
        route = PAGES.get(item.source, "")
        item.url = address(route, item.row) if route and item.row else ""
    before = found.last_before(meeting)
    context = {
        "meeting": meeting,
        "items": [item for item in items if not item.dropped],
        "dropped": [item for item in items if item.dropped],
        "people": found.people_of(meeting),
        "results": found.results_of(meeting),
        "versions": found.versions_of(meeting),
        "mails": found.mails_of(meeting) if meeting.number else (),
        "mail_form": _mail_form(request, meeting),
        "before": before,
        "decisions": found.decisions_of(before),
        "editable": may_edit(meeting),
        "approves": meetings.may_approve(meeting, request.user),
        "item_form": ItemForm(),
        "approval": ApprovalForm(),
    }
    return render(request, "accounts/meetings/detail.html", context)


def _mail_form(request, meeting: Meeting, data=None) -> MinutesMailForm | None:
    """For whom may approve, once there is a version that somebody may get."""
    if not meeting.number or meeting.is_internal or not meetings.may_approve(meeting, request.user):
        return None
    people = minutes_mail.recipients(meeting)
    if not people:
        return None
    return MinutesMailForm(data, version=found.versions_of(meeting).first(), people=people)


def _mail(request, meeting: Meeting) -> None:
    form = _mail_form(request, meeting, request.POST)
    if form is None or not form.is_valid():
        raise ValidationError(_("Choose who gets the minutes."))
    said = form.cleaned_data
    version = found.versions_of(meeting).select_related("meeting__client").first()
    sent = minutes_mail.post(version, said["contacts"], said["language"], request.user)
    messages.success(
        request, ngettext("The minutes go to %(n)s person.", "The minutes go to %(n)s people.", len(sent))
        % {"n": len(sent)},
    )  # fmt: skip


def _act(request, meeting: Meeting) -> None:
    act, _colon, number = request.POST.get("act", "").partition(":")
    if act == "add":
        form = ItemForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            meetings.add_item(meeting, said["text"], internal=said["internal"])
    elif act == "refresh":
        agenda.build(meeting)
    elif act == "cancel":
        meetings.cancel(meeting)
    elif act == "mail":
        _mail(request, meeting)
    elif act == "approve":
        meetings.approve(meeting, request.user, request.POST.get("reason", "")[:500])
        messages.success(request, _("The minutes are approved."))
    elif act in ("drop", "restore", "up", "down") and number.isdecimal():
        item = find_editable(AgendaItem, pk=int(number[:18]), meeting=meeting.pk)
        if act in ("drop", "restore"):
            meetings.drop_item(item, act == "drop")
        else:
            meetings.move_item(item, -1 if act == "up" else 1)


@form_page
def meeting_minutes(request, pk):
    """Minutes and all that came of the meeting, in one save."""
    meeting = _meeting(pk)
    if request.method == "GET" and (not may_edit(meeting) or meeting.state == "cancelled"):
        return redirect("meeting_detail", pk=pk)
    find_editable(Meeting, pk=pk)
    posted = request.POST if request.method == "POST" else None
    first = {"notes": meeting.notes, "own_notes": meeting.own_notes, "version": meeting.version}
    form = MinutesForm(posted, initial=first)
    options = {"with_client": meeting.client is not None}
    forms = ResultForms(posted, prefix="r", form_kwargs=options)
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid() and forms.is_valid():
            said = form.cleaned_data
            results = [each.cleaned_data for each in forms if each.cleaned_data.get("what")]
            try:
                meetings.write_minutes(
                    meeting, said["notes"], said["own_notes"], results, request.user,
                    said["version"] or 0,
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            except Conflict:
                form.add_error(
                    None,
                    _("Somebody has changed this meeting meanwhile. Open it beside and compare."),
                )
                status = 409
            else:
                messages.success(request, _("Saved. Promises, tasks and needs are made."))
                return redirect("meeting_detail", pk=pk)
    context = {
        "meeting": meeting, "form": form, "forms": forms, "results": found.results_of(meeting),
        "items": found.items_of(meeting).filter(dropped=False),
    }  # fmt: skip
    return render(request, "accounts/meetings/minutes.html", context, status=status)


@require_GET
def meeting_sheet(request, pk):
    """The preparation on one sheet, to be printed."""
    meeting = _meeting(pk)
    before = found.last_before(meeting)
    context = {
        "meeting": meeting,
        "people": found.people_of(meeting),
        "items": found.items_of(meeting).filter(dropped=False),
        "before": before,
        "agreed": found.results_of(before) if before else [],
    }
    return render(request, "accounts/meetings/sheet.html", context)


@require_GET
def minutes_version(request, pk):
    """Minutes as they were approved; ``for=client``: the part that the client may read."""
    rows = MinutesVersion.objects.select_related("meeting__client", "approved_by")
    version = find(MinutesVersion, queryset=rows, pk=pk)
    shown = request.GET.get("for") == "client"
    content = meetings.for_client(version.content) if shown else version.content
    labels = dict(MeetingResult.Kind.choices)
    for each in content["results"]:
        each["label"] = labels.get(each["kind"], "")
    context = {"version": version, "content": content, "shown": shown}
    return render(request, "accounts/meetings/version.html", context)
