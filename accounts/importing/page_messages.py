"""Sentences for those who answer on a page, where those of the command name its options."""

from __future__ import annotations

# As in `messages.MESSAGES`; a code that is absent reads the same everywhere.
PAGE_MESSAGES: dict[str, tuple[str, str]] = {
    "header.not_found": (
        "No row with names of columns was found. Found instead: {found}. Choose the row of the "
        "header or say what the columns are.",
        "Строка с названиями столбцов не найдена. Вместо неё: {found}. Выберите строку заголовка "
        "или укажите, что в столбцах.",
    ),
    "header.duplicate": (
        "Two columns are for the same field. Choose the one that counts and leave the other out; "
        "if their names are the same, rename one in the file.",
        "Два столбца подходят к одному полю. Выберите нужный, а другой отключите; если названия "
        "одинаковые, переименуйте один в файле.",
    ),
    "header.ambiguous": (
        "The column can mean different things. Choose which, or leave it out.",
        "Столбец может означать разное. Выберите, что именно, или отключите его.",
    ),
    "column.missing": (
        "A required column is missing. Columns of the file: {found}. If one of them fits, choose "
        "it.",
        "Нет обязательного столбца. Столбцы файла: {found}. Если какой-то подходит, выберите его.",
    ),
    "number.ambiguous_decimal": (
        "It is not clear whether “{value}” has a decimal sign or parts thousands. Choose the "
        "decimal sign.",
        "Неясно, что в «{value}» отделяет знак: копейки или тысячи. Выберите десятичный знак.",
    ),
    "date.ambiguous_order": (
        "It is not clear whether day or month comes first, as in “{value}”. Choose the order.",
        "Неясно, что идёт первым, день или месяц, например в «{value}». Выберите порядок.",
    ),
    "date.mixed_order": (
        "Some dates have the day first, others the month, as in “{value}”. Write them all alike "
        "in the file or choose the order.",
        "В одних датах первым идёт день, в других месяц, например «{value}». Запишите все "
        "одинаково или выберите порядок.",
    ),
    "vat.unclear": (
        "It is not clear whether amounts hold VAT. Choose: it is inside, on top, or there is none.",
        "Неясно, входит ли НДС в суммы. Выберите: входит, сверху или без НДС.",
    ),
    "vat.amount_unknown": (
        "Some rows tell neither the sum nor the rate of VAT, so their amounts were taken as they "
        "are. If VAT is inside, choose its rate and load the file again.",
        "В части строк нет ни суммы, ни ставки НДС, поэтому суммы взяты как есть. Если НДС "
        "внутри, выберите ставку и загрузите файл ещё раз.",
    ),
}
