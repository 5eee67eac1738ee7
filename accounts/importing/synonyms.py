"""Column names that other systems use, per kind and field, in Russian and English.

A name is looked up after `normalise`. A name listed under two fields of one kind is
ambiguous and is asked, never guessed. The field's own name always resolves to the field.
"""

from __future__ import annotations

import re
import unicodedata

from accounts.importing.fields import FIELDS
from accounts.importing.headings import LEFT_OUT as LEFT_OUT_NAMES
from accounts.importing.headings import NAMES, TWO_WAYS

_QUOTES = str.maketrans("", "", "\"'«»“”„‘’`*\ufeff\u200b")
_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_TAX = re.compile(
    r"\s*[,(\[]\s*((?:с|без|в т\. ?ч\.?|вкл\w*\.?|incl\w*\.?|excl\w*\.?|with|without)\s+(?:ндс|vat))[)\]]?"
)
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


def normalise(header: str) -> str:
    """The form in which headers are compared: NFKC, no quotes, case or ё, no unit at the end."""
    text = unicodedata.normalize("NFKC", header).translate(_QUOTES).replace("\u00a0", " ")
    text = _SPACES.sub(" ", text).strip().casefold().replace("ё", "е")
    # «Сумма (с НДС)» is no unit: it is another amount.
    text = _TAX.sub(r" \1", text)
    text = _BRACKETS.sub("", text)
    if ", " in text:
        text = text.split(", ", 1)[0]
    elif text.endswith((",руб", ",руб.", ",шт", ",шт.", ",rub", ",usd", ",eur")):
        text = text.rsplit(",", 1)[0]
    return text.strip(" :.") or header.strip()


def squeeze(name: str) -> str:
    """A normalised name without spaces, underscores, hyphens: "Invoice No" = "invoice_no"."""
    return re.sub(r"[\s_\-./]+", "", name)


def _split(names: str) -> list[str]:
    depth_safe = re.sub(r"\([^)]*\)", lambda match: match[0].replace(",", "\0"), names)
    return [name.replace("\0", ",").strip() for name in depth_safe.split(", ")]


def _build() -> dict[str, dict[str, tuple[str, ...]]]:
    built: dict[str, dict[str, tuple[str, ...]]] = {}
    for kind, by_field in NAMES.items():
        table: dict[str, tuple[str, ...]] = {}
        for field, names in by_field.items():
            for name in _split(names):
                key = squeeze(normalise(name))
                if field not in table.get(key, ()):
                    table[key] = (*table.get(key, ()), field)
        for name, fields in TWO_WAYS.get(kind, {}).items():
            table[squeeze(name)] = fields
        for field in FIELDS[kind].fields:
            table[squeeze(field)] = (field,)
        built[kind] = table
    return built


SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = _build()
LEFT_OUT: dict[str, frozenset[str]] = {
    kind: frozenset(squeeze(normalise(name)) for name in _split(names))
    for kind, names in LEFT_OUT_NAMES.items()
}


def fields_of(kind: str, header: str) -> tuple[str, ...]:
    """Fields that a header of this kind of file can mean: none, one, or several to ask about."""
    return SYNONYMS[kind].get(squeeze(normalise(header)), ())


def left_out(kind: str, header: str) -> bool:
    """Whether the header is known and holds nothing that is kept."""
    return squeeze(normalise(header)) in LEFT_OUT.get(kind, frozenset())


def russian_name(kind: str, field: str) -> str:
    """The usual Russian name of a field's column, for messages; the field itself if none."""
    for name in _split(NAMES[kind].get(field, "")):
        if re.match("[а-яё]", name):
            return name.capitalize() if name not in ("инн", "кпп") else name.upper()
    return field
