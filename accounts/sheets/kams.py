"""KAMs: what they carry, the team's skills, and the ratings of one person."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import Kam
from accounts.selectors import skill_library as library
from accounts.selectors import skills as found
from accounts.services import load as carried
from kam.exports.registry import Sheet, day, exported, number, share, text, whole
from kam.lib.periods import today
from kam.lib.views import find


@exported("kams", title=gettext_lazy("Load of the KAMs"), route="kam_list")
def kams(query, of):
    columns = [
        text(_("KAM")), text(_("Team")), share(pgettext("load", "Used")), whole(_("Key clients")),
        whole(_("Places for them")), whole(_("Trial and candidates")), whole(_("Other clients")),
        whole(_("Points of load")), whole(_("Points that can be carried")), whole(_("Our promises")),
        whole(_("of them overdue")), whole(_("Steps of processes")), whole(_("Steps overdue")),
        whole(_("Open goals")), whole(_("Goals off track")), whole(_("Talks in 90 days")),
    ]  # fmt: skip
    rows = (
        (
            row.person.name, row.person.team.name if row.person.team else None, row.used, row.keys,
            row.person.key_slots, row.coming, row.others, row.points, row.person.load_points,
            row.promises, row.promises_late, row.steps, row.steps_late, row.goals, row.goals_off,
            row.talks,
        )
        for row in carried.loads(list(found.kams()), today())
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("kam_skills", title=gettext_lazy("Skills of the team"), route="kam_skills")
def kam_skills(query, of):
    people = list(found.kams())
    table, useful = found.team_table(people), found.usefulness_of(people, today())
    columns = [
        text(_("KAM")), *(whole(skill.name) for skill in table.skills), number(_("Mean"), 1),
        number(_("Useful to clients"), 1), whole(_("Answers of clients")),
    ]  # fmt: skip
    rows = (
        (
            person.name, *(cell.value if cell else None for cell in cells), mean,
            useful[person.pk].mean, useful[person.pk].answers,
        )
        for person, cells, mean in table.rows
    )  # fmt: skip
    return Sheet(columns, rows)


@exported("kam_ratings", title=pgettext_lazy("skills", "Ratings of skills"), route="kam_detail")
def kam_ratings(query, of):
    person = find(Kam, queryset=found.kams(), pk=of)
    names = {skill.key: str(skill.name) for skill in library.skills(archived=True)}
    columns = [
        day(_("Day")), text(_("Skill")), text(_("By whom")), text(_("Name")),
        whole(pgettext("skill", "Rating")), text(_("What shows it")),
    ]  # fmt: skip
    rows = (
        (
            row.day, names.get(row.skill, row.skill), row.get_said_by_display(),
            row.author.name if row.author else None, row.value, row.note,
        )
        for row in found.ratings_of(person).order_by("-day", "-pk")
    )  # fmt: skip
    return Sheet(columns, rows)
