"""Who works at the company: KAMs of so many key clients, beside the people of a demo workspace.

python -m tests.benchmarks.load.people > people.json     in the environment of the product
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import django

KAMS, KEY_CLIENTS, OPENED = 18, 35, 150
SESSIONS_OF_A_MANAGER = 5


def make() -> dict[str, Any]:
    from accounts.models import Client, Team, User
    from accounts.services.demo.people import PASSWORD
    from kam.lib.scoping import acting_system
    from reports.models import Schedule
    from scoring.models import Matrix

    one = User.objects.filter(role="kam").first()
    teams = list(Team.objects.order_by("pk"))
    with acting_system("benchmark"):
        best = list(
            Client.objects.filter(place__isnull=False)
            .order_by("place__rank")
            .values_list("pk", flat=True)[: KAMS * KEY_CLIENTS]
        )
        kams = []
        for number in range(KAMS):
            kam = User.objects.create(
                email=f"kam{number}@example.org", name=f"Менеджер {number + 1}", role="kam",
                team=teams[number % len(teams)], language="ru", password=one.password,
            )  # fmt: skip
            mine = Client.objects.filter(pk__in=best[number::KAMS])
            mine.update(owner=kam, team=kam.team)
            kams.append(kam)
        matrix = Matrix.objects.get(is_main=True).pk
        schedules = list(Schedule.objects.order_by("pk").values_list("pk", flat=True))
        by_owner: dict[int, list[int]] = {}
        for pk, owner in Client.objects.order_by("pk").values_list("pk", "owner"):
            by_owner.setdefault(owner, []).append(pk)
        every = random.Random(1).sample(sorted(Client.objects.values_list("pk", flat=True)), OPENED)

        def person(user: User, key: bool = False, clients=()) -> dict[str, Any]:
            return {
                "email": user.email,
                "pk": user.pk,
                "clients": list(clients or by_owner[user.pk][:OPENED]),
                "leads": user.role != "kam",
                "matrix": matrix,
                "key": _key(user) if key else "",
            }

        managers = list(User.objects.filter(role="manager").order_by("pk"))
        admin = User.objects.filter(role="administrator").first()
        auditor = User.objects.filter(role="auditor").first()
        everybody = [person(kam) for kam in User.objects.filter(role="kam").order_by("pk")]
        for manager in managers:
            theirs = Client.objects.filter(team=manager.team_id).order_by("pk")
            ids = list(theirs.values_list("pk", flat=True)[:OPENED])
            everybody += [person(manager, clients=ids)] * SESSIONS_OF_A_MANAGER
        everybody += [person(each, clients=every) for each in (admin,)]
        everybody += [person(kam, key=True) for kam in kams[:4]]
        everybody += [person(admin, key=True, clients=every)] * 2
        return {
            "password": PASSWORD,
            "people": everybody,
            "matrix": matrix,
            "schedules": schedules,
            "key": _key(admin),
            "kam_key": _key(kams[0]),
            "kam": kams[0].pk,
            "auditor": auditor.email,
        }


def _key(user) -> str:
    from accounts.models import ApiToken

    return ApiToken.issue(user=user, name="benchmark", can_write=True)[1]


if __name__ == "__main__":
    django.setup()
    json.dump(make(), sys.stdout)
