"""Issues in words, English and Russian: what is wrong, where, and what to do about it."""

from __future__ import annotations

from accounts.importing.file_messages import FILE_MESSAGES
from accounts.importing.page_messages import PAGE_MESSAGES
from accounts.importing.table import Issue

# code -> (English, Russian). Names in braces are the issue's params.
MESSAGES: dict[str, tuple[str, str]] = {
    **FILE_MESSAGES,
    "document.no_date": (
        "There is no column with the date, and “{value}” does not tell it. Export the date, or "
        "documents written as “Invoice 12 from 2024-03-31”.",
        "Столбца с датой нет, а по «{value}» её не узнать. Выгрузите дату или документы в виде "
        "«Реализация 12 от 31.03.2024».",
    ),
    "document.sum_differs": (
        "Lines of document {number} come to {found}, the document says {stated}; the lines were "
        "taken. Look the document up.",
        "Сумма строк документа {number} — {found}, а в самом документе указано {stated}; взяты "
        "строки. Сверьте документ.",
    ),
    "header.not_found": (
        "No row with names of columns was found. Found instead: {found}. Add a header or name "
        "the columns with --map COLUMN=FIELD.",
        "Строка с названиями столбцов не найдена. Вместо неё: {found}. Добавьте заголовок или "
        "укажите столбцы: --map СТОЛБЕЦ=ПОЛЕ.",
    ),
    "header.too_wide": (
        "The header has {found} columns, {limit} are allowed. Leave out what is not needed.",
        "В заголовке {found} столбцов, допускается {limit}. Уберите лишние.",
    ),
    "header.duplicate": (
        "Two columns are for the field {field}. Say which one counts with --map COLUMN={field}, "
        "and leave the other out with --map COLUMN=-; rename columns of the same name.",
        "Два столбца подходят к полю {field}. Укажите нужный: --map СТОЛБЕЦ={field}, лишний "
        "отключите: --map СТОЛБЕЦ=-. Одинаковые названия сделайте разными.",
    ),
    "header.ambiguous": (
        "The column can mean one of: {fields}. Say which with --map COLUMN={example}, or leave "
        "it out with --map COLUMN=-.",
        "Столбец может означать одно из: {fields}. Укажите, что именно: "
        "--map СТОЛБЕЦ={example}, или отключите его: --map СТОЛБЕЦ=-.",
    ),
    "column.missing": (
        "A required column is missing: {missing}. Columns of the file: {found}. If one of them "
        "fits, say so with --map COLUMN={example}.",
        "Нет обязательного столбца: {missing}. Столбцы файла: {found}. Если какой-то подходит, "
        "укажите его: --map СТОЛБЕЦ={example}.",
    ),
    "column.total_ignored": (
        "The column was left out: the amount of the row is in another column.",
        "Столбец не использован: сумма строки есть в другом столбце.",
    ),
    "map.unknown_field": (
        "There is no field {field}. Fields of this kind of file: {known}.",
        "Поля {field} нет. Поля для такого файла: {known}.",
    ),
    "map.unknown_column": (
        "The file has no such column. Columns of the file: {found}.",
        "В файле нет такого столбца. Столбцы файла: {found}.",
    ),
    "row.ragged": (
        "The row has {found} cells, the header has {expected}. Check delimiters and quotes.",
        "В строке {found} ячеек, а в заголовке {expected}. Проверьте разделители и кавычки.",
    ),
    "row.too_long": (
        "The record at line {line} is longer than {limit} characters; often a quotation mark is "
        "open before it. Close the quote or split the cell.",
        "Запись в строке {line} длиннее {limit} знаков; чаще всего перед ней не закрыта кавычка. "
        "Закройте кавычку или сократите ячейку.",
    ),
    "row.unclosed_quote": (
        "A quotation mark opened in row {row} is never closed; it took in {lines} more lines. "
        "Close or double it.",
        "Кавычка, открытая в строке {row}, не закрыта и захватила ещё строк: {lines}. "
        "Закройте или удвойте её.",
    ),
    "row.held_back": (
        "The row itself is sound, but another row of the same document is not. Correct that one.",
        "Сама строка верна, но в другой строке этого документа ошибка. Исправьте её.",
    ),
    "row.total_skipped": (
        "A row of totals was left out.",
        "Итоговая строка пропущена.",
    ),
    "group.sum_differs": (
        "The documents below “{value}” do not add up to its sums, so it is not clear whose they "
        "are. Build the report by clients and documents alone.",
        "Документы под строкой «{value}» не складываются в её суммы, и неясно, чьи они. "
        "Постройте отчёт только по контрагентам и документам.",
    ),
    "row.footer_skipped": (
        "A row below the totals was left out.",
        "Строка под итогами пропущена.",
    ),
    "row.not_counted": (
        "The row was left out because of its mark “{value}”.",
        "Строка пропущена из-за отметки «{value}».",
    ),
    "cell.missing": (
        "The cell must not be empty. Fill it in.",
        "Ячейка не должна быть пустой. Заполните её.",
    ),
    "cell.too_long": (
        "The cell holds {length} characters, {limit} are allowed. Shorten it.",
        "В ячейке {length} знаков, допускается {limit}. Сократите текст.",
    ),
    "cell.control_char": (
        "The cell holds a control character that no text needs. Delete it.",
        "В ячейке есть управляющий символ, которого в тексте быть не должно. Удалите его.",
    ),
    "number.invalid": (
        "“{value}” is not a number. Write it like 1234.56.",
        "«{value}» не число. Запишите его как 1234,56.",
    ),
    "number.too_large": (
        "“{value}” is too large for an amount. Check the number.",
        "«{value}» слишком большое число. Проверьте его.",
    ),
    "number.ambiguous_decimal": (
        "It is not clear whether “{value}” has a decimal sign or parts thousands. Say which "
        "with --decimal . or --decimal ,",
        "Неясно, что в «{value}» отделяет знак: копейки или тысячи. Укажите: "
        "--decimal . или --decimal ,",
    ),
    "count.unclear": (
        "“{value}” is not a whole number; the cell was left empty.",
        "«{value}» не целое число; значение оставлено пустым.",
    ),
    "rate.out_of_range": (
        "“{value}” is not a share between 0 and 100 %.",
        "«{value}» не доля от 0 до 100 %.",
    ),
    "rating.out_of_range": (
        "A rating goes from 1 to 10, here it is {value}.",
        "Оценка бывает от 1 до 10, а здесь {value}.",
    ),
    "date.invalid": (
        "“{value}” is not a date. Write it like 2024-03-31 or 31.03.2024.",
        "«{value}» не дата. Запишите её как 31.03.2024 или 2024-03-31.",
    ),
    "date.out_of_range": (
        "The date “{value}” is outside the years 1900 to 2100. Check the year.",
        "Дата «{value}» вне 1900–2100 годов. Проверьте год.",
    ),
    "date.ambiguous_order": (
        "It is not clear whether day or month comes first, as in “{value}”. Say which with "
        "--dates dmy or --dates mdy.",
        "Неясно, что идёт первым, день или месяц, например в «{value}». Укажите: "
        "--dates dmy или --dates mdy.",
    ),
    "date.mixed_order": (
        "Some dates have the day first, others the month, as in “{value}”. Write them all alike "
        "or say which with --dates dmy or --dates mdy.",
        "В одних датах первым идёт день, в других месяц, например «{value}». Запишите все "
        "одинаково или укажите: --dates dmy или --dates mdy.",
    ),
    "currency.unknown": (
        "“{value}” is not a currency. Write three letters, such as RUB.",
        "«{value}» не валюта. Укажите три буквы, например RUB.",
    ),
    "type.unknown": (
        "“{value}” is not a known type of document. Write invoice, credit note, order or "
        "payment request.",
        "«{value}»: такой вид документа неизвестен. Укажите реализацию, возврат, заказ или "
        "счёт на оплату.",
    ),
    "vat.unclear": (
        "It is not clear whether amounts hold VAT. Say so once: --vat included, --vat excluded "
        "or --vat none; a rate may follow, as in included:20.",
        "Неясно, входит ли НДС в суммы. Укажите один раз: --vat included (входит), --vat "
        "excluded (сверху) или --vat none (без НДС); можно со ставкой: included:20.",
    ),
    "vat.unknown_choice": (
        "“{value}” says nothing about VAT. Write included, excluded or none, with a rate if "
        "needed: included:20.",
        "«{value}»: неизвестный ответ про НДС. Напишите included, excluded или none, при "
        "необходимости со ставкой: included:20.",
    ),
    "vat.amount_unknown": (
        "Some rows tell neither the sum nor the rate of VAT, so their amounts were taken as "
        "they are. If VAT is inside, import again with its rate: --vat included:20.",
        "В части строк нет ни суммы, ни ставки НДС, поэтому суммы взяты как есть. Если НДС "
        "внутри, загрузите файл ещё раз со ставкой: --vat included:20.",
    ),
    "inn.checksum": (
        "The check digits of ИНН “{value}” do not hold. Look it up and correct it.",
        "Контрольные цифры ИНН «{value}» не сходятся. Сверьте и исправьте его.",
    ),
    "inn.length": (
        "ИНН “{value}” must have 10 digits, or 12 for a person.",
        "В ИНН «{value}» должно быть 10 цифр, у предпринимателя — 12.",
    ),
    "inn.not_digits": (
        "ИНН “{value}” holds something besides digits. A letter may look like a zero.",
        "В ИНН «{value}» есть не только цифры. Возможно, вместо нуля стоит буква.",
    ),
    "inn.scientific": (
        "ИНН “{value}” was spoiled by a spreadsheet and cannot be restored. Export the column "
        "as text.",
        "ИНН «{value}» испорчен табличным редактором, восстановить его нельзя. Выгрузите "
        "столбец как текст.",
    ),
    "inn.zero": (
        "ИНН is all zeros. Write the right one or leave the cell empty.",
        "ИНН состоит из одних нулей. Укажите верный или оставьте ячейку пустой.",
    ),
    "inn.foreign_long": (
        "The tax number “{value}” is longer than we keep them and was left out.",
        "Налоговый номер «{value}» длиннее, чем мы храним, и не взят.",
    ),
    "inn.leading_zero_restored": (
        "The zero lost in front of ИНН was put back: {value}.",
        "Восстановлен потерянный ноль в начале ИНН: {value}.",
    ),
    "kpp.format": (
        "КПП “{value}” must have 9 characters: digits, with letters only in places 5 and 6.",
        "В КПП «{value}» должно быть 9 знаков: цифры, буквы только на 5-м и 6-м местах.",
    ),
    "kpp.leading_zero_restored": (
        "The zero lost in front of КПП “{value}” was put back.",
        "Восстановлен потерянный ноль в начале КПП «{value}».",
    ),
    "kpp.not_allowed_for_ip": (
        "A sole trader has no КПП; “{value}” was left out.",
        "У предпринимателя нет КПП; «{value}» не использован.",
    ),
    "ogrn.not_digits": (
        "ОГРН “{value}” holds something besides digits.",
        "В ОГРН «{value}» есть не только цифры.",
    ),
    "ogrn.length": (
        "ОГРН “{value}” must have 13 digits, or 15 for a person.",
        "В ОГРН «{value}» должно быть 13 цифр, у предпринимателя — 15.",
    ),
    "ogrn.checksum": (
        "The check digit of ОГРН “{value}” does not hold.",
        "Контрольная цифра ОГРН «{value}» не сходится.",
    ),
    "client.no_inn": (
        "The client has no ИНН; duplicates will be harder to find.",
        "У клиента нет ИНН; повторы будет труднее найти.",
    ),
    "phone.invalid": (
        "“{value}” does not look like a telephone number; it was kept as written.",
        "«{value}» не похоже на номер телефона; сохранено как есть.",
    ),
    "email.invalid": (
        "“{value}” does not look like an e-mail address; it was kept as written.",
        "«{value}» не похоже на адрес электронной почты; сохранено как есть.",
    ),
}


def message(issue: Issue, lang: str, *, page: bool = False) -> str:
    """The issue as a sentence for people, with its row and column in front.

    lang: "ru" or anything else for English. page: for who answers on a page, not by options of
    the command. An unknown code gives the code.
    """
    russian = lang.lower().startswith("ru")
    texts = (PAGE_MESSAGES.get(issue.code) if page else None) or MESSAGES.get(issue.code)
    sentence = texts[russian].format_map(_Params(issue.params)) if texts else issue.code
    place = []
    if issue.row is not None:
        place.append(f"Строка {issue.row}" if russian else f"Row {issue.row}")
    if issue.column is not None:
        name = issue.column if len(issue.column) <= 60 else issue.column[:59] + "…"
        word = "столбец" if russian else "column"
        shown = f"{word} «{name}»" if russian else f"{word} “{name}”"
        place.append(shown if place else shown[0].upper() + shown[1:])
    return f"{', '.join(place)}: {sentence}" if place else sentence


class _Params(dict[str, str | int]):
    """Values for a sentence; one that is not there shows as a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"
