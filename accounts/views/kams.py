"""KAMs at work: how much they carry, how well they master it, and what is said of both."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.skills import CapacityForm, OwnSkillForm, RatingsForm
from accounts.measures import hiring
from accounts.models import Kam, OwnSkill
from accounts.selectors import roles
from accounts.selectors import skill_library as library
from accounts.selectors import skills as found
from accounts.services import load as carried
from accounts.services import skill_chart, skills
from accounts.services.clients import Conflict, may_edit
from kam.audit.conflicts import conflicting
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

form_page = require_http_methods(["GET", "POST"])
HISTORY_SHOWN = 30
# Who leads or looks after people is told when to hire; a KAM sees one's own load alone.
HIRING_ROUTE = "api:kam-hiring"


@require_GET
def kam_list(request):
    """How much each KAM carries, and when somebody is to be hired."""
    day, people = today(), list(found.kams())
    context = {
        "rows": carried.loads(people, day),
        "warned": roles.warned(),
        "points": carried.POINTS,
        "days": carried.TALK_DAYS,
        "may_set": may(request.user, "kam_capacity", "POST"),
    }
    if may(request.user, HIRING_ROUTE):
        context["hiring"] = carried.when_to_hire(people, request.user, day)
        context |= {
            "hiring_weeks": hiring.HIRING_WEEKS,
            "fewest_months": hiring.FEWEST_MONTHS, "horizon_months": hiring.HORIZON_MONTHS,
        }  # fmt: skip
    return render(request, "accounts/kams/list.html", context)


@require_GET
def kam_skills(request):
    """The team's skills side by side, by the manager's latest ratings."""
    people = list(found.kams())
    table, useful = found.team_table(people), found.usefulness_of(people, today())
    context = {
        "table": table,
        "rows": [(*row, useful[row[0].pk]) for row in table.rows],
        "fewest": found.FEWEST_ANSWERS,
    }
    return render(request, "accounts/kams/skills.html", context)


@require_GET
def kam_detail(request, pk):
    """One KAM: skills by both sides over time, usefulness as clients rate it, load."""
    person, day = find(Kam, queryset=found.kams(), pk=pk), today()
    lines = found.profile_of(person)
    first, last = skill_chart.span(lines, day)
    editable = may_edit(person)
    parts = [
        (label, [(line, skill_chart.draw(line, first, last)) for line in rows])
        for label, rows in found.by_part(lines)
    ]
    context = {
        "person": person,
        "parts": parts,
        "first": first,
        "last": last,
        "rated": any(line.is_rated for line in lines),
        "wide": [line for line in lines if line.is_wide],
        "useful": found.usefulness_of([person], day)[person.pk],
        "fewest": found.FEWEST_ANSWERS,
        "months": found.USEFUL_MONTHS,
        "load": carried.loads([person], day)[0],
        "history": found.history_of(lines, HISTORY_SHOWN),
        "is_self": person.pk == request.user.pk,
        "editable": editable and may(request.user, "kam_rating", "POST"),
        "may_set": editable and may(request.user, "kam_capacity", "POST"),
    }
    return render(request, "accounts/kams/detail.html", context)


@form_page
def kam_rating(request, pk):
    """Rate skills: one's own, or those of somebody one leads."""
    person = find(Kam, queryset=found.kams(), pk=pk)
    if request.method == "GET" and not may_edit(person):
        return redirect("kam_detail", pk=pk)
    find_editable(Kam, pk=pk)
    form = RatingsForm(request.POST if request.method == "POST" else None, skills=library.skills())
    if request.method == "POST" and form.is_valid():
        try:
            rows = skills.rate(person, form.ratings(), request.user, form.cleaned_data["day"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved.") if rows else _("Nothing has changed."))
            return redirect("kam_detail", pk=pk)
    side = skills.side_of(person, request.user)
    last = {line.skill.key: line.said[side][-1:] for line in found.profile_of(person)}
    context = {
        "form": form,
        "person": person,
        "is_self": person.pk == request.user.pk,
        "rows": [(*row, next(iter(last.get(row[0].key, [])), None)) for row in form.rows()],
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/kams/rating_form.html", context, status=status)


@form_page
def kam_capacity(request, pk):
    """What a person can carry, set by who leads them."""
    person = find(Kam, queryset=found.kams(), pk=pk)
    if request.method == "GET" and not may_edit(person):
        return redirect("kam_detail", pk=pk)
    find_editable(Kam, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = CapacityForm(posted, person=person)
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid():
            try:
                carried.set_capacity(person, form.values(), form.seen())
            except Conflict as conflict:
                status = 409
                form.data = posted.copy()
                for name in carried.CAPACITY:
                    present = getattr(conflict.present, name)
                    form.data[f"seen_{name}"] = "" if present is None else present
                form.add_error(
                    None,
                    _("Somebody saved this meanwhile. Look at it and save again if yours holds."),
                )
                person = conflict.present
            else:
                messages.success(request, _("Saved."))
                return redirect("kam_list")
    part = "_capacity_form" if wants_part(request) else "capacity_form"
    context = {"form": form, "person": person, "load": carried.loads([person], today())[0],
               "points": carried.POINTS}  # fmt: skip
    return render(request, f"accounts/kams/{part}.html", context, status=status)


@require_GET
def skill_list(request):
    """What is rated, and what 3, 6 and 9 of each skill mean."""
    own = list(OwnSkill.objects.all())
    return render(
        request,
        "accounts/kams/skill_list.html",
        {
            "parts": library.by_part(library.LIBRARY),
            "own": [(row, library.own_skill(row)) for row in own],
            "may_write": may(request.user, "skill_create", "POST"),
        },
    )


@form_page
def skill_create(request):
    return _skill_page(request, None)


@form_page
def skill_edit(request, pk):
    return _skill_page(request, find(OwnSkill, pk=pk))


def _skill_page(request, skill):
    posted = request.POST if request.method == "POST" else None
    form = OwnSkillForm(posted, instance=find(OwnSkill, pk=skill.pk) if skill else None)
    template, context = "accounts/kams/skill_form.html", {"form": form, "skill": skill}
    if posted is not None and form.is_valid():
        if skill is None:
            skills.create_skill(form.values(), request.user)
        else:
            try:
                skills.change_skill(skill, form.values(), form.cleaned_data["version"] or 0)
            except Conflict as conflict:
                return conflicting(request, template, context, conflict.present)
        messages.success(request, _("Saved."))
        return redirect("skill_list")
    return render(request, template, context, status=422 if posted is not None else 200)
