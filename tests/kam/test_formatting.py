"""Numbers, money and dates as people read them, in both languages."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.lib import formatting as f

# In the expectations below "_" stands for the narrow no-break space and "-" for the true minus.
THIN, MINUS = "\u202f", "\u2212"


def spelt(text: str) -> str:
    return text.replace(THIN, "_").replace(MINUS, "-")


@pytest.mark.parametrize(
    "value,decimals,ru,en",
    [
        (1234567.85, 1, "1_234_567,9", "1_234_567.9"),
        (0, 0, "0", "0"),
        (999, 0, "999", "999"),
        (1000, 0, "1_000", "1_000"),
        (Decimal("0.125"), 2, "0,13", "0.13"),  # half-up, not to even
        (-12.5, 0, "-13", "-13"),
        (-0.04, 1, "0,0", "0.0"),  # nothing is not negative
        ("1284500.00", 2, "1_284_500,00", "1_284_500.00"),
        (None, 0, "—", "—"),
        (float("nan"), 0, "—", "—"),
        (float("inf"), 0, "—", "—"),
        ("", 0, "—", "—"),
        ("twelve", 0, "—", "—"),
        (True, 0, "—", "—"),
    ],
)
def test_number(value, decimals, ru, en):
    assert spelt(f.number(value, decimals, language="ru")) == ru
    assert spelt(f.number(value, decimals, language="en")) == en


def test_a_signed_number_says_plus_but_not_of_nothing():
    assert f.number(3, language="en", signed=True) == "+3"
    assert f.number(0, language="en", signed=True) == "0"
    assert f.number(-3, language="en", signed=True) == MINUS + "3"


@pytest.mark.parametrize(
    "value,ru,en",
    [
        (0.6104, "61,0_%", "61.0_%"),
        (Decimal("0.99950"), "100,0_%", "100.0_%"),
        (-0.031, "-3,1_%", "-3.1_%"),
        (None, "—", "—"),
    ],
)
def test_percent(value, ru, en):
    assert spelt(f.percent(value, language="ru")) == ru
    assert spelt(f.percent(value, language="en")) == en


@pytest.mark.parametrize(
    "value,currency,decimals,ru,en",
    [
        (1234567, "RUB", 0, "1_234_567_₽", "₽1_234_567"),
        (-1234567.5, "RUB", 0, "-1_234_568_₽", "-₽1_234_568"),
        (12, "USD", 2, "12,00_$", "$12.00"),
        (12, "CHF", 2, "12,00_CHF", "CHF_12.00"),
        (None, "RUB", 0, "—", "—"),
    ],
)
def test_money(value, currency, decimals, ru, en):
    assert spelt(f.money(value, currency, decimals, language="ru")) == ru
    assert spelt(f.money(value, currency, decimals, language="en")) == en


@pytest.mark.parametrize(
    "value,ru,en",
    [
        (0, "0_₽", "₽0"),
        (950, "950_₽", "₽950"),
        (12345, "12,3_тыс._₽", "₽12.3K"),
        (999_999, "1_млн_₽", "₽1M"),
        (5_746_021, "5,7_млн_₽", "₽5.7M"),  # rounded once: 5.75 would be 5.8
        (99_960, "100_тыс._₽", "₽100K"),
        (123_456_789, "123_млн_₽", "₽123M"),
        (-45_000_000_000, "-45_млрд_₽", "-₽45B"),
    ],
)
def test_money_at_a_glance(value, ru, en):
    assert spelt(f.money_short(value, "RUB", language="ru")) == ru
    assert spelt(f.money_short(value, "RUB", language="en")) == en


def test_dates():
    day = dt.date(2026, 5, 3)
    assert f.day(day, language="ru") == "3 мая 2026"
    assert f.day(day, language="en") == "3 May 2026"
    assert f.month(day, language="ru") == "май 2026"
    assert f.day_month(day, language="ru") == "3 мая"
    assert f.moment(dt.datetime(2026, 5, 3, 4, 5), language="en") == "3 May 2026, 04:05"
    assert f.day(None, language="ru") == f.month(None, language="en") == "—"


def test_spans_agree_with_their_number():
    assert f.span(60, language="ru") == "1\u00a0минута"
    assert f.span(180, language="ru") == "3\u00a0минуты"
    assert f.span(300, language="ru") == "5\u00a0минут"
    assert f.span(1, language="en") == "1\u00a0second"


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(["ru", "en"]))
def test_a_written_number_reads_back_as_the_same(value, language):
    written = f.number(value, 2, language=language)
    plain = written.replace(THIN, "").replace(MINUS, "-").replace(",", ".")
    assert Decimal(plain) == value
