"""ИНН, КПП and ОГРН: clean, check, and say what is wrong. Also used by forms.

Check digits: ИНН of 10 digits, weights 2 4 10 3 5 9 4 6 8 mod 11 mod 10; of 12 digits, two
such sums; ОГРН, the first 12 (14) digits mod 11 (13) mod 10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAIL_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_TAIL_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_TAIL_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)

_LABEL = re.compile(r"^(?:инн|кпп|огрн(?:ип)?|inn|kpp|ogrn(?:ip)?)[\s:№]*", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007\ufeff]+")
_SCIENTIFIC = re.compile(r"^\d+(?:[.,]\d+)?e\+?\d+$", re.IGNORECASE)
_FLOAT_TAIL = re.compile(r"^(\d+)[.,]0+$")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Checked:
    """An identifier after cleaning. value: None where empty or wrong.

    error, warning: codes such as "inn.checksum". kpp: the second half of "ИНН/КПП", raw.
    """

    value: str | None = None
    error: str | None = None
    warning: str | None = None
    kpp: str | None = None


def _sum_digit(digits: str, weights: tuple[int, ...]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return str(total % 11 % 10)


def inn_holds(digits: str) -> bool:
    """Whether the check digits of a string of 10 or 12 digits hold."""
    if len(digits) == 10:
        return digits[9] == _sum_digit(digits, _TAIL_10)
    if len(digits) == 12:
        return digits[10] == _sum_digit(digits, _TAIL_11) and digits[11] == _sum_digit(
            digits, _TAIL_12
        )
    return False


def _clean(text: str) -> str:
    text = _SPACES.sub("", _LABEL.sub("", text.strip(" \t\u00a0\u202f'’`\"")))
    match = _FLOAT_TAIL.match(text)
    return match[1] if match else text


def check_inn(text: str) -> Checked:
    """ИНН as people write it -> 10 or 12 digits.

    Spaces, the word ИНН, an apostrophe and the ".0" of a spreadsheet are taken off; of
    "ИНН/КПП" the second half is handed back in `kpp`. A zero lost in front is put back only
    if the check digits then hold.
    """
    first, _, second = text.partition("/")
    digits = _clean(first)
    kpp = _clean(second) or None
    if not digits:
        return Checked(kpp=kpp)
    if _SCIENTIFIC.match(digits):
        return Checked(error="inn.scientific")
    if not _DIGITS.fullmatch(digits):
        return Checked(error="inn.not_digits")
    if not digits.strip("0"):
        return Checked(error="inn.zero")
    if len(digits) in (9, 11) and inn_holds("0" + digits):
        return Checked("0" + digits, warning="inn.leading_zero_restored", kpp=kpp)
    if len(digits) not in (10, 12):
        return Checked(error="inn.length")
    if not inn_holds(digits):
        return Checked(error="inn.checksum")
    return Checked(digits, kpp=kpp)


def check_kpp(text: str, inn: str | None = None) -> Checked:
    """КПП -> 9 characters; a sole trader (ИНН of 12 digits) has none, which is a warning."""
    code = _clean(text).upper()
    if not code or not code.strip("0"):
        return Checked()
    warning = None
    if len(code) == 8 and _KPP.fullmatch("0" + code):
        code, warning = "0" + code, "kpp.leading_zero_restored"
    if not _KPP.fullmatch(code):
        return Checked(error="kpp.format")
    if inn is not None and len(inn) == 12:
        return Checked(warning="kpp.not_allowed_for_ip")
    return Checked(code, warning=warning)


def check_ogrn(text: str) -> Checked:
    """ОГРН of 13 digits or ОГРНИП of 15 digits."""
    digits = _clean(text)
    if not digits:
        return Checked()
    if not _DIGITS.fullmatch(digits):
        return Checked(error="ogrn.not_digits")
    if len(digits) not in (13, 15) or not digits.strip("0"):
        return Checked(error="ogrn.length")
    body, last = digits[:-1], digits[-1]
    if str(int(body) % (len(digits) - 2) % 10) != last:
        return Checked(error="ogrn.checksum")
    return Checked(digits)


def tolerated(text: str) -> str | None:
    """A tax number of another country: spaces and an apostrophe off, otherwise as written."""
    return _clean(text) or None
