"""The ten criteria of the method, ready to use, and the matrix that a new workspace starts with.

The library belongs to the product: installing brings its texts and rules up to date.  What a
company wants to differ is set in a matrix version, which keeps its own copy of measure, rule and
share, so nothing that was ever ranked changes with the library.

Every rule rates on whole numbers, so that points can be checked with a calculator.  Rules in
natural units (months, days, per cent) look at one client alone; money is compared with the other
clients on a logarithmic scale, because what is a large invoice differs from company to company.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from .models import Criterion, Matrix, MatrixVersion, VersionCriterion

Rule = dict[str, Any]
# How strong we are with a client shows in what has grown between us; the rest is about them.
STRENGTH = ("tenure", "product_fit", "values", "partners")
MANUAL: Rule = {"kind": "manual", "rounding": "integer"}


def piecewise(*knots: tuple[float, float]) -> Rule:
    return {"kind": "piecewise", "knots": [list(knot) for knot in knots], "rounding": "integer"}


def compared_money() -> Rule:
    return {"kind": "min_max", "lo": None, "hi": None, "log": True, "rounding": "integer"}


@dataclass(frozen=True)
class Text:
    """Name, description and what ratings 1, 5 and 10 mean, in one language."""

    label: str
    description: str
    one: str
    five: str
    ten: str

    @property
    def anchors(self) -> dict[str, str]:
        return {"1": self.one, "5": self.five, "10": self.ten}


@dataclass(frozen=True)
class Entry:
    key: str
    ru: Text
    en: Text
    measure: str = ""
    rule: Rule = field(default_factory=lambda: MANUAL)
    # Weight of people's ratings beside the computed part, 0..1; 1 where people alone rate.
    people: float = 0.0

    @property
    def axis(self) -> str:
        """Where it counts on the portfolio matrix, until somebody says otherwise."""
        return "strength" if self.key in STRENGTH else "attractiveness"

    def fields(self, position: int) -> dict[str, Any]:
        return {
            "label_ru": self.ru.label,
            "label_en": self.en.label,
            "description_ru": self.ru.description,
            "description_en": self.en.description,
            "anchors": {"ru": self.ru.anchors, "en": self.en.anchors},
            "measure": self.measure,
            "rule": self.rule,
            "rated_by_people": self.people > 0,
            "people_share": Decimal(str(self.people)),
            "in_library": True,
            "position": position,
        }


LIBRARY = (
    Entry(
        "potential",
        ru=Text(
            "Потенциал и история отношений",
            "Растут ли закупки клиента и чего стоит ждать от отношений дальше. "
            "Рост считается по продажам, потенциал оценивают люди.",
            "Продажи падают, о развитии речь не идёт",
            "Продажи держатся, отношения ровные",
            "Продажи выросли больше чем в полтора раза, есть общие планы",
        ),
        en=Text(
            "Potential and history of the relationship",
            "Whether the client buys more and what the relationship may become. "
            "Growth is computed from sales, potential is rated by people.",
            "Sales fall and nobody speaks of development",
            "Sales hold, the relationship is even",
            "Sales grew by more than half, there are plans made together",
        ),
        measure="growth",
        rule=piecewise((-50, 1), (-20, 3), (0, 5), (20, 7), (50, 10)),
        people=0.5,
    ),
    Entry(
        "tenure",
        ru=Text(
            "Стаж сотрудничества",
            "Сколько времени прошло с первой покупки. Потенциальных клиентов не касается.",
            "Первая покупка только что",
            "Около двух лет",
            "Десять лет и больше",
        ),
        en=Text(
            "Tenure",
            "Time since the first purchase. Does not apply to prospects.",
            "The first purchase has just been made",
            "About two years",
            "Ten years or more",
        ),
        measure="tenure",
        rule=piecewise((0, 1), (12, 4), (24, 5), (60, 8), (120, 10)),
    ),
    Entry(
        "average_invoice",
        ru=Text(
            "Средний счёт",
            "Выручка за год, делённая на число реализаций, в сравнении с другими клиентами.",
            "Среди самых мелких",
            "Обычный размер для наших клиентов",
            "Среди самых крупных",
        ),
        en=Text(
            "Average invoice",
            "Revenue of a year divided by the number of invoices, compared with other clients.",
            "Among the smallest",
            "Usual for our clients",
            "Among the largest",
        ),
        measure="average_invoice",
        rule=compared_money(),
    ),
    Entry(
        "product_fit",
        ru=Text(
            "Соответствие продукта",
            "Насколько наш ассортимент отвечает тому, что клиенту нужно. "
            "Широта закупок считается, соответствие оценивают люди.",
            "Берёт что-то одно, и то от случая к случаю",
            "Мы закрываем около половины того, что могли бы",
            "Наш продукт подходит полностью, берут весь ассортимент",
        ),
        en=Text(
            "Product fit",
            "How well our range meets what the client needs. "
            "Breadth of purchases is computed, fit is rated by people.",
            "Buys one thing, now and then",
            "We cover about half of what we could",
            "Our product fits in full, they buy the whole range",
        ),
        measure="breadth",
        rule={"kind": "min_max", "lo": None, "hi": None, "log": False, "rounding": "integer"},
        people=0.5,
    ),
    Entry(
        "profit",
        ru=Text(
            "Потенциал прибыли",
            "Прибыль от клиента за год в сравнении с другими клиентами.",
            "Прибыли нет или работаем в убыток",
            "Прибыль обычная для наших клиентов",
            "Среди самых прибыльных",
        ),
        en=Text(
            "Profit potential",
            "Profit from the client in a year, compared with other clients.",
            "No profit, or a loss",
            "Profit usual for our clients",
            "Among the most profitable",
        ),
        measure="profit",
        rule=compared_money(),
    ),
    Entry(
        "procurement",
        ru=Text(
            "Процесс закупки и скорость оплаты",
            "Насколько понятно клиент покупает и как быстро платит. "
            "Задержка оплаты считается, процесс закупки оценивают люди.",
            "Решения непредсказуемы, оплата позже срока на два месяца и больше",
            "Процесс понятен, оплата позже срока на две-три недели",
            "Процесс прозрачен, платят в срок",
        ),
        en=Text(
            "Procurement process and payment speed",
            "How clearly the client buys and how soon it pays. "
            "Payment delay is computed, the procurement process is rated by people.",
            "Decisions cannot be foreseen, payment two months late or more",
            "The process is clear, payment two or three weeks late",
            "The process is open, they pay on time",
        ),
        measure="payment_delay",
        rule=piecewise((0, 10), (7, 8), (18, 5), (30, 3), (60, 1)),
        people=0.5,
    ),
    Entry(
        "values",
        ru=Text(
            "Ценности и культура",
            "Совпадают ли взгляды на то, как вести дела. Оценивают люди, которые знают клиента.",
            "Договорённости не держат, к нам относятся как к расходу",
            "Работаем спокойно, особой близости нет",
            "Смотрим на дело одинаково, говорим открыто",
        ),
        en=Text(
            "Values and culture",
            "Whether we agree on how business is done. Rated by people who know the client.",
            "Agreements are not kept, we are seen as a cost",
            "We work calmly, without being close",
            "We see business alike and speak openly",
        ),
        people=1.0,
    ),
    Entry(
        "solvency",
        ru=Text(
            "Платёжеспособность",
            "Какая доля долга клиента просрочена.",
            "Просрочен весь долг",
            "Просрочена четверть долга",
            "Просрочки нет",
        ),
        en=Text(
            "Solvency",
            "Which share of what the client owes is overdue.",
            "All of the debt is overdue",
            "A quarter of the debt is overdue",
            "Nothing is overdue",
        ),
        measure="overdue_share",
        rule=piecewise((0, 10), (10, 7), (25, 5), (50, 3), (100, 1)),
    ),
    Entry(
        "partners",
        ru=Text(
            "Отношения с другими организациями",
            "Связан ли клиент с теми, кто может стать нашим партнёром. "
            "Связанные компании считаются, возможности оценивают люди.",
            "Сам по себе, связей нет",
            "Знает некоторых из тех, кто нам интересен",
            "Открывает двери ко многим возможным партнёрам",
        ),
        en=Text(
            "Relations with other organisations",
            "Whether the client is connected to those who may become our partners. "
            "Related companies are counted, the chances are rated by people.",
            "Stands alone, no connections",
            "Knows some of those we would like to know",
            "Opens doors to many possible partners",
        ),
        measure="related_organisations",
        rule=piecewise((0, 1), (1, 4), (3, 7), (6, 10)),
        people=0.7,
    ),
    Entry(
        "geography",
        ru=Text(
            "География",
            "Удобно ли нам работать там, где находится клиент. Оценивают люди; "
            "в матрице можно задать оценку для каждого региона.",
            "Туда мы почти не возим",
            "Возим с пересадкой, представителя нет",
            "Рядом со складом и командой",
        ),
        en=Text(
            "Geography",
            "How well we can serve where the client is. Rated by people; "
            "a matrix may give each region its rating instead.",
            "We hardly deliver there",
            "Delivery with a change, nobody of ours on the spot",
            "Close to our warehouse and team",
        ),
        people=1.0,
    ),
)

# Three main criteria that invoices alone can answer: a ranking on the first day.
FIRST_MATRIX = (("profit", 40), ("average_invoice", 40), ("tenure", 20))
PROSPECTS_MATRIX = (("potential", 40), ("product_fit", 35), ("values", 25))


@transaction.atomic
def ensure_library() -> Matrix:
    """Install the ten criteria, and a first active matrix where there is none; returns the main
    matrix.  Running it again brings texts up to date and touches nothing that people made."""
    for position, entry in enumerate(LIBRARY, start=1):
        fields = entry.fields(position)
        Criterion.objects.update_or_create(
            key=entry.key, defaults=fields, create_defaults=fields | {"axis": entry.axis}
        )
    matrix = Matrix.objects.order_by("-is_main", "pk").first()
    return matrix or _first_matrix()


def _first_matrix() -> Matrix:
    with translation.override(settings.LANGUAGE_CODE):
        matrix = Matrix.objects.create(name=_("Main criteria"), is_main=True)
        version = MatrixVersion.objects.create(
            matrix=matrix,
            number=1,
            reason=_("Comes with the product: a start from invoices alone."),
        )
    for position, (key, weight) in enumerate(FIRST_MATRIX, start=1):
        VersionCriterion.objects.create(
            version=version, position=position, weight=weight, **frozen(key)
        )
    version.status = MatrixVersion.Status.ACTIVE
    version.activated_at = version.created_at
    version.save()
    return matrix


def prospects_matrix(author=None) -> Matrix:
    """The matrix of potential clients: made from the library where there is none yet.

    Its criteria are those that people can rate before anything was bought.
    """
    found = Matrix.objects.filter(population=Matrix.Population.PROSPECTS).first()
    if found is not None:
        return found
    matrix = Matrix.objects.create(
        name=_("Potential clients"), population=Matrix.Population.PROSPECTS
    )
    version = MatrixVersion.objects.create(
        matrix=matrix,
        number=1,
        selection_value=10,
        min_coverage=0.5,
        author=author,
        reason=_("Comes with the product: what people can tell before the first invoice."),
    )
    for position, (key, weight) in enumerate(PROSPECTS_MATRIX, start=1):
        by_people = {"measure": "", "rule": MANUAL, "rated_by_people": True, "people_share": 1}
        VersionCriterion.objects.create(
            version=version, position=position, weight=weight, **(frozen(key) | by_people)
        )
    version.status = MatrixVersion.Status.ACTIVE
    version.activated_at = version.created_at
    version.save()
    return matrix


def frozen(key: str) -> dict[str, Any]:
    """What a version copies of a criterion, by its key."""
    criterion = Criterion.objects.get(key=key)
    return {
        "criterion": criterion,
        "measure": criterion.measure,
        "rule": criterion.rule,
        "rated_by_people": criterion.rated_by_people,
        "people_share": criterion.people_share,
    }
