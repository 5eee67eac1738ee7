"""How goals stand: rolled up, one by one with their check-ins, and the programme's own."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.goals import CheckInForm, ProgrammeGoalForm
from accounts.measures.catalogue import MEASURES
from accounts.measures.progress import Reading
from accounts.models import Goal, ProgrammeGoal
from accounts.selectors import people as directory
from accounts.services import goal_chart, goals
from accounts.services import goal_tracking as found
from accounts.services.clients import Conflict, may_edit
from kam.lib.navigation import may
from kam.lib.periods import today
from kam.lib.views import find, find_editable, wants_part

from .clients import conflicting

form_page = require_http_methods(["GET", "POST"])
SHOWN = 300


def filters_of(parameters) -> found.Filters:
    names = ("state", "owner", "team", "side", "status")
    return found.Filters(**{name: parameters.get(name, "")[:20] for name in names})


def listed(filters: found.Filters, day) -> list[found.Tracked]:
    """The goals that the filters let through, those that need a look first."""
    rows = found.tracked(found.filtered(filters)[:SHOWN], day)
    if filters.state in found.STATES:
        rows = [row for row in rows if state_of(row) == filters.state]
    return sorted(rows, key=lambda row: found.STATES.index(state_of(row)))


def state_of(row: found.Tracked) -> str:
    return row.progress.state if row.progress else "unknown"


@require_GET
def goal_list(request):
    filters, day = filters_of(request.GET), today()
    rows = listed(filters, day)
    context = {"rows": rows, "filters": filters, "full": len(rows) == SHOWN, "today": day}
    if wants_part(request):
        return render(request, "accounts/_goals.html", context)
    programme = found.programme_goals().filter(year=day.year).first()
    context |= {
        "rolls": found.rolled_up(rows),
        "states": [(state, goals.STATE_WORDS[state]) for state in found.STATES],
        "owners": directory.kams_beside(request.user),
        "teams": directory.teams_beside(request.user),
        "sides": Goal.Side.choices,
        "programme": programme,
        "attached": sum(row.goal.programme_id == programme.pk for row in rows) if programme else 0,
        "year": day.year,
        "may_programme": may(request.user, "goal_programme", "POST"),
    }
    return render(request, "accounts/goals.html", context)


@form_page
def goal_detail(request, pk):
    """One goal on its way; a post is a check-in."""
    goal = find(Goal, queryset=found.rows().select_related("author"), pk=pk)
    day = today()
    form = CheckInForm(request.POST if request.method == "POST" else None, initial={"on": day})
    if request.method == "POST":
        find_editable(Goal, pk=pk)
        if form.is_valid():
            data = form.cleaned_data
            try:
                goals.check_in(goal, data["value"], data["note"], request.user, data["on"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("goal_detail", pk=pk)
    readings = list(found.readings_of(goal))
    points = [Reading(each.day, each.value) for each in readings]
    progress = found.progress_of(goal, points, day)
    measure = MEASURES.get(goal.measure)
    context = {
        "goal": goal,
        "form": form,
        "progress": progress,
        "way": _way(goal, points, progress, day),
        "checkins": [each for each in reversed(readings) if not each.computed][:50],
        "measure": measure,
        "measured": measure.label if measure else goal.own_measure,
        "decimals": found.decimals_of(goal),
        "editable": may_edit(goal),
        "today": day,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/goal.html", context, status=status)


def _way(goal: Goal, points, progress, day) -> goal_chart.Way | None:
    if progress is None or not points:
        return None
    return goal_chart.draw(
        points,
        progress,
        start=goal.start,
        target=goal.target,
        begun=min(goal.created_at.date(), goal.due),
        due=goal.due,
        today=day,
    )


@form_page
def programme_goal(request, year):
    """The programme's goal of a year, by the same three questions."""
    row = found.programme_goals().filter(year=year).first()
    posted = request.POST if request.method == "POST" else None
    form = ProgrammeGoalForm(posted, instance=row)
    if request.method == "POST" and form.is_valid():
        present = ProgrammeGoal.objects.get(pk=row.pk) if row else None
        try:
            goals.save_programme_goal(
                present,
                form.values() | {"year": year},
                request.user,
                form.cleaned_data["version"] or 0,
            )
        except ValidationError as error:
            form.add_error(None, error)
        except Conflict as conflict:
            context = {"form": form, "year": year, "row": row}
            return conflicting(request, "accounts/programme_goal.html", context, conflict.present)
        else:
            messages.success(request, _("Saved."))
            return redirect("goal_list")
    context = {"form": form, "year": year, "row": row}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/programme_goal.html", context, status=status)
