"""A person found everywhere, their card, handing it out, destroying it, and the acts of that."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.subjects import ErasureForm, FindForm, RedactionForm
from accounts.models import Client, Contact, Destruction
from accounts.services import erasure, subjects
from accounts.services.subject_places import place_of
from kam.audit.services import record
from kam.audit.words import who, words
from kam.lib.navigation import may
from kam.lib.views import find, find_editable

PAGE = 50


def _contact(pk: int) -> Contact:
    rows = Contact.objects.select_related("client", "client__group")
    return find(Contact, queryset=rows, pk=pk)


@require_http_methods(["GET", "POST"])
def subject_find(request):
    """The words are posted: they are personal data and belong into no address."""
    form = FindForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "finds": None}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            finds = subjects.look_for(form.cleaned_data["person"])
            record("subject.search", details={"found": len(finds.contacts)})
            context |= {"finds": finds, "asked": form.cleaned_data["person"]}
        else:
            status = 422
    return render(request, "accounts/subjects/find.html", context, status=status)


@require_GET
def subject_card(request, pk):
    contact = _contact(pk)
    card = subjects.card_of(contact)
    record("subject.view", object=contact, client_id=contact.client_id)
    for event in (*card.trail, *card.handed_out):
        event.words, event.who = words(event.action), who(event.actor_name)
    labels = {field.name: field.verbose_name for field in Contact._meta.fields}
    for change in card.changes:
        change.label = labels.get(change.field, change.field)
    act = Destruction.objects.filter(contact_ref=contact.pk).first()
    return render(
        request,
        "accounts/subjects/card.html",
        {"contact": contact, "card": card, "finds": card.finds, "act": act},
    )


@require_GET
def subject_export(request, pk):
    contact = _contact(pk)
    kept = subjects.export(contact)
    if request.GET.get("format") == "csv":
        answer = HttpResponse(subjects.as_csv(kept), content_type="text/csv; charset=utf-8")
        name = f"contact-{contact.pk}.csv"
    else:
        answer = HttpResponse(subjects.as_json(kept), content_type="application/json")
        name = f"contact-{contact.pk}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_http_methods(["GET", "POST"])
def subject_erasure(request, pk):
    """What destroying would do; a post does it."""
    contact = _contact(pk)
    if contact.anonymised_at is not None:
        act = Destruction.objects.filter(contact_ref=pk).first()
        return redirect("destruction_detail", pk=act.pk) if act else redirect("subject_card", pk=pk)
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        find_editable(Contact, pk=pk)
        if form.is_valid():
            try:
                act = erasure.erase(
                    contact,
                    **form.cleaned_data,
                    redact=request.POST.getlist("redact"),
                    person=request.user,
                )
            except ValidationError as error:
                form.add_error("note", error)
            except erasure.AlreadyErased:
                return redirect("subject_card", pk=pk)
            else:
                messages.success(request, _("Destroyed. This is the act."))
                return redirect("destruction_detail", pk=act.pk)
    card = subjects.card_of(contact)
    context = {
        "contact": contact,
        "card": card,
        "finds": card.finds,
        "effects": erasure.effects_of(card.finds),
        "called": erasure.name_of(contact.pk),
        "form": form,
        "chosen": request.POST.getlist("redact"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/subjects/erasure.html", context, status=status)


@require_GET
def destruction_list(request):
    rows = erasure.acts(request.GET.get("run", ""))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/subjects/destructions.html", {"page": page})


@require_GET
def destruction_detail(request, pk):
    act = find(Destruction, pk=pk)
    events = erasure.extract(act)
    for event in events:
        event.words, event.who = words(event.action), who(event.actor_name)
    context = {
        "act": act,
        "what": [(_title(key), count) for key, count in act.what.items()],
        "left": _left(request, act),
        "events": events,
        "client": Client.objects.filter(pk=act.client_ref).first(),
        "suppressed": act.suppressions.count(),
    }
    return render(request, "accounts/subjects/destruction.html", context)


def _title(key: str):
    place = place_of(key)
    named = {
        "files": _("Original files of imports"),
        "bulk_contents": _("Rows sent by programs"),
        "changes": _("History of the card"),
    }
    return place.title if place else named.get(key, key)


def _left(request, act: Destruction) -> list[dict]:
    """Rows for a person to decide about; their words only for whom may mask them."""
    if not act.left:
        return []
    writes = may(request.user, "destruction_left", "POST")
    rows = []
    for place, row in erasure.left_rows(act):
        said = " · ".join(str(getattr(row, name)) for name in place.fields if getattr(row, name))
        rows.append(
            {
                "place": place,
                "row": row,
                "said": said[:500] if writes else "",
                "url": place.address(row) if place.address else "",
            }
        )
    return rows


@require_POST
def destruction_left(request, pk):
    """Mask words in a row that was left, or say that nothing is left in it."""
    act = find_editable(Destruction, pk=pk)
    form = RedactionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say which words are to be masked."))
    else:
        place, row = form.cleaned_data["place"], form.cleaned_data["row"]
        if request.POST.get("act") == "settle":
            erasure.settle(act, place, row)
        elif erasure.redact(act, place, row, form.cleaned_data["words"]):
            messages.success(request, _("Masked."))
        else:
            messages.error(request, _("These words do not stand there."))
    return redirect("destruction_detail", pk=pk)
