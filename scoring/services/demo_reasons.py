"""Why somebody in a demo workspace gave a rating: by language, criterion and height of the rating.

Each criterion of the library that people rate has reasons for low (1–4), middling (5–7) and high
(8–10) ratings.
"""

from __future__ import annotations

from typing import NamedTuple


class Reasons(NamedTuple):
    low: tuple[str, ...]
    middling: tuple[str, ...]
    high: tuple[str, ...]

    def for_rating(self, value: int) -> tuple[str, ...]:
        return self.low if value <= 4 else self.middling if value <= 7 else self.high


REASONS: dict[str, dict[str, Reasons]] = {
    "ru": {
        "potential": Reasons(
            (
                "Новых точек не планируют, часть закупок передали другому поставщику.",
                "Дважды предлагали расширить ассортимент, интереса не было.",
            ),
            (
                "Закупают ровно, рост возможен после ремонта второй площадки.",
                "Готовы пробовать новое небольшими партиями.",
            ),
            (
                "В следующем году открывают ещё две площадки, просят единую спецификацию.",
                "Сами предложили перейти на годовой договор с объёмом.",
            ),
        ),
        "product_fit": Reasons(
            (
                "Берут только расходные материалы, остальное делают под заказ у местных.",
                "Нужна упаковка нестандартных размеров, которой у нас нет.",
            ),
            (
                "Закрываем примерно половину потребности, бумагу берут отдельно.",
                "Ассортимент подходит, мешает крупная минимальная партия.",
            ),
            (
                "Почти весь список закупки есть на нашем складе.",
                "Перевели к нам моющие средства и упаковку, довольны качеством.",
            ),
        ),
        "procurement": Reasons(
            (
                "Согласование идёт через три отдела, решение может смениться в последний день.",
                "Платёж каждый раз приходится просить.",
            ),
            (
                "Процесс понятен, но заявки приходят без запаса по времени.",
                "Оплата идёт по вторникам, если акт подписан вовремя.",
            ),
            (
                "Заказ по графику, один ответственный, документы подписывают в тот же день.",
                "Годовой план закупок присылают заранее.",
            ),
        ),
        "values": Reasons(
            (
                "Давят ценой, устные договорённости не держат.",
                "О проблемах узнаём последними, разговор начинается с претензии.",
            ),
            (
                "Ровные рабочие отношения, без лишних обещаний с обеих сторон.",
                "Открыты к разговору, но решения принимают без нас.",
            ),
            (
                "Честно делятся планами и предупреждают об изменениях заранее.",
                "Разбирают ошибки вместе с нами и держат слово.",
            ),
        ),
        "partners": Reasons(
            (
                "Работают обособленно, знакомить ни с кем не готовы.",
                "В отраслевых объединениях не участвуют.",
            ),
            (
                "Знакомы с несколькими сетями в своём городе.",
                "Готовы дать отзыв, но представлять нас не станут.",
            ),
            (
                "Состоят в ассоциации и уже познакомили нас с двумя компаниями.",
                "Их закупщик ведёт профессиональную группу, где нас рекомендует.",
            ),
        ),
        "geography": Reasons(
            (
                "Возим транспортной компанией, срок больше недели.",
                "Отдельный рейс не окупается, ждём сборного груза.",
            ),
            (
                "Машина ходит дважды в неделю, есть представитель в соседнем городе.",
                "Доставка через региональный склад, срок два-три дня.",
            ),
            (
                "Полчаса от нашего склада, можем довезти в день заказа.",
                "На ежедневном маршруте, команда рядом.",
            ),
        ),
    },
    "en": {
        "potential": Reasons(
            (
                "No new sites planned, and part of the buying has gone to someone else.",
                "We offered a wider range twice; there was no interest.",
            ),
            (
                "They buy evenly; growth may come after the second site reopens.",
                "Willing to try new things in small batches.",
            ),
            (
                "Two more sites open next year, and they want one specification for all.",
                "They asked for a yearly agreement with volume themselves.",
            ),
        ),
        "product_fit": Reasons(
            (
                "They take consumables only; the rest is made to order locally.",
                "They need odd sizes that we do not carry.",
            ),
            (
                "We cover about half of what they need; paper comes from elsewhere.",
                "The range fits, the minimum order is in the way.",
            ),
            (
                "Nearly all of their list is in our warehouse.",
                "They moved cleaning and packaging to us and like the quality.",
            ),
        ),
        "procurement": Reasons(
            (
                "Three departments have to agree, and the answer may change on the last day.",
                "We have to ask for every payment.",
            ),
            (
                "The process is clear, but orders come at short notice.",
                "They pay on Tuesdays if the paperwork is there in time.",
            ),
            (
                "Orders on schedule, one person in charge, papers signed the same day.",
                "They send the plan of the year in advance.",
            ),
        ),
        "values": Reasons(
            (
                "They push on price and do not keep what was agreed by word.",
                "We hear of problems last, and the talk begins with a claim.",
            ),
            (
                "Even working relations without large promises on either side.",
                "Open to a conversation, but they decide without us.",
            ),
            (
                "They share their plans and warn us of changes early.",
                "They go through mistakes with us and keep their word.",
            ),
        ),
        "partners": Reasons(
            (
                "They work on their own and would not introduce us.",
                "Not a member of any trade body.",
            ),
            (
                "They know a few chains in their town.",
                "Ready to give a reference, not to introduce us.",
            ),
            (
                "Active in the trade association; they have introduced us to two companies.",
                "Their buyer runs a professional circle and speaks well of us there.",
            ),
        ),
        "geography": Reasons(
            (
                "By carrier only, more than a week.",
                "A lorry of our own does not pay; we wait for a shared load.",
            ),
            (
                "Our lorry goes twice a week; a colleague sits in the next town.",
                "Through the regional depot, two or three days.",
            ),
            (
                "Half an hour from our warehouse; same-day delivery is possible.",
                "On the daily route, close to the team.",
            ),
        ),
    },
}
