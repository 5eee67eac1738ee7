"""The page on which the company says who it is."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.company import CompanyForm
from accounts.services import company
from accounts.services.clients import Conflict
from kam.audit.conflicts import conflicting
from kam.lib.views import following


@require_http_methods(["GET", "POST"])
def company_edit(request):
    posted = request.POST if request.method == "POST" else None
    row = company.present()
    form = CompanyForm(posted, instance=row, fixed_currency=company.has_amounts())
    if posted is not None and form.is_valid():
        try:
            company.save(form.values(), form.cleaned_data["version"] or 0)
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "next": following(request)}
            return conflicting(request, "accounts/company.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect(following(request) or "company_edit")
    status = 422 if posted is not None else 200
    context = {"form": form, "next": following(request)}
    return render(request, "accounts/company.html", context, status=status)
