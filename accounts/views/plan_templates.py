"""Which sections plans begin with: the built-in ones, and the company's own templates."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.plan_templates import EMPTY_ROWS, PlanTemplateForm, section_rows
from accounts.models import PlanTemplate, PlanTemplateSection
from accounts.selectors import plans as found
from accounts.services.clients import Conflict
from accounts.services.plan_sections import MOST_SECTIONS, built_in, save_template
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.views import find_editable

form_page = require_http_methods(["GET", "POST"])
MORE = "more"


@require_GET
def plan_template_list(request):
    context = {
        "built_in": built_in(),
        "templates": found.templates(),
        "may_write": may(request.user, "plan_template_create", "POST"),
    }
    return render(request, "accounts/plan_templates.html", context)


@form_page
def plan_template_create(request):
    """A new one begins with the built-in sections, which are easier to change than to invent."""
    rows = [{"name": s.name, "kind": s.kind, "question": s.question} for s in built_in()]
    return _page(request, None, rows)


@form_page
def plan_template_edit(request, pk):
    template = find_editable(PlanTemplate, pk=pk)
    return _page(request, template, _rows(template))


def _rows(template: PlanTemplate) -> list[dict]:
    rows = PlanTemplateSection.objects.filter(template=template)
    return list(rows.values("name", "kind", "question"))


def _page(request, template, rows):
    posted = request.POST if request.method == "POST" else None
    form = PlanTemplateForm(posted, instance=template)
    more = posted is not None and MORE in posted
    sections = section_rows(_with_more(posted) if more else posted, rows)
    form.parts = {"sections": sections}
    page = "accounts/plan_template_form.html"
    context = {"template": template, "form": form, "sections": sections}
    if posted is not None and not more and form.is_valid() & sections.is_valid():
        try:
            save_template(
                PlanTemplate.objects.get(pk=template.pk) if template else None,
                form.values(),
                sections.sections(),
                request.user,
                form.cleaned_data["version"] or 0,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            theirs = PlanTemplateForm(None, instance=conflict.present)
            theirs.parts = {"sections": section_rows(None, _rows(conflict.present))}
            return conflicting(request, page, context, theirs)
        else:
            messages.success(request, _("Saved."))
            return redirect("plan_template_list")
    status = 422 if posted is not None and not more else 200
    return render(request, page, context, status=status)


def _with_more(posted):
    data = posted.copy()
    text = posted.get("sections-TOTAL_FORMS", "")
    count = min(int(text[:3]), MOST_SECTIONS) if text.isdecimal() else 0
    data["sections-TOTAL_FORMS"] = str(count + EMPTY_ROWS)
    return data
