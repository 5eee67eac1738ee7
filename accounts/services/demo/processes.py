"""Standard processes of the demo's company, and what some of its key clients have otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from accounts.models import (
    Client,
    Process,
    ProcessRun,
    ProcessStep,
    ProcessTemplate,
    RunStep,
    TemplateStep,
    User,
)

Start = Process.Start


@dataclass(frozen=True)
class StepText:
    name: str
    function: str
    days: int
    check_by: str = ""


@dataclass(frozen=True)
class Standard:
    name: str
    serves: str
    starts: str
    steps: tuple[StepText, ...]


@dataclass(frozen=True)
class Special:
    """What a client counts on: which standard it changes, the step that is added and where, the
    number of a step that is left out, and the days it shortens a step to."""

    standard: int
    name: str
    expectation: str
    added: StepText | None = None
    at: int = 0
    left_out: int | None = None
    faster: tuple[int, int] | None = None


@dataclass(frozen=True)
class Texts:
    standards: tuple[Standard, ...]
    specials: tuple[Special, ...]
    notes: tuple[str, ...]
    left_out: str


EN = Texts(
    standards=(
        Standard(
            "An order from call to shelf",
            "What was ordered comes in full, on the agreed day, without a reminder.",
            Start.ORDER,
            (
                StepText("Confirm quantity and day", "sales", 0, "the client has the confirmation"),
                StepText("Reserve the goods", "delivery", 1, "nothing is short in the stock list"),
                StepText("Deliver", "delivery", 3, "signed delivery note"),
                StepText("Ask whether all was right", "service", 5, "the answer is noted as a talk"),
            ),
        ),
        Standard(
            "A complaint",
            "Whoever complains hears from us the same day and knows what happens next.",
            Start.COMPLAINT,
            (
                StepText("Call back and listen", "service", 0, "what is wrong is written down"),
                StepText("Replace or credit", "delivery", 2, "new delivery or credit note"),
                StepText("Find the cause", "service", 7, "one sentence why, and what is changed"),
                StepText("Tell the client what we changed", "sales", 10, "the talk is noted"),
            ),
        ),
        Standard(
            "A late payment",
            "Money matters are settled without hurt on either side.",
            Start.LATE_PAYMENT,
            (
                StepText("Ask the bookkeeper kindly", "sales", 1, "a promised day of payment"),
                StepText("Agree a date with the director", "sales", 7, "the date is confirmed"),
            ),
        ),
    ),
    specials=(
        Special(
            0, "Thursday truck before seven", "The kitchen takes goods only before seven.",
            StepText("Call the porter the evening before", "delivery", 2, "the porter has the number plate"),
            2,
        ),
        Special(
            0, "One bill a month", "Their bookkeeping accepts one bill a month.",
            StepText("Put all deliveries on one bill", "sales", 30, "one invoice, all delivery notes named"),
            4, left_out=3,
        ),
        Special(
            1, "Complaints of the night shift", "At night nobody can wait until morning.",
            faster=(1, 1),
        ),
        Special(2, "Late payment in season", "In season they pay in two parts, and say so.", faster=(1, 14)),
    ),
    notes=("done as agreed", "confirmed by phone", "signed", "they were content"),
    left_out="they did not need it this time",
)  # fmt: skip
RU = Texts(
    standards=(
        Standard(
            "Заказ от звонка до полки",
            "Заказанное приходит полностью, в оговорённый день и без напоминаний.",
            Start.ORDER,
            (
                StepText("Подтвердить количество и день", "sales", 0, "подтверждение у клиента"),
                StepText("Зарезервировать товар", "delivery", 1, "в остатках всего хватает"),
                StepText("Доставить", "delivery", 3, "подписанная накладная"),
                StepText("Спросить, всё ли верно", "service", 5, "ответ записан как разговор"),
            ),
        ),
        Standard(
            "Жалоба",
            "Кто жалуется, слышит нас в тот же день и знает, что будет дальше.",
            Start.COMPLAINT,
            (
                StepText("Перезвонить и выслушать", "service", 0, "записано, что не так"),
                StepText("Заменить или зачесть", "delivery", 2, "новая поставка или корректировка"),
                StepText("Найти причину", "service", 7, "одно предложение: почему и что изменили"),
                StepText("Рассказать клиенту, что изменили", "sales", 10, "разговор записан"),
            ),
        ),
        Standard(
            "Просрочка оплаты",
            "О деньгах договариваются без обид с обеих сторон.",
            Start.LATE_PAYMENT,
            (
                StepText("Вежливо спросить бухгалтера", "sales", 1, "назван день оплаты"),
                StepText("Согласовать дату с директором", "sales", 7, "дата подтверждена"),
            ),
        ),
    ),
    specials=(
        Special(
            0, "Машина по четвергам до семи", "Кухня принимает товар только до семи утра.",
            StepText("Накануне позвонить на проходную", "delivery", 2, "номер машины у охраны"), 2,
        ),
        Special(
            0, "Один счёт в месяц", "Бухгалтерия принимает один счёт в месяц.",
            StepText("Собрать поставки в один счёт", "sales", 30, "один счёт со всеми накладными"),
            4, left_out=3,
        ),
        Special(
            1, "Жалобы ночной смены", "Ночью ждать до утра нельзя.", faster=(1, 1),
        ),
        Special(2, "Оплата в сезон", "В сезон платят двумя частями и предупреждают.", faster=(1, 14)),
    ),
    notes=("сделано, как договорились", "подтвердили по телефону", "подписано", "остались довольны"),
    left_out="в этот раз не понадобилось",
)  # fmt: skip
TEXTS = {"en": EN, "ru": RU}
WITH_PROCESS = 0.6


def fill(
    clients: Sequence[Client], language: str, as_of: dt.date, people: Sequence[User], seed: int
) -> int:
    """Write the standards and the processes of some of these clients with runs of the last two
    months; returns how many processes.  Runs for the system."""
    rng = np.random.default_rng([seed, 0, 7])
    texts = TEXTS[language]
    manager = next(person for person in people if person.role == User.Role.MANAGER)
    standards = [_standard(each, manager) for each in texts.standards]
    by_function = {person.function: person for person in people if person.function}
    made = 0
    for client in clients:
        if rng.random() > WITH_PROCESS:
            continue
        special = texts.specials[int(rng.integers(len(texts.specials)))]
        template, origins = standards[special.standard]
        process = Process.objects.create(
            client=client,
            template=template,
            name=special.name,
            expectation=special.expectation,
            starts=texts.standards[special.standard].starts,
            watched_from=as_of,
            author=client.owner,
        )
        steps = _steps(special, texts.standards[special.standard], origins, process, by_function)
        ProcessStep.objects.bulk_create(steps)
        for age in sorted(rng.integers(2, 60, size=int(rng.integers(1, 4))), reverse=True):
            _run(process, steps, as_of - dt.timedelta(days=int(age)), as_of, texts, rng)
        made += 1
    return made


def clear() -> None:
    """Remove the standards again; the processes go with their clients."""
    names = [each.name for texts in TEXTS.values() for each in texts.standards]
    ProcessTemplate.objects.filter(name__in=names).delete()


def _standard(text: Standard, author: User) -> tuple[ProcessTemplate, list[TemplateStep]]:
    template = ProcessTemplate.objects.create(name=text.name, serves=text.serves, author=author)
    steps = TemplateStep.objects.bulk_create(
        TemplateStep(template=template, position=position, **vars(step))
        for position, step in enumerate(text.steps, 1)
    )
    return template, steps


def _steps(
    special: Special,
    standard: Standard,
    origins: Sequence[TemplateStep],
    process: Process,
    people: Mapping[str, User],
) -> list[ProcessStep]:
    rows = [
        (step, origin)
        for number, (step, origin) in enumerate(zip(standard.steps, origins, strict=True))
        if number != special.left_out
    ]
    if special.added is not None:
        rows.insert(special.at, (special.added, None))
    found = []
    for position, (step, origin) in enumerate(rows, 1):
        row = ProcessStep(process=process, origin=origin, position=position, **vars(step))
        # What sales does falls to the client's KAM.
        row.responsible = None if step.function == "sales" else people.get(step.function)
        if special.faster is not None and special.faster[0] == position - 1:
            row.days = special.faster[1]
        found.append(row)
    return found


def _run(
    process: Process,
    steps: Sequence[ProcessStep],
    begun: dt.date,
    as_of: dt.date,
    texts: Texts,
    rng: np.random.Generator,
) -> None:
    run = ProcessRun.objects.create(process=process, started_on=begun, author=process.author)
    rows = []
    for step in steps:
        due = begun + dt.timedelta(days=step.days)
        settled = due + dt.timedelta(days=int(rng.integers(-1, 3)))
        row = RunStep(
            run=run,
            position=step.position,
            name=step.name,
            function=step.function,
            days=step.days,
            check_by=step.check_by,
            responsible=step.responsible or process.client.owner,
            due=due,
        )
        if settled <= as_of - dt.timedelta(days=1):
            left_out = rng.random() < 0.06
            row.state = RunStep.State.SKIPPED if left_out else RunStep.State.DONE
            row.note = (
                texts.left_out if left_out else texts.notes[int(rng.integers(len(texts.notes)))]
            )
            row.settled_on, row.settled_by = max(settled, begun), row.responsible
        rows.append(row)
    RunStep.objects.bulk_create(rows)
    if all(row.state != RunStep.State.OPEN for row in rows):
        run.ended_on = max(row.settled_on for row in rows if row.settled_on)
        run.outcome = ProcessRun.Outcome.DONE
        run.save(update_fields=["ended_on", "outcome"])
