"""Business reviews of the demo: two quarters of one client, approved, and one that waits."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction

from accounts.models import Meeting, User
from kam.lib.scoping import acting_as
from reports.models import BusinessReview

from . import business_reviews as reviews

JOB = "reports.demo_reviews"
CLIENTS = 2


class Texts(NamedTuple):
    headlines: tuple[str, str]
    lessons: str
    asks: str
    notes: str
    comment: str


TEXTS = {
    "en": Texts(
        headlines=(
            "Cleaning takes your shift two hours less a week.",
            "Two sites changed over without a day of standstill.",
        ),
        lessons="Two deliveries in the first month came a day late.\nSince then your stock has a day "
        "of its own, and none was late.",
        asks="Do we go on to the other sites?\nWho decides on the second brand?",
        notes="Purchasing compares us with two others; the trial decides. No discount before the "
        "volume is agreed.",
        comment="Say first what it brought them; the table of months can wait.",
    ),
    "ru": Texts(
        headlines=(
            "Уборка занимает у вашей смены на два часа в неделю меньше.",
            "Два объекта перешли без единого дня простоя.",
        ),
        lessons="Две поставки в первый месяц пришли на день позже.\nС тех пор у вашего запаса свой "
        "день, и опозданий не было.",
        asks="Переводим остальные объекты?\nКто решает о второй марке?",
        notes="Закупки сравнивают нас ещё с двумя; всё решит проба. Никаких скидок, пока не согласован "
        "объём.",
        comment="Сначала — что это им дало; таблица по месяцам может подождать.",
    ),
}  # fmt: skip


@transaction.atomic
def fill(manager: User) -> int:
    """For a system at work; how many were made, none where there are some.  Made by the KAMs of the
    manager's team, approved by the manager."""
    if BusinessReview.objects.exists():
        return 0
    meetings = Meeting.objects.filter(
        kind__in=[Meeting.Kind.QBR, Meeting.Kind.CLIENT], state=Meeting.State.HELD,
        client__team=manager.team_id, client__owner__role=User.Role.KAM,
    ).select_related("client__owner", "client__team")  # fmt: skip
    clients = list(
        {each.client_id: each.client for each in meetings.order_by("-kind", "client")}.values()
    )
    latest, before = reviews.quarters()[:2]
    made = 0
    for number, client in enumerate(clients[:CLIENTS]):
        for place, period in enumerate((before, latest) if number == 0 else (latest,)):
            kam = client.owner
            texts = TEXTS.get(kam.language, TEXTS["en"])
            words = {"headline": texts.headlines[place]}
            if place:
                words |= {"lessons": texts.lessons, "asks": texts.asks}
            with acting_as(kam):
                goals = [goal.pk for goal in reviews.goals_of(client)[:3]]
                _own, told = reviews.make(
                    client, period, kam, language=kam.language, goals=goals, words=words,
                    notes=texts.notes,
                )  # fmt: skip
                reviews.comment(told, texts.comment, kam)
            if number == 0:
                with acting_as(manager):
                    reviews.decide(told, "approved", manager)
            made += 2
    return made
