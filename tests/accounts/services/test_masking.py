"""A person in a text: every spelling is masked, nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.services.masking import MASK, Traces, folded_name, folded_phone, replaced

SAMPLE = Traces.of("Тестов Субъект Данныхович", "subject@example.ru", "+74955550099")
# Texts around a spelling that cannot be a part of it: no digits, no signs of addresses.
AROUND = st.text("абвгдежз ABCxyz,;!?\n«»", max_size=20)
BETWEEN = st.sampled_from(["", " ", "-", " - ", ".", "\u00a0", "‑"])


@st.composite
def spelled_phones(draw):
    """The ten digits with any prefix, brackets and signs between the groups."""
    prefix = draw(st.sampled_from(["+7", "8", "7", "+7 ", "8 ", "8-", "", "007"]))
    gaps = [draw(BETWEEN) for _gap in range(3)]
    code = draw(st.sampled_from(["495", "(495)"]))
    return f"{prefix}{code}{gaps[0]}555{gaps[1]}00{gaps[2]}99"


@st.composite
def spelled_emails(draw):
    return "".join(
        letter.upper() if draw(st.booleans()) else letter for letter in "subject@example.ru"
    )


@st.composite
def spelled_names(draw):
    words = draw(st.permutations(["тестов", "субъект", "данныхович"]))
    how = draw(st.sampled_from([str.title, str.upper, str.lower]))
    return draw(st.sampled_from([" ", "  ", ", ", "\n"])).join(how(word) for word in words)


@given(before=AROUND, after=AROUND, spelled=spelled_phones() | spelled_emails() | spelled_names())
def test_any_spelling_is_masked_and_nothing_else(before, after, spelled):
    before, after = f"{before} ", f" {after}"
    assert SAMPLE.mask(before + spelled + after) == before + MASK + after


@given(text=st.text("абвгд ABCde0123456789@.-+()«»\n", max_size=200))
def test_texts_about_others_stay_as_they_are(text):
    others = Traces.of("Щукин Эраст", "zzz@nowhere.example", "+7 900 777-66-55")
    if "7776655" not in folded_phone(text):
        assert others.mask(text) == text


@given(text=st.text(max_size=300))
def test_masking_twice_is_masking_once(text):
    once = SAMPLE.mask(text)
    assert SAMPLE.mask(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "notsubject@example.ru",
        "subject@example.ru.net",
        "subject@example.run",
        "+7 495 555-00-98",
        "1234955550099123",
        "Тестова Субъекта Данныховича",
        "Протестов Субъект Данныхович",
    ],
)
def test_others_alike_are_left(text):
    assert SAMPLE.mask(text) == text


def test_other_forms_of_the_surname_are_told_and_not_masked():
    text = "Встреча с Тестовым С. Д. и Иным И. И."
    assert SAMPLE.mask(text) == text
    assert SAMPLE.doubtful(text) == ["Тестовым С. Д."]
    assert SAMPLE.doubtful("Звонил Тестов Субъект Данныхович, тестовый стенд") == []
    assert Traces.of("Анна Ли", "", "").doubtful("Ли перезвонит") == ["Ли"]


def test_yo_is_e_and_short_forms_of_the_name_are_masked():
    person = Traces.of("Фёдоров Пётр Ильич", "", "")
    assert person.mask("Федоров Петр, ПЁТР ФЁДОРОВ и Петр Ильич Федоров") == (
        f"{MASK}, {MASK} и {MASK}"
    )


def test_several_phones_and_addresses_of_one_card():
    person = Traces.of("Ann Lee", "a@b.example; c@d.example", "8 (495) 555-00-99, +49 30 123456")
    text = "a@b.example C@D.example 4955550099 0049-30-123456"
    assert person.mask(text) == " ".join([MASK] * 4)


def test_a_card_without_anything_finds_nothing():
    nobody = Traces.of("", "", "")
    assert nobody.mask("anything 12") == "anything 12"
    assert not nobody.strict
    assert not nobody.loose


@given(before=AROUND, after=AROUND, spelled=spelled_phones() | spelled_emails() | spelled_names())
def test_hashes_find_every_spelling_again(before, after, spelled):
    known = {
        ("email", "subject@example.ru"),
        ("phone", "4955550099"),
        ("name", folded_name("Тестов Субъект Данныхович")),
    }
    text = f"{before.strip()}; {spelled} ;{after.strip()}"
    found = replaced(text, lambda kind, value: (kind, value) in known)
    assert found == text.replace(spelled, MASK)
