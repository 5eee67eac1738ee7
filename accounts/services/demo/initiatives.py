"""The demo's initiatives: one that has run, one that invites, an offer in preparation, an idea."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import (
    Client,
    Contact,
    Initiative,
    InitiativeStep,
    Interaction,
    Invitation,
    Need,
    Theme,
    User,
)
from accounts.services.fitting import candidates
from kam.lib.periods import start_of_day

Kind, Stage, State = Initiative.Kind, Initiative.Stage, Invitation.State
_WAY = (Stage.IDEA, Stage.PREPARED, Stage.INVITING, Stage.RUNNING, Stage.FINISHED)


@dataclass(frozen=True)
class Texts:
    # kind, name, goal, audience, which theme of needs
    rows: tuple[tuple[str, str, str, str, int], ...]
    agreed: tuple[str, ...]
    declined: tuple[str, ...]
    despite: str


EN = Texts(
    rows=(
        (Kind.BETA, "Dosing stations at six sites",
         "Six clients use a third less concentrate and tell us what has to be better before we sell it to all.",
         "", 0),
        (Kind.PRODUCT, "Lids and boxes without plastic",
         "A range that five key clients have tried and would order again, before their landlords demand it.",
         "", 1),
        (Kind.OFFER, "Cups that bring guests back",
         "Our clients print a stamp card on the cup: their guests return, and they order from us alone.",
         "Guests who take coffee away on weekdays", 3),
        (Kind.PRODUCT, "Guest sets in paper", "Hotels change their standard next year; be there first.", "", 5),
    ),
    agreed=("With pleasure, but not in December.", "Yes, if somebody shows our people how it works.", "Yes."),
    declined=("Not this quarter: we are rebuilding the kitchen.", "Head office decides on such things."),
    despite="They asked for it themselves on the phone.",
)  # fmt: skip
RU = Texts(
    rows=(
        (Kind.BETA, "Станции дозирования на шести объектах",
         "Шесть клиентов тратят на треть меньше концентрата и говорят, что поправить, пока мы не начали продавать всем.",
         "", 0),
        (Kind.PRODUCT, "Крышки и боксы без пластика",
         "Линейка, которую пять ключевых клиентов попробовали и готовы заказывать, — раньше, чем этого потребуют арендодатели.",
         "", 1),
        (Kind.OFFER, "Стаканы, за которыми возвращаются",
         "Клиент печатает на стакане карту гостя: гости приходят снова, а стаканы берут только у нас.",
         "Гости, которые берут кофе с собой по будням", 3),
        (Kind.PRODUCT, "Бумажные наборы для гостей", "В будущем году у гостиниц меняется стандарт; успеть первыми.", "", 5),
    ),
    agreed=("С удовольствием, только не в декабре.", "Да, если кто-нибудь покажет нашим людям, как это работает.", "Да."),
    declined=("Не в этом квартале: перестраиваем кухню.", "Такое решает головной офис."),
    despite="Сами попросили по телефону.",
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
# Of each: how far it is, and how many days ago it came there.
STAGES = (
    (Stage.FINISHED, (240, 215, 190, 165, 40)),
    (Stage.INVITING, (60, 35, 14)),
    (Stage.PREPARED, (30, 12)),
    (Stage.IDEA, (9,)),
)
INVITED = (7, 5, 0, 0)


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Initiatives and who of these clients is invited; how many initiatives.  Runs for the
    system."""
    rng = np.random.default_rng([seed, 0, 13])
    texts = TEXTS[language]
    themes = list(Theme.objects.order_by("pk"))
    if not themes:
        return 0
    owners = [p for p in people if p.role in (User.Role.MANAGER, User.Role.KAM)] or [None]
    ours = {client.pk for client in clients}
    for number, (kind, name, goal, audience, theme) in enumerate(texts.rows):
        stage, ago = STAGES[number]
        days = [as_of - dt.timedelta(days=each) for each in ago]
        theme_row = themes[theme % len(themes)]
        need = Need.objects.filter(theme=theme_row, family__isnull=False).first()
        began = days[3] if len(days) > 3 else None
        row = Initiative.objects.create(
            kind=kind, name=name, goal=goal, audience=audience, theme=theme_row,
            family=need.family if need else None, owner=owners[number % len(owners)],
            author=owners[0], created_at=start_of_day(days[0]) + dt.timedelta(hours=10),
            starts=began or as_of + dt.timedelta(days=30),
            ends=days[4] if len(days) > 4 else as_of + dt.timedelta(days=150),
            expected=round(float(rng.uniform(0.6, 2.4)), 1) * 1_000_000, stage=stage, began=began,
            ended=days[4] if len(days) > 4 else None,
        )  # fmt: skip
        InitiativeStep.objects.bulk_create(
            InitiativeStep(
                initiative=row, before=before, after=after, on=on, person=row.owner,
                at=start_of_day(on) + dt.timedelta(hours=11),
            )
            for before, after, on in zip(_WAY, _WAY[1:], days[1:], strict=False)
        )  # fmt: skip
        _invite(row, ours, INVITED[number], days[-1] if stage == Stage.INVITING else began,
                as_of, texts, rng)  # fmt: skip
    return len(texts.rows)


def _invite(
    row: Initiative, ours: set[int], many: int, day: dt.date | None, as_of: dt.date, texts: Texts,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    if not many or day is None:
        return
    chosen = [each for each in candidates(row, as_of) if each.client.pk in ours][:many]
    contacts = dict(
        Contact.objects.filter(client__in=[c.client.pk for c in chosen], left_on__isnull=True)
        .order_by("-pk").values_list("client_id", "pk")
    )  # fmt: skip
    for number, each in enumerate(chosen):
        on = day - dt.timedelta(days=int(rng.integers(5, 20))) if row.began else min(
            as_of, day + dt.timedelta(days=int(rng.integers(0, 10)))
        )  # fmt: skip
        state, words = _answer(row, number, texts, rng)
        surveyed = Interaction.objects.filter(
            client=each.client, kind="survey", date__range=(on - dt.timedelta(days=29), on)
        ).exists()
        worth = round(float(rng.uniform(40, 260))) * 1_000
        Invitation.objects.create(
            initiative=row, client=each.client, contact_id=contacts.get(each.client.pk),
            state=state, words=words, invited_on=on, points=each.fit.points, reasons=each.kept,
            answered_on=None if state == State.INVITED else min(as_of, on + dt.timedelta(days=4)),
            despite=texts.despite if surveyed else "", person=each.client.owner,
            expected=worth if rng.random() < 0.8 else None,
            realised=round(worth * rng.uniform(0.5, 1.3), -3) if state == State.TOOK_PART else None,
        )  # fmt: skip


def _answer(
    row: Initiative, number: int, texts: Texts, rng: np.random.Generator
) -> tuple[str, str]:
    if number % 4 == 3:
        return State.DECLINED, texts.declined[int(rng.integers(len(texts.declined)))]
    said = texts.agreed[int(rng.integers(len(texts.agreed)))]
    if row.began:
        return State.TOOK_PART, said
    return (State.INVITED, "") if number % 2 else (State.AGREED, said)
