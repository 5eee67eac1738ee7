"""The demo's planned changes: a dearer family, a product that goes, and a day of delivery."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import Client, PlannedChange, ProductFamily, TouchedClient, User
from accounts.selectors.planned_changes import bought_of
from kam.lib.periods import start_of_day

Kind, Answer = PlannedChange.Kind, TouchedClient.State


@dataclass(frozen=True)
class Texts:
    # kind, name, what is told, product family by its place in the words of the demo, in how many days
    rows: tuple[tuple[str, str, str, int, int], ...]
    accepts: tuple[str, ...]
    objects: tuple[str, ...]
    leaves: tuple[str, ...]


EN = Texts(
    rows=(
        (Kind.PRICE, "Film and foil become 6 % dearer",
         "Aluminium has risen by a fifth since spring. Whoever orders a quarter ahead keeps the old price until March.",
         2, 35),
        (Kind.WITHDRAWAL, "Plastic stirrers go out of the range",
         "The wooden ones cost the same and are in stock; we send a box to try.", 0, 65),
    ),
    accepts=("Understood, they will order ahead.", "Fine, as long as it is the only one this year."),
    objects=("They want three months instead of one.", "They ask for the old price on the large rolls."),
    leaves=("They take the large rolls elsewhere from January.",),
)  # fmt: skip
RU = Texts(
    rows=(
        (Kind.PRICE, "Плёнка и фольга дорожают на 6 %",
         "С весны алюминий подорожал на пятую часть. Кто закажет на квартал вперёд, до марта платит по старой цене.",
         2, 35),
        (Kind.WITHDRAWAL, "Пластиковые мешалки уходят из ассортимента",
         "Деревянные стоят столько же и есть на складе; коробку пришлём на пробу.", 0, 65),
    ),
    accepts=("Поняли, закажут заранее.", "Хорошо, если это единственное повышение за год."),
    objects=("Просят три месяца вместо одного.", "Просят оставить старую цену на большие рулоны."),
    leaves=("С января большие рулоны берут у других.",),
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
ANSWERS = (Answer.UNTOLD, Answer.TOLD, Answer.ACCEPTS, Answer.OBJECTS, Answer.LEAVES)
SHARES = (0.3, 0.2, 0.36, 0.1, 0.04)


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Planned changes and what these clients say of them; how many.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 14])
    texts = TEXTS[language]
    families = list(ProductFamily.objects.order_by("pk"))
    leader = next((person for person in people if person.role == User.Role.MANAGER), None)
    by_id = {client.pk: client for client in clients}
    for number, (kind, name, details, family, ahead) in enumerate(texts.rows):
        row = PlannedChange.objects.create(
            kind=kind, name=name, details=details, on=as_of + dt.timedelta(days=ahead),
            family=families[family % len(families)] if families else None, owner=leader,
            author=leader,
            created_at=start_of_day(as_of - dt.timedelta(days=20)) + dt.timedelta(hours=9),
        )  # fmt: skip
        touched = []
        for pk, net in bought_of(row, {pk: pk for pk in by_id}, as_of).items():
            # Of the second change hardly anybody has been told yet.
            state = (
                Answer.UNTOLD if number and rng.random() < 0.8 else rng.choice(ANSWERS, p=SHARES)
            )
            said = {
                Answer.ACCEPTS: texts.accepts, Answer.OBJECTS: texts.objects,
                Answer.LEAVES: texts.leaves,
            }.get(state, ("",))  # fmt: skip
            told = as_of - dt.timedelta(days=int(rng.integers(0, 15)))
            touched.append(
                TouchedClient(
                    change=row, client_id=pk, bought=net, informer_id=by_id[pk].owner_id,
                    told_on=None if state == Answer.UNTOLD else told, state=state,
                    words=said[int(rng.integers(len(said)))],
                )
            )  # fmt: skip
        TouchedClient.objects.bulk_create(touched)
    return len(texts.rows)
