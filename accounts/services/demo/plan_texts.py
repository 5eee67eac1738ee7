"""What the plans of the demo's key clients say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Texts:
    """``actions``: for each kind of section, what is done and by which part of the company;
    ``results``: what came of what is done."""

    title: str
    business: tuple[str, ...]
    customers: tuple[str, ...]
    rivals: tuple[str, ...]
    objectives: tuple[str, ...]
    course: tuple[str, ...]
    actions: dict[str, tuple[tuple[str, str], ...]]
    parts: dict[str, str]
    results: tuple[str, ...]
    returned: str
    submitted: str
    signed: tuple[str, ...]
    amended: str


EN = Texts(
    title="Account plan {year}",
    business=(
        "They grow by new sites: two open this year, and the people are not hired yet. The margin is thin and hangs on how many hands a site needs.",
        "Half of their sales comes from the season. Growth is planned in the neighbouring towns, where they have no store and buy consumables from whoever is near.",
        "A family firm in its second generation. The new director counts every expense and wants fewer suppliers, not cheaper ones.",
    ),
    customers=(
        "Schools, clinics and offices. Since the last inspections they ask what is cleaned with what and how often; whoever can show it keeps the contract.",
        "People from the street, who judge by how clean the place looks. Orders are used up by the evening, so a missing delivery is seen at nine in the morning.",
        "Seasonal guests and buyers, full from May to September. In the season nobody has time to train new staff, before it everybody does.",
    ),
    rivals=(
        "A federal chain offers them eight per cent less on chemicals, with delivery once in two weeks. They tried it on one site and ran out twice.",
        "Their purchasing looks at a marketplace for consumables. It wins on price of single items and loses on everything that has to come together.",
        "A local firm that their head of operations has known for years. It is strong in machines and weak in chemicals; there we can work side by side.",
    ),
    objectives=(
        "First that they stay because they want to; then the sites that buy only a part of what they use.",
        "They want fewer hours on each site; we want the whole range on each site. One leads to the other.",
    ),
    course=(
        "Every month one step that they notice, every quarter a look at the numbers together.",
        "Deliveries first, then training, then the new sites: nothing new while the old thing limps.",
    ),
    actions={
        "business": (
            ("Ask the director where the two new sites stand", "sales"),
            ("Count with them what cleaning a site costs today", "usage"),
        ),
        "customers": (
            ("Walk through two of their sites before they open", "service"),
            ("Write one page on hygiene that they can show to inspectors", "usage"),
        ),
        "rivals": (
            ("Compare our basket with the marketplace, item by item", "sales"),
            ("Show what a day without stock costs them", "delivery"),
        ),
        "actions": (
            ("Second delivery day before the season", "delivery"),
            ("Train the shift leaders of the new sites", "service"),
            ("Set up dosing pumps on three sites", "usage"),
            ("Quarterly look at the numbers with their director", "sales"),
        ),
    },
    parts={
        "sales": "Keeps prices and terms clear for their purchasing",
        "service": "Trains their shift leaders and answers within a day",
        "delivery": "Keeps the route free and calls before anything is late",
        "usage": "Shows them how to use less, and measures it",
    },
    results=(
        "Done together with their head of operations; they asked for the same on the next site.",
        "It works since last week, no complaint so far.",
        "Numbers are agreed, the director has them in writing.",
    ),
    returned="Who decides on the new sites? Without that the second goal hangs in the air.",
    submitted="As we discussed on Tuesday; the second goal is theirs, in their words.",
    signed=("Good. Look at the rival once more in the summer.", "Agreed.", ""),
    amended="They open a third site earlier than planned.",
)
RU = Texts(
    title="План развития {year}",
    business=(
        "Растут новыми площадками: в этом году открывают две, людей ещё не набрали. Маржа тонкая и держится на том, сколько рук нужно на площадку.",
        "Половину выручки даёт сезон. Расти хотят в соседних городах: склада там нет, расходники покупают у кого ближе.",
        "Семейная фирма во втором поколении. Новый директор считает каждый расход и хочет меньше поставщиков, а не дешевле.",
    ),
    customers=(
        "Школы, клиники и офисы. После проверок спрашивают, чем и как часто моют; кто может показать, тот сохраняет договор.",
        "Люди с улицы: судят по тому, чисто ли на вид. Запас уходит к вечеру, поэтому недовоз виден уже в девять утра.",
        "Сезонные гости и покупатели, полная загрузка с мая по сентябрь. В сезон учить новых людей некогда, до сезона — есть когда.",
    ),
    rivals=(
        "Федеральная сеть предлагает химию на восемь процентов дешевле с доставкой раз в две недели. Попробовали на одной площадке и дважды остались без запаса.",
        "Их закупки присматриваются к маркетплейсу. Он выигрывает на цене отдельных позиций и проигрывает там, где всё должно приехать вместе.",
        "Местная фирма, с которой их начальник эксплуатации знаком много лет. Сильна в машинах, слаба в химии; здесь можно работать рядом.",
    ),
    objectives=(
        "Сначала — чтобы они оставались, потому что хотят; потом — площадки, которые берут у нас только часть нужного.",
        "Им нужно меньше часов на каждую площадку, нам — весь ассортимент на каждой из них. Одно ведёт к другому.",
    ),
    course=(
        "Каждый месяц — один шаг, который они заметят; каждый квартал вместе смотрим на числа.",
        "Сначала доставка, потом обучение, потом новые площадки: ничего нового, пока хромает старое.",
    ),
    actions={
        "business": (
            ("Спросить директора, как дела с двумя новыми площадками", "sales"),
            ("Посчитать вместе, во что сегодня обходится уборка площадки", "usage"),
        ),
        "customers": (
            ("Пройти по двум их площадкам до открытия", "service"),
            ("Написать памятку по гигиене на страницу, чтобы показывать проверяющим", "usage"),
        ),
        "rivals": (
            ("Сравнить нашу корзину с маркетплейсом по позициям", "sales"),
            ("Показать, во что обходится день без запаса", "delivery"),
        ),
        "actions": (
            ("Второй день доставки до начала сезона", "delivery"),
            ("Обучить старших смен на новых площадках", "service"),
            ("Поставить дозаторы на трёх площадках", "usage"),
            ("Раз в квартал смотреть числа с их директором", "sales"),
        ),
    },
    parts={
        "sales": "Держит цены и условия понятными для их закупок",
        "service": "Обучает их старших смен и отвечает в течение дня",
        "delivery": "Держит маршрут свободным и звонит, если что-то задержится",
        "usage": "Показывает, как расходовать меньше, и измеряет это",
    },
    results=(
        "Сделали вместе с их начальником эксплуатации; просят то же на следующей площадке.",
        "Работает с прошлой недели, жалоб нет.",
        "Числа согласованы, у директора есть бумага.",
    ),
    returned="Кто решает по новым площадкам? Без этого вторая цель висит в воздухе.",
    submitted="Как обсудили во вторник; вторая цель — их, их словами.",
    signed=("Хорошо. Летом ещё раз посмотрите на конкурента.", "Согласовано.", ""),
    amended="Третью площадку открывают раньше, чем собирались.",
)
TEXTS = {"en": EN, "ru": RU}
