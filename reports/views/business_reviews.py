"""Business reviews with clients: made, talked over, approved for the client, and taken as files."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Client
from accounts.services.clients import may_edit
from accounts.views.clients import _found, head
from kam.lib import outgoing
from kam.lib.views import find, find_editable
from reports.dashboards import kept
from reports.files import FILES
from reports.files.answers import handed_out
from reports.forms.business_reviews import CommentForm, DecisionForm, ReviewForm, ReviewMailForm
from reports.models import BusinessReview, ReviewDecision
from reports.services import business_reviews as reviews
from reports.services import review_mail

form_page = require_http_methods(["GET", "POST"])
PAGE = 50


@require_GET
def business_review_list(request):
    """Those of all clients that one reads, latest first."""
    page = Paginator(reviews.rows(), PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/business_reviews/list.html", {"page": page})


@require_GET
def client_reviews(request, pk):
    client = _found(pk)
    found = reviews.reviews_of(client)[: 2 * PAGE]
    return render(
        request, "reports/business_reviews/client.html", {"reviews": found, **head(client)}
    )


@form_page
def business_review_create(request, pk):
    client = find(Client, pk=pk)
    if request.method == "GET" and not may_edit(client):
        return redirect("client_reviews", pk=pk)
    client = find_editable(Client, pk=pk)
    form = ReviewForm(request.POST if request.method == "POST" else None, client=client)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            _own, outward = reviews.make(
                client, said["quarter"], request.user, language=said["language"],
                goals=[goal.pk for goal in said["goals"]],
                words={name: said[name] for name in reviews.WORDS}, notes=said["notes"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(
                request, _("Both editions are made. The client gets theirs once it is approved.")
            )
            return redirect("business_review_detail", pk=outward.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "client": client}
    return render(request, "reports/business_reviews/form.html", context, status=status)


def _review(pk) -> BusinessReview:
    rows = BusinessReview.objects.select_related("client", "author")
    return find(BusinessReview, queryset=rows, pk=pk)


@form_page
def business_review_detail(request, pk):
    """One edition as it was made, with what we say of it; a post adds a comment."""
    review = _review(pk)
    if request.method == "POST":
        find_editable(BusinessReview, pk=pk)
        form = CommentForm(request.POST)
        if form.is_valid():
            reviews.comment(review, form.cleaned_data["text"], request.user)
            return redirect("business_review_detail", pk=pk)
        return _page(request, review, form, 422)
    return _page(request, review, CommentForm(), 200)


def _page(request, review: BusinessReview, form: CommentForm, status: int):
    currency = review.content["currency"]
    editable = may_edit(review)
    goes_out = not review.is_internal and reviews.may_go_out(review)
    beside = BusinessReview.objects.filter(
        client=review.client_id, ends=review.ends, number=review.number
    ).exclude(pk=review.pk)
    context = {
        "review": review,
        "report": review,
        "other": beside.defer("content").first(),
        "figures": kept.shown_figures(review),
        "changes": kept.changes_of(review),
        "charts": review.content["charts"],
        "tables": [
            {**table, "shown": kept.shown_rows(table, currency)}
            for table in review.content["tables"]
        ],
        "ranking_day": parse_date(review.content["ranking"] or ""),
        "goes_out": review.is_internal or goes_out,
        "mails": []
        if review.is_internal
        else review_mail.mails_of(review).select_related("contact"),
        "mail_form": ReviewMailForm(review=review)
        if goes_out and editable and outgoing.is_set_up()
        else None,
        "decision": None if review.is_internal else reviews.decision_of(review),
        "decides": editable and not review.is_internal and reviews.may_decide(review, request.user),
        "decision_form": DecisionForm(),
        "comments": reviews.comments_of(review),
        "comment_form": form,
        "editable": editable,
    }
    return render(request, "reports/business_reviews/detail.html", context, status=status)


@require_POST
def business_review_decision(request, pk):
    """Approve an edition for the client, or return it with words."""
    review = _review(pk)
    find_editable(BusinessReview, pk=pk)
    form = DecisionForm(request.POST)
    kind = request.POST.get("kind", "")
    if form.is_valid() and kind in ReviewDecision.Kind.values:
        try:
            reviews.decide(review, kind, request.user, form.cleaned_data["words"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(
                request,
                _("Approved: it may go to the client.") if kind == "approved" else _("Returned."),
            )
    return redirect("business_review_detail", pk=pk)


@require_POST
def business_review_mail(request, pk):
    """Send an approved edition to people of the client."""
    review = _review(pk)
    find_editable(BusinessReview, pk=pk)
    form = ReviewMailForm(request.POST, review=review)
    chosen = form.cleaned_data.get("contacts", ()) if form.is_valid() else ()
    try:
        sent = review_mail.post(review, chosen, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        told = ngettext(
            "The review goes to %(n)s person.", "The review goes to %(n)s people.", len(sent)
        )
        messages.success(request, told % {"n": len(sent)})
    return redirect("business_review_detail", pk=pk)


@require_GET
def business_review_file(request, pk, ending):
    """The edition as a file; that for the client only once it is approved."""
    if ending not in FILES:
        raise Http404
    review = _review(pk)
    reviews.take(review, ending)
    return handed_out(review, ending)
