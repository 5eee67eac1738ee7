"""Which encoding a text file has: mark, then valid UTF-8, then one byte per letter."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from accounts.importing.container import Content, refuse, wide_codec

# Share of each letter in Russian text, per thousand.
_LETTERS = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 17, 16,
         14, 12, 10, 9, 7, 6, 5, 4, 3, 3, 1, 1),
        strict=True,
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 200_000


@dataclass(frozen=True, slots=True)
class Encoding:
    """codec: a Python codec name. label: what people call it. mixed: some lines are not in it.

    mixed files are decoded with "surrogateescape", so that the reader finds those lines.
    """

    codec: str
    label: str
    mixed: bool = False


def detect(content: Content, wanted: str | None) -> Encoding:
    """Encoding of the file, or the one that was asked for if Python knows it."""
    if wanted:
        try:
            name = codecs.lookup(wanted).name
        except LookupError as error:
            raise refuse("encoding.unknown", encoding=wanted[:40]) from error
        codec = "utf-8-sig" if name == "utf-8" else name
        return Encoding(codec, name, mixed=name == "utf-8" and not content.utf8_valid)
    head = content.head
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return Encoding("utf-32", "utf-32")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "utf-16 with BOM")
    marked = head.startswith(codecs.BOM_UTF8)
    wide = None if marked else wide_codec(head)
    if wide:
        return Encoding(wide, wide)
    if content.utf8_valid:
        return Encoding("utf-8-sig", "utf-8 with BOM" if marked else "utf-8")
    if marked or _mixed(content):
        return Encoding("utf-8-sig", "utf-8", mixed=True)
    codec = _one_byte(head)
    return Encoding(codec, codec)


def _mixed(content: Content) -> bool:
    """Whether a file that is not UTF-8 has a good share of lines that are.

    Text of one byte per letter hardly ever makes valid UTF-8 by chance.
    """
    sound = broken = 0
    content.stream.seek(0)
    for line in content.stream:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            broken += 1
        else:
            sound += 1
        if sound + broken >= 20_000:
            break
    content.stream.seek(0)
    return sound * 10 > broken


def _one_byte(head: bytes) -> str:
    sample = bytes(head[:_SAMPLE])
    scores = {
        codec: _likeness(sample.decode(codec, errors="replace"))
        for codec in ("cp1251", "cp866", "koi8-r", "cp1252")
    }
    return max(scores, key=lambda codec: scores[codec])


def _likeness(text: str) -> float:
    """How much a decoding looks like words: Russian by letters, Latin by unbroken accents."""
    score = 0.0
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii():
            continue
        cyrillic = sum(
            "а" <= letter <= "я" or letter in "ёЁ" or "А" <= letter <= "Я" for letter in word
        )
        if cyrillic == len(word):
            shape = word.islower() or word.isupper() or word.istitle()
            score += sum(_LETTERS.get(letter, 0) for letter in word.lower()) * (
                1 if shape else -0.5
            )
        elif cyrillic:
            score -= 60 * len(word)
        else:
            accents = sum(not letter.isascii() for letter in word)
            likely = accents * 3 <= len(word) and (word[1:].islower() or word.isupper())
            score += 20 * len(word) if likely else -60 * len(word)
    odd = sum(
        not (letter.isalnum() or letter in " \u00a0«»№—–„“”€°™©®…§" or letter.isascii())
        for letter in text
    )
    return score - 40 * odd
