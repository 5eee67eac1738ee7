"""Numbers, dates and tax numbers: what is read, what is refused, and that writing returns."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.importing.contacts import email_holds, phone_holds
from accounts.importing.dates import date_order_shown, parse_date
from accounts.importing.identifiers import check_inn, check_kpp, check_ogrn, inn_holds
from accounts.importing.numbers import NATIVE, decimal_sign_shown, parse_number, parse_plain

MONEY = st.decimals(
    min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False
)


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("1 234,56", ",", "1234.56"),
        ("1\u00a0234,56", ",", "1234.56"),
        ("1\u202f234\u202f567,8", ",", "1234567.8"),
        ("1.234.567,89", ",", "1234567.89"),
        ("1,234,567.89", ".", "1234567.89"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("-1 234,56", ",", "-1234.56"),
        ("\u22121 234,56", ",", "-1234.56"),
        ("(1 234,56)", ",", "-1234.56"),
        ("1234,56-", ",", "-1234.56"),
        ("+5", ".", "5"),
        ("1 234,56 руб.", ",", "1234.56"),
        ("1 234,56 ₽", ",", "1234.56"),
        ("RUB 100", ".", "100"),
        ("$1,000.00", ".", "1000.00"),
        ("-$5.00", ".", "-5.00"),
        ("1.000,00 €", ",", "1000.00"),
        ("15%", ".", "0.15"),
        ("3.0E7", ".", "30000000"),
        ("1,5E+3", ",", "1500"),
        (",5", ",", "0.5"),
        ("5,", ",", "5"),
        (NATIVE + "0.3", ",", "0.3"),
    ],
)
def test_numbers(text: str, sign: str, value: str) -> None:
    assert parse_number(text, sign) == Decimal(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "NULL", "None", "n/a", "-", "—", " ", "н/д"])
def test_texts_that_mean_nothing(text: str) -> None:
    assert parse_number(text, ".") is None


@pytest.mark.parametrize(
    ("text", "sign", "code"),
    [
        ("1.5", ",", "number.invalid"),
        ("12 34", ",", "number.invalid"),
        ("1,23,456", ".", "number.invalid"),
        ("1 234.567 890", ".", "number.invalid"),
        ("много", ",", "number.invalid"),
        ("1_000", ".", "number.invalid"),
        ("Infinity", ".", "number.invalid"),
        ("NaN1", ".", "number.invalid"),
        ("0x10", ".", "number.invalid"),
        ("1..5", ".", "number.invalid"),
        ("--5", ".", "number.invalid"),
        ("٣", ".", "number.invalid"),
        ("1e99", ".", "number.too_large"),
        ("9" * 30, ".", "number.too_large"),
        ("1E+400", ".", "number.invalid"),
    ],
)
def test_numbers_refused(text: str, sign: str, code: str) -> None:
    assert parse_number(text, sign) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["1,5", "2,25"], ","),
        (["1,234"], None),
        (["1,234", "1,234,567"], "."),
        (["1.234,5"], ","),
        (["0,123"], ","),
        (["1234,567"], ","),
        (["5", "", "NULL"], None),
        (["1,000", "12,5"], ","),
        (["1.50", "2.50", "3,5"], "."),
        ([NATIVE + "1.5"], None),
    ],
)
def test_decimal_sign_of_a_column(texts: list[str], sign: str | None) -> None:
    assert decimal_sign_shown(texts) == sign


@given(MONEY, st.sampled_from(["", " ", "\u00a0", "\u202f", "'"]), st.sampled_from([",", "."]))
def test_written_numbers_read_back(value: Decimal, thousands: str, sign: str) -> None:
    text = f"{value:,.2f}".replace(",", "_").replace(".", sign).replace("_", thousands)
    assert parse_number(text, sign) == value  # type: ignore[arg-type]


@given(
    st.lists(MONEY, min_size=1),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "other"]),
    st.sampled_from([",", "."]),
)
def test_bulk_and_single_reading_agree(values: list[Decimal], thousands: str, sign: str) -> None:
    parted = {",": ".", ".": ","}[sign] if thousands == "other" else thousands
    texts = [
        f"{value:,.2f}".replace(",", "_").replace(".", sign).replace("_", parted)
        for value in values
    ]
    assert parse_plain(texts, sign) == values  # type: ignore[arg-type]
    assert [parse_number(text, sign) for text in texts] == values  # type: ignore[arg-type]
    assert parse_plain([*texts, "x"], sign) is None  # type: ignore[arg-type]


@given(
    st.text(alphabet="0123456789-,. \u00a0", min_size=1, max_size=9), st.sampled_from([",", "."])
)
def test_bulk_reading_never_differs_from_single_reading(text: str, sign: str) -> None:
    found = parse_plain([text], sign)  # type: ignore[arg-type]
    assert found is None or found == [parse_number(text, sign)]  # type: ignore[arg-type]


@given(st.text(max_size=30), st.sampled_from([",", "."]))
def test_any_text_is_a_number_nothing_or_an_error(text: str, sign: str) -> None:
    value = parse_number(text, sign)  # type: ignore[arg-type]
    assert value is None or isinstance(value, Decimal) or value.startswith("number.")
    if isinstance(value, Decimal):
        assert value.is_finite()


DAY = datetime.date(2024, 3, 9)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2024-03-09", "dmy"),
        ("2024-03-09T10:00:00.000Z", "dmy"),
        ("2024-03-09 10:15", "mdy"),
        ("2024-03-09T10:00:00+03:00", "mdy"),
        ("2024/3/9", "dmy"),
        ("20240309", "dmy"),
        ("09.03.2024", "dmy"),
        ("9.3.2024 9:05:00", "mdy"),
        ("09.03.24", "dmy"),
        ("09.03.2024 г.", "dmy"),
        ("3/9/2024", "mdy"),
        ("3/9/2024 1:05 PM", "mdy"),
        ("9/3/2024", "dmy"),
        ("9 марта 2024 г.", "dmy"),
        ("09-Mar-2024", "mdy"),
        ("Mar 9, 2024", "dmy"),
        ("45360", "dmy"),
        (NATIVE + "45360.5", "dmy"),
    ],
)
def test_dates(text: str, order: str) -> None:
    assert parse_date(text, order) == DAY  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["01.01.0001 0:00:00", "01.01.0001", "", "NULL", "00.00.0000"])
def test_dates_that_mean_nothing(text: str) -> None:
    assert parse_date(text, "dmy") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31.02.2024", "date.invalid"),
        ("13/13/2024", "date.invalid"),
        ("вчера", "date.invalid"),
        ("9 мартобря 2024", "date.invalid"),
        ("01.01.1899", "date.out_of_range"),
        ("01.01.2101", "date.out_of_range"),
        ("99999", "date.out_of_range"),
        ("2024-13-01", "date.invalid"),
    ],
)
def test_dates_refused(text: str, code: str) -> None:
    assert parse_date(text, "dmy") == code


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["1/13/2024", "2/3/2024"], "mdy"),
        (["13/1/2024"], "dmy"),
        (["2/3/2024"], "open"),
        (["3/3/2024"], None),
        (["02.03.2024"], None),
        (["13/1/2024", "1/13/2024"], "mixed"),
        (["1/13/2024"] * 40 + ["13/1/2024"], "mdy"),
        (["2024-02-03"], None),
    ],
)
def test_date_order_of_a_column(texts: list[str], order: str | None) -> None:
    assert date_order_shown(texts) == order


@given(st.dates(datetime.date(1900, 3, 1), datetime.date(2100, 12, 31)))
def test_written_dates_read_back(day: datetime.date) -> None:
    assert parse_date(day.isoformat(), "dmy") == day
    assert parse_date(f"{day.day:02d}.{day.month:02d}.{day.year} 0:00:00", "dmy") == day
    assert parse_date(f"{day.month}/{day.day}/{day.year}", "mdy") == day
    serial = (day - datetime.date(1899, 12, 30)).days
    assert parse_date(f"{NATIVE}{serial}", "dmy") == day
    if day >= datetime.date(1904, 1, 2):
        assert parse_date(f"{NATIVE}{serial - 1462}", "dmy", from_1904=True) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_nothing_or_an_error(text: str) -> None:
    value = parse_date(text, "dmy")
    assert value is None or isinstance(value, datetime.date) or value.startswith("date.")


def with_check_digits(body: str) -> str:
    """The one completion of 9 or 10 digits whose check digits hold."""
    room = 1 if len(body) == 9 else 2
    return next(
        body + f"{tail:0{room}d}"
        for tail in range(10**room)
        if inn_holds(body + f"{tail:0{room}d}")
    )


@given(st.from_regex(r"[0-9]{9}|[0-9]{10}", fullmatch=True).filter(lambda text: text.strip("0")))
def test_sound_inn_is_taken_and_any_wrong_check_digit_is_not(body: str) -> None:
    inn = with_check_digits(body)
    for written in (inn, f" {inn[:4]} {inn[4:]} ", f"ИНН {inn}", f"'{inn}", f"{inn}.0"):
        assert check_inn(written).value == inn
    wrong = inn[:-1] + str((int(inn[-1]) + 1) % 10)
    assert check_inn(wrong).error == "inn.checksum"
    if inn.startswith("0") and not inn.startswith("00"):
        restored = check_inn(inn[1:])
        assert (restored.value, restored.warning) == (inn, "inn.leading_zero_restored")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0000000000", "inn.zero"),
        ("000000000000", "inn.zero"),
        ("7,79901E+11", "inn.scientific"),
        ("7.79E+09", "inn.scientific"),
        ("12345", "inn.length"),
        ("77991О0000", "inn.not_digits"),
    ],
)
def test_inn_refused(text: str, code: str) -> None:
    assert check_inn(text).error == code


def test_inn_and_kpp_in_one_cell() -> None:
    checked = check_inn("7799100000 / 779901001")
    assert (checked.value, checked.kpp) == ("7799100000", "779901001")


def test_kpp() -> None:
    assert check_kpp("779901001").value == "779901001"
    assert check_kpp("7799ab001").value == "7799AB001"
    assert check_kpp("10501001").warning == "kpp.leading_zero_restored"
    assert check_kpp("77-99-01").error == "kpp.format"
    assert check_kpp("779901001", "669910085102").warning == "kpp.not_allowed_for_ip"
    assert check_kpp("").value is None


def test_ogrn() -> None:
    assert check_ogrn("1247710000009").value == "1247710000009"
    assert check_ogrn("324660100000113").value == "324660100000113"
    assert check_ogrn("1247710000008").error == "ogrn.checksum"
    assert check_ogrn("12477").error == "ogrn.length"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("+7 (495) 555-00-01", True),
        ("8(495)555-00-01, 8(916)555-00-02", True),
        ("+74955550001 доб. 123", True),
        ("+44 20 7946 0000 ext 5", True),
        ("+7 495 555 00 01;info@example.ru", True),
        ("нет", False),
        ("12", False),
        ("1234567890123456", False),
    ],
)
def test_phones(text: str, holds: bool) -> None:
    assert phone_holds(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a@example.ru, b@example.ru", True),
        ("почта@пример.рф", True),
        ("first.last+tag@sub.example.co", True),
        ("bad@", False),
        ("no-at.example.ru", False),
        ("a@b@c.ru", False),
        ("x" * 300 + "@example.ru", False),
        ("a b@example.ru", False),
    ],
)
def test_emails(text: str, holds: bool) -> None:
    assert email_holds(text) is holds
