"""Who does not know yet that we have their data, and marking them as told."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.forms.consents import ToldForm
from accounts.selectors import consents as found
from accounts.selectors.blocks import blocked, withheld
from accounts.services import telling
from kam.lib.navigation import may
from kam.lib.periods import today

PAGE = 50


@require_http_methods(["GET", "POST"])
def not_told_list(request):
    day = today()
    rows = found.not_told()
    form = ToldForm(request.POST if request.method == "POST" else None, waiting=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        ids = [contact.pk for contact in data["contacts"]]
        try:
            count = telling.mark_told(ids, data["on"], data["how"], request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = ngettext(
                "%(count)s person is marked as told.", "%(count)s people are marked as told.", count
            )
            messages.success(request, said % {"count": count})
            return redirect("not_told_list")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": [found.waiting(withheld(contact), day) for contact in page],
        "overdue": rows.filter(came_on__lt=found.overdue_before(day)).count(),
        "blocked": rows.filter(blocked()).count(),
        "form": form,
        "chosen": request.POST.getlist("contacts"),
        "writes": may(request.user, "not_told_list", "POST"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/consents/not_told.html", context, status=status)
