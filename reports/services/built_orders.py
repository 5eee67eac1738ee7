"""Built reports that come by themselves: who may read one, and what people are told where it does
not come any more.

A report goes to whoever may open the built one at the time it is made.  Where the person who
ordered it may not any more, the order rests; where the built report is let go, its orders end.
Reports that were made stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.notices import tell
from kam.lib.scoping import acting_system, current
from reports.models import BuiltReport, Report, Schedule

NOTICE = "built_report"


def seen_by(report: BuiltReport, people: Iterable[User]) -> list[User]:
    """Those of them who may open the report, each by their own rights."""
    rows = BuiltReport.objects.filter(pk=report.pk)
    return [each for each in people if rows.visible_to(each).exists()]


def check(schedule: Schedule, people: Collection[User]) -> None:
    """Raises ValidationError where nobody, or one of those chosen by name, would get it.

    people: who would get the reports, could they open the built one.
    """
    report, Audience = schedule.built, Schedule.Audience
    assert report is not None  # the database holds it
    if not seen_by(report, [schedule.owner]):
        raise ValidationError(_("This report is not shared with who orders it."))
    unseen = {each.pk for each in people} - {each.pk for each in seen_by(report, people)}
    if schedule.audience == Audience.NAMED and unseen:
        names = ", ".join(each.name for each in people if each.pk in unseen)
        said = _("Not shared with them: %(names)s. Share the report first, or leave them out.")
        raise ValidationError({"people": said % {"names": names}})
    if people and len(unseen) == len(people):
        said = _("Nobody of them sees this report. Share it first, or take it for yourself.")
        raise ValidationError({"audience": said})


def tell_left_out(schedule: Schedule, wanted: Collection[User], reading: Collection[User]) -> None:
    """Once for each change of the report: to who ordered it, who does not get it or that it rests;
    to who had it before, that it comes no more.  Needs a system at work."""
    report, owner = schedule.built, schedule.owner
    assert report is not None
    stem = f"{schedule.pk}:{report.version}"
    left = [each for each in wanted if each not in reading]
    last_names = _last_names(schedule, left)
    for each in left:
        if each.pk in last_names and each.pk != owner.pk:
            facts = {"about": "lost", "name": last_names[each.pk]}
            tell([each], NOTICE, f"built_lost:{stem}", facts=facts)
    if not seen_by(report, [owner]):
        name = _last_names(schedule, [owner]).get(owner.pk, "")
        tell([owner], NOTICE, f"built_rests:{stem}", facts={"about": "rests", "name": name})
    elif left:
        who = hashlib.sha256(repr(sorted(each.pk for each in left)).encode()).hexdigest()[:16]
        facts = {
            "about": "unread", "name": report.name, "report": report.pk,
            "names": [each.name for each in left],
        }  # fmt: skip
        tell([owner], NOTICE, f"built_unread:{stem}:{who}", facts=facts)


def _last_names(schedule: Schedule, people: Iterable[User]) -> dict[int, str]:
    """What the report was called when these people last got it; nobody is told a later name."""
    made = Report.objects.filter(schedule=schedule, person__in=list(people)).order_by("ends")
    return dict(made.values_list("person_id", "name"))


def orders_of(report: BuiltReport) -> int:
    """By how many orders of anybody it is sent."""
    with acting_system("orders of a built report"):
        return Schedule.objects.filter(built=report, is_active=True).count()


def tell_of_end(report: BuiltReport) -> int:
    """Before a report goes, and its orders with it: tell who ordered it; how many orders."""
    person = current()
    with acting_system("orders of a built report"):
        orders = list(Schedule.objects.filter(built=report).select_related("owner"))
        for each in orders:
            if each.owner_id != getattr(person, "pk", None):
                facts = {"about": "gone", "name": report.name}
                tell([each.owner], NOTICE, f"built_gone:{each.pk}", facts=facts)
    return len(orders)
