"""Every code that the reader can give has a sentence in both languages that fits its params."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import accounts.importing as package
from accounts.importing import Issue, message
from accounts.importing.messages import MESSAGES
from accounts.importing.page_messages import PAGE_MESSAGES
from tests.accounts.importing.helpers import csv_file, documents, refusal

_CODE = re.compile(
    r'"((?:file|xlsx|xml|encoding|header|column|map|row|cell|number|count|rate|rating|date|'
    r"currency|type|vat|inn|kpp|ogrn|client|phone|email|sheet|format|statement|commerceml|"
    r'document|group|page|json|html)\.[a-z_]+)"'
)


def codes_in_source() -> set[str]:
    folder = Path(str(package.__file__)).parent
    return {
        code
        for path in folder.glob("*.py")
        if not path.name.endswith("messages.py")
        for code in _CODE.findall(path.read_text(encoding="utf-8"))
    }


def test_every_code_has_its_sentence_and_no_sentence_is_idle() -> None:
    assert codes_in_source() == MESSAGES.keys()


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_name_the_same_values(code: str) -> None:
    english, russian = MESSAGES[code]
    names = [set(re.findall(r"\{(\w+)\}", text)) for text in (english, russian)]
    assert names[0] == names[1]
    assert re.search("[а-яё]", russian)
    assert russian.endswith((".", "{found}", "20.", "mdy.", ",")) or code.startswith("number.")


def test_pages_name_no_option_of_the_command() -> None:
    assert {code for code, texts in MESSAGES.items() if "--" in texts[0]} == PAGE_MESSAGES.keys()
    for code, texts in PAGE_MESSAGES.items():
        for text, plain in zip(texts, MESSAGES[code], strict=True):
            assert "--" not in text
            assert set(re.findall(r"\{(\w+)\}", text)) <= set(re.findall(r"\{(\w+)\}", plain))
    issue = Issue(None, "Дата", "date.ambiguous_order", {"value": "3/4/2024"})
    assert message(issue, "ru", page=True).endswith("Выберите порядок.")
    assert message(Issue(None, None, "file.empty"), "ru", page=True).startswith("Файл пустой.")


def test_place_is_in_front() -> None:
    issue = Issue(12, "Сумма", "number.invalid", {"value": "много"})
    assert message(issue, "ru").startswith("Строка 12, столбец «Сумма»: «много» не число.")
    assert message(issue, "en").startswith("Row 12, column “Сумма”: “много” is not a number.")
    assert message(Issue(None, "date", "vat.unclear"), "en").startswith("Column “date”: ")
    assert message(Issue(None, None, "file.empty"), "ru").startswith("Файл пустой.")
    assert message(Issue(1, None, "unheard.of"), "en") == "Row 1: unheard.of"


def test_issues_of_real_reading_leave_no_value_open() -> None:
    table = documents(
        "number,date,client,amount,discount,currency,type",
        "1,never,A,1,,,",
        "2,2024-03-31,A,many,,,",
        "3,2024-03-31,A,1,700,,",
        "4,2024-03-31,A,1,,gold,",
        "5,2024-03-31,A,1,,,gift",
        f"6,2024-03-31,{'x' * 500},1,,,",
        "7,2024-03-31,A",
        "8,1700-01-01,A,1,,,",
        f"9,2024-03-31,A,{'9' * 30},,,",
    )
    refusals = [
        refusal(csv_file("x,y", "1,2"), "documents"),
        refusal(csv_file("number,date", "1,2"), "documents"),
        refusal(csv_file("number,date,client,amount,amount", "1,2,3,4,5"), "documents"),
        refusal(csv_file("number,date,client,amount", "1,3/4/2024,A,5"), "documents"),
    ]
    issues = [*table.errors, *(refused.issue for refused in refusals)]
    assert len(table.errors) == 9
    for issue in issues:
        for language in ("en", "ru"):
            text = message(issue, language)
            assert "{" not in text
            assert "?" not in text
            assert len(text) < 600


def test_injected_braces_are_shown_as_written() -> None:
    issue = Issue(2, "{row}", "number.invalid", {"value": "{0.__class__}"})
    assert "{0.__class__}" in message(issue, "en")
