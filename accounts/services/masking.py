"""Where a text names a person, in any spelling, and the text without it.  Pure.

E-mails are the same in any case, phones with any signs between their digits and +7, 8 or nothing in
front, full names in any order of their words, ё as е.  What may be the person in another form
(«Тестовым», a surname alone) is told and never masked by itself.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# What stands for a name, e-mail or phone that was taken out.
MASK = "***"
_BETWEEN = r"[\s()./‐‑‒–—―−-]{0,4}"
_APART = r"[\s,]{1,3}"
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(rf"\(?\+?[0-9](?:{_BETWEEN}[0-9]){{6,14}}")
_PATRONYMIC = re.compile(r"(ич|вна|чна|оглы|кызы)$", re.IGNORECASE)
_ENDING = re.compile(r"(ого|его|ий|ый|ой|ая|яя|а|я|ь|й|о|е|у|ю|и|ы)$")
_INITIALS = r"(?:\s?[^\W\d_]\.){0,2}"
# Shorter numbers are no phone that could be told from an amount.
SHORTEST_PHONE = 7
MOST_WORDS = 4


def folded_email(text: str) -> str:
    return text.strip().casefold()


def folded_phone(text: str) -> str:
    """The digits that tell a phone: of a Russian one the ten after +7 or 8."""
    digits = re.sub(r"[^0-9]", "", text).removeprefix("00")
    return digits[1:] if len(digits) == 11 and digits[0] in "78" else digits


def folded_name(text: str) -> str:
    """A full name whatever the order of its words."""
    return " ".join(sorted(words_of(text)))


def words_of(name: str) -> list[str]:
    return [word.casefold().replace("ё", "е") for word in _WORD.findall(name)]


def emails_in(text: str) -> list[str]:
    return _EMAIL.findall(text)


def phones_in(text: str) -> list[str]:
    return [found for found in _PHONE.findall(text) if len(folded_phone(found)) >= SHORTEST_PHONE]


def replaced(text: str, is_known: Callable[[str, str], bool]) -> str:
    """The text without the e-mails, phones and names of two or three words that are known.

    is_known: asked with "email", "phone" or "name" and the folded value.
    """
    text = _EMAIL.sub(
        lambda m: MASK if is_known("email", folded_email(m.group())) else m.group(), text
    )
    text = _PHONE.sub(
        lambda m: MASK if is_known("phone", folded_phone(m.group())) else m.group(), text
    )
    words = list(_WORD.finditer(text))
    out, done, place = [], 0, 0
    while place < len(words):
        for count in (3, 2):
            some = words[place : place + count]
            gaps = [text[a.end() : b.start()] for a, b in itertools.pairwise(some)]
            if len(some) < count or not all(re.fullmatch(_APART, gap) for gap in gaps):
                continue
            if is_known("name", folded_name(" ".join(word.group() for word in some))):
                out += [text[done : some[0].start()], MASK]
                done, place = some[-1].end(), place + count - 1
                break
        place += 1
    return "".join(out) + text[done:]


def _any_case(text: str, first_large: bool = False) -> str:
    """A pattern of the text in any case that does not need the database's idea of letters."""
    parts = []
    for number, letter in enumerate(text):
        forms = {letter.lower(), letter.upper()}
        if letter.lower() in "её":
            forms |= set("еёЕЁ")
        if first_large and number == 0:
            forms = {form for form in forms if form.isupper()} or forms
        single = sorted(form for form in forms if len(form) == 1)
        parts.append(f"[{''.join(single)}]" if len(single) > 1 else re.escape(single[0]))
    return "".join(parts)


def _phone(number: str) -> tuple[str, str]:
    """Pattern of a phone in any spelling: what may stand before it, and its digits."""
    digits = _BETWEEN.join(number)
    if len(number) == 10:
        return rf"(?:(?:(?:\+|00)?7|8){_BETWEEN}|\+|00)?\(?", digits
    return r"\(?(?:\+|00)?", digits


@dataclass(frozen=True)
class Traces:
    """What a person may be named by in texts."""

    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, email: str, phone: str) -> Traces:
        """Of a card: several e-mails or phones may stand in one field."""
        phones = [folded_phone(each) for each in phones_in(phone)]
        emails = [folded_email(each) for each in emails_in(email)]
        return cls(
            " ".join(name.split()),
            tuple(dict.fromkeys(emails)),
            tuple(dict.fromkeys(phones)),
        )

    @cached_property
    def _full_names(self) -> list[str]:
        """Full names as patterns, the longest first; none of a name of one word."""
        words = words_of(self.name)
        if len(words) < 2:
            return []
        orders = list(itertools.permutations(words)) if len(words) <= MOST_WORDS else [tuple(words)]
        if len(words) == 3:
            short = [word for word in words if not _PATRONYMIC.search(word)]
            if len(short) == 2:
                orders += list(itertools.permutations(short))
        return [_APART.join(map(_any_case, order)) for order in dict.fromkeys(orders)]

    @cached_property
    def _contacts(self) -> re.Pattern[str] | None:
        emails = [rf"(?<![\w.+%-]){_any_case(each)}(?![\w-])(?!\.\w)" for each in self.emails]
        phones = [rf"(?<![0-9+]){before}{digits}(?![0-9])" for before, digits in self._numbers]
        return re.compile("|".join([*emails, *phones])) if emails or phones else None

    @property
    def _numbers(self) -> list[tuple[str, str]]:
        return [_phone(each) for each in self.phones if len(each) >= SHORTEST_PHONE]

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = self._full_names
        return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)") if names else None

    @cached_property
    def _stems(self) -> list[str]:
        """Beginnings of the words of the name that surnames keep in all their forms."""
        words = words_of(self.name)
        told = [place for place, word in enumerate(words) if _PATRONYMIC.search(word)]
        if len(words) == 3 and told:
            words = [words[0 if told[-1] == 2 else 2]]
        stems = [_ENDING.sub("", word) if len(word) > 3 else word for word in words]
        return [stem for stem in stems if len(stem) >= 2]

    @cached_property
    def _forms(self) -> re.Pattern[str] | None:
        if not self._stems:
            return None
        stems = "|".join(
            rf"(?:{_INITIALS}\s?)?{_any_case(stem, True)}[^\W\d_]{{0,3}}(?!\w){_INITIALS}"
            for stem in self._stems
        )
        return re.compile(rf"(?<!\w)(?:{stems})")

    @property
    def strict(self) -> str:
        """A pattern for PostgreSQL: every text that surely names the person fits it, and more."""
        parts = [_any_case(each) for each in self.emails]
        parts += [digits for _before, digits in self._numbers]
        parts += self._full_names
        return "|".join(parts)

    @property
    def loose(self) -> str:
        """A pattern for PostgreSQL: every text that may name the person in another form fits it."""
        return "|".join(_any_case(stem, True) for stem in self._stems)

    def mask(self, text: str, names: bool = True) -> str:
        """The text without the person; ``names``: also without the full name."""
        if self._contacts:
            text = self._contacts.sub(MASK, text)
        if names and self._names:
            text = self._names.sub(MASK, text)
        return text

    def is_in(self, text: str, names: bool = True) -> bool:
        return self.mask(text, names) != text

    def doubtful(self, text: str) -> list[str]:
        """What may be the person in another form, in what :meth:`mask` would leave."""
        if not self._forms:
            return []
        found = self._forms.finditer(self.mask(text))
        return list(dict.fromkeys(each.group().strip() for each in found))

    def around(self, text: str, width: int = 60) -> str:
        """The piece of a long text that names the person."""
        places = [p.search(text) for p in (self._contacts, self._names, self._forms) if p]
        at = next((place for place in places if place), None)
        start, end = (at.start(), at.end()) if at else (0, 0)
        left, right = max(0, start - width), min(len(text), end + width)
        piece = " ".join(text[left:right].split())
        return ("…" if left else "") + piece + ("…" if right < len(text) else "")


def plain(value: Any) -> str:
    """A value of a column as a text that can be looked through."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
