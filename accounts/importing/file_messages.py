"""What is wrong with a file as a whole or with its format, in words: English and Russian."""

from __future__ import annotations

# As in `messages.MESSAGES`, of which these are a part.
FILE_MESSAGES: dict[str, tuple[str, str]] = {
    "file.empty": (
        "The file is empty. Export it again and check its size.",
        "Файл пустой. Выгрузите его ещё раз и проверьте размер.",
    ),
    "file.no_rows": (
        "The file has a header and nothing below it. Nothing was imported.",
        "В файле есть только заголовок, строк с данными нет. Ничего не загружено.",
    ),
    "file.binary": (
        "This is not a table: the content is a picture, an archive or another binary file. "
        "Save the table as CSV or XLSX.",
        "Это не таблица: внутри картинка, архив или другой двоичный файл. "
        "Сохраните таблицу как CSV или XLSX.",
    ),
    "file.unsupported": (
        "The content is {format}, which is not read. Save or export the table as CSV or XLSX.",
        "Внутри файла {format}, такой формат не читается. Выгрузите таблицу в CSV или XLSX.",
    ),
    "file.old_excel": (
        "This is a file of an old Office that is no workbook of Excel 97 or later. "
        "Save it as .xlsx.",
        "Это файл старого Office, но не книга Excel 97 или новее. Сохраните его как .xlsx.",
    ),
    "file.damaged": (
        "The file is damaged and cannot be unpacked. Export or upload it again.",
        "Файл повреждён и не распаковывается. Выгрузите или передайте его ещё раз.",
    ),
    "file.too_large": (
        "The file is larger than {limit} MB. Split it, for example by year.",
        "Файл больше {limit} МБ. Разделите его, например по годам.",
    ),
    "file.too_large_unpacked": (
        "Unpacked, the file is larger than {limit} MB or grows suspiciously. "
        "Split it or save it as CSV.",
        "После распаковки файл больше {limit} МБ или растёт подозрительно сильно. "
        "Разделите его или сохраните как CSV.",
    ),
    "file.too_many_rows": (
        "The file has more than {limit} rows. Split it, for example by year.",
        "В файле больше {limit} строк. Разделите его, например по годам.",
    ),
    "file.balance": (
        "This is a turnover balance sheet: it holds balances, not documents. Export the register "
        "of documents or the report on sales instead.",
        "Это оборотно-сальдовая ведомость: в ней остатки и обороты, а не документы. Выгрузите "
        "реестр документов или отчёт о продажах.",
    ),
    "format.other_kind": (
        "The file is {format}; what it holds is taken as: {kinds}. Choose this kind.",
        "Это файл {format}; его содержимое загружается как {kinds}. Выберите этот вид.",
    ),
    "sheet.unknown": (
        "There is no visible sheet “{value}” in the file. Choose another one.",
        "Видимого листа «{value}» в файле нет. Выберите другой.",
    ),
    "file.unknown_delimiter": (
        "“{value}” cannot part columns; give one character, such as ; or a comma.",
        "«{value}» не может разделять столбцы; укажите один знак, например ; или запятую.",
    ),
    "xml.dtd_forbidden": (
        "The XML declares a document type, which is refused because it can be harmful.",
        "В XML объявлен тип документа (DTD). Такие файлы не принимаются: они небезопасны.",
    ),
    "xml.damaged": (
        "The XML is damaged at line {line}. Export it again.",
        "XML повреждён в строке {line}. Выгрузите его ещё раз.",
    ),
    "xml.unreadable": (
        "The XML is built in a way that is refused as harmful: too deep or too long in one place. "
        "Export the documents in several files.",
        "Строение XML опасно: слишком глубокое или слишком длинное в одном месте. Выгрузите "
        "документы несколькими файлами.",
    ),
    "html.unreadable": (
        "The page could not be read within the limits of memory and time. Save the table as CSV.",
        "Страницу не удалось прочитать в пределах памяти и времени. Сохраните таблицу как CSV.",
    ),
    "json.damaged": (
        "The JSON is damaged at line {line}. Export it again.",
        "JSON повреждён в строке {line}. Выгрузите его ещё раз.",
    ),
    "page.unknown": (
        "The JSON is not a page of Bitrix24 or amoCRM that is known. Save the table as CSV or XLSX.",
        "Это не страница Битрикс24 или amoCRM. Выгрузите таблицу в CSV или XLSX.",
    ),
    "page.busy": (
        "The service was asked too often ({value}) and gave no data. Ask again later.",
        "Сервис не отдал данные: слишком частые запросы ({value}). Повторите позже.",
    ),
    "page.error": (
        "The service answered with an error instead of data: {value}. Check the access.",
        "Сервис вместо данных вернул ошибку: {value}. Проверьте доступ.",
    ),
    "page.leads_skipped": (
        "Deals that are not won were left out: {count}.",
        "Сделки, которые не выиграны, пропущены: {count}.",
    ),
    "commerceml.operation_skipped": (
        "Documents “{value}” are no sales and were left out: {count}.",
        "Документы «{value}» не относятся к продажам и пропущены: {count}.",
    ),
    "statement.no_account": (
        "The statement names no account of yours (РасчСчет), so incoming cannot be told from "
        "outgoing. Export it again from the bank.",
        "В выписке не указан ваш счёт (РасчСчет), поэтому приход не отличить от расхода. "
        "Выгрузите её из банка ещё раз.",
    ),
    "statement.cut": (
        "The statement does not end with КонецФайла; it may be cut. Compare its totals.",
        "Выписка не заканчивается строкой «КонецФайла», возможно, она обрезана. Сверьте итоги.",
    ),
    "statement.unfinished": (
        "The document that begins here is not finished (no КонецДокумента) and was not taken.",
        "Документ, который начинается здесь, не завершён (нет «КонецДокумента») и не загружен.",
    ),
    "statement.no_direction": (
        "It is not clear whether the money came or went: neither account is yours. Check the "
        "accounts of the payment.",
        "Неясно, пришли деньги или ушли: ни один из счетов не ваш. Проверьте счета платежа.",
    ),
    "statement.outgoing_skipped": (
        "Outgoing payments were left out: {count}, in all {amount}.",
        "Исходящие платежи пропущены: {count}, на сумму {amount}.",
    ),
    "statement.inside_skipped": (
        "Transfers between your own accounts were left out: {count}.",
        "Переводы между своими счетами пропущены: {count}.",
    ),
    "statement.sums_differ": (
        "The statement gives {stated} for account {account}, its documents come to {found}. "
        "Payments may be missing: export it again.",
        "По счёту {account} в выписке указано {stated}, а документы дают {found}. Возможно, часть "
        "платежей не выгружена: повторите выгрузку.",
    ),
    "xlsx.dtd": (
        "The workbook declares a document type inside, which is refused because it can be harmful.",
        "Внутри книги объявлен тип документа (DTD). Такие файлы не принимаются: они небезопасны.",
    ),
    "xlsx.macro": (
        "The workbook holds macros. Save it as .xlsx without macros.",
        "В книге есть макросы. Сохраните её как .xlsx без макросов.",
    ),
    "xlsx.encrypted": (
        "The workbook is protected by a password. Take the password off and try again.",
        "Книга защищена паролем. Снимите пароль и попробуйте снова.",
    ),
    "xlsx.encoding": (
        "The workbook is written in an unusual encoding. Open it and save it again as .xlsx.",
        "Книга записана в необычной кодировке. Откройте её и сохраните заново как .xlsx.",
    ),
    "xlsx.too_many_parts": (
        "The workbook has more than {limit} parts inside. Save the sheet with the data alone.",
        "Внутри книги больше {limit} частей. Сохраните отдельно лист с данными.",
    ),
    "xlsx.too_many_cells": (
        "The sheet reaches beyond {rows} rows or {columns} columns. "
        "Delete what stands far from the table, or save it as CSV.",
        "Лист выходит за {rows} строк или {columns} столбцов. "
        "Удалите лишнее вдали от таблицы или сохраните её как CSV.",
    ),
    "xlsx.unreadable": (
        "The workbook could not be read within the limits of memory and time. "
        "Save the table as CSV.",
        "Книгу не удалось прочитать в пределах памяти и времени. Сохраните таблицу как CSV.",
    ),
    "encoding.invalid": (
        "The row is not in the encoding of the file. Save the whole file as UTF-8.",
        "Строка записана не в той кодировке, что весь файл. Сохраните файл целиком в UTF-8.",
    ),
    "encoding.unknown": (
        "There is no encoding “{encoding}”. Try utf-8 or cp1251.",
        "Кодировка «{encoding}» неизвестна. Попробуйте utf-8 или cp1251.",
    ),
}
