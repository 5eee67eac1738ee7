"""Interface texts: compile the catalogues, and find what has no Russian text yet.

    python -m kam.translations compile    locale/<language>/*.po -> LC_MESSAGES/django.mo
    python -m kam.translations check      lists every problem as file:line, exit code 1

English stands in the source; each app has its own ``locale/ru/<app>.po``, so that people who
work on different apps do not meet in one file.  Babel does the reading and writing; GNU gettext
is not needed.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = ("kam", "accounts", "scoring", "reports")
LANGUAGE = "ru"

# Function name -> which arguments are the message, its plural and its context (Babel's notation).
_PLURAL, _CONTEXT, _CONTEXT_PLURAL = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": _CONTEXT,
    "pgettext_lazy": _CONTEXT,
    "npgettext": _CONTEXT_PLURAL,
    "npgettext_lazy": _CONTEXT_PLURAL,
}

PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[a-zA-Z]|\{(\w*)[^{}]*\}")


class Text(NamedTuple):
    """One text of the interface as the source has it; ``plural`` and ``context`` may be empty."""

    singular: str
    plural: str
    context: str


@dataclass(frozen=True)
class Problem:
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def compile_catalogues(locale: Path) -> list[Path]:
    """Merge the .po files of each language into the .mo file that Django reads."""
    written = []
    for directory in sorted({file.parent for file in locale.glob("*/*.po")}):
        merged = Catalog(locale=directory.name, fuzzy=False)
        for file in sorted(directory.glob("*.po")):
            for message in _read(file):
                if message.id:
                    merged[message.id] = message
        target = directory / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(exist_ok=True)
        with target.open("wb") as output:
            write_mo(output, merged)
        written.append(target)
    return written


def check(project: Path) -> list[Problem]:
    """Everything that keeps the Russian interface from being complete and safe to format."""
    files = sorted((project / "locale" / LANGUAGE).glob("*.po"))
    forms = Catalog(locale=LANGUAGE).num_plurals
    translated: dict[tuple[str, str], tuple[str, Message]] = {}
    problems = []
    for file in files:
        for message in _read(file):
            if not message.id:
                continue
            place = f"{file.relative_to(project)}:{message.lineno}"
            problems += [Problem(place, text) for text in _faults(message, forms)]
            key = (_singular(message), message.context or "")
            if key in translated and translated[key][1].string != message.string:
                problems.append(
                    Problem(place, f"differs from {translated[key][0]}: {_quoted(key[0])}")
                )
            translated.setdefault(key, (place, message))
    for place, text in found_texts(project):
        known = translated.get((text.singular, text.context))
        if known is None or not _is_complete(known[1], plural=bool(text.plural)):
            problems.append(Problem(place, f"no Russian text: {_quoted(text.singular)}"))
    return problems


def found_texts(project: Path) -> Iterator[tuple[str, Text]]:
    """(file:line, text) for every text marked in the Python code and in the templates."""
    for path in _files(project, SOURCES, ".py"):
        yield from _texts(path, path.read_bytes(), project)
    for path in _files(project, ("templates", *SOURCES), ".html", ".txt"):
        # Django's own reading of a template, as a file in which only the calls remain.
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # The indentation of a template means nothing, but the reader of Python would object to it.
        code = "\n".join(line.lstrip() for line in code.split("\n"))
        yield from _texts(path, code.encode(), project)


def _files(project: Path, directories: Iterable[str], *suffixes: str) -> Iterator[Path]:
    for directory in directories:
        for path in sorted((project / directory).rglob("*")):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path


def _texts(path: Path, code: bytes, project: Path) -> Iterator[tuple[str, Text]]:
    for line, message, _comments, context in extract("python", BytesIO(code), keywords=KEYWORDS):
        singular, plural = message if isinstance(message, tuple) else (message, "")
        if singular:
            place = f"{path.relative_to(project)}:{line}"
            yield place, Text(singular, plural or "", context or "")


def _read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.parent.name, abort_invalid=True)


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]


def _is_complete(message: Message, *, plural: bool) -> bool:
    return all(_strings(message)) and (not plural or isinstance(message.string, (tuple, list)))


def _faults(message: Message, forms: int) -> list[str]:
    name = _quoted(_singular(message))
    if message.fuzzy:
        return [f"fuzzy, look at it and remove the mark: {name}"]
    is_plural = isinstance(message.id, (tuple, list))
    if is_plural and [bool(string) for string in _strings(message)] != [True] * forms:
        return [f"needs {forms} plural forms: {name}"]
    if not all(_strings(message)):
        return [f"empty: {name}"]
    sources = message.id if is_plural else (message.id,)
    allowed = [_placeholders(source) for source in sources]
    if any(_placeholders(string) not in allowed for string in _strings(message)):
        return [f"other placeholders than the source: {name}"]
    return []


def _placeholders(text: str) -> list[str]:
    return sorted(found.group(0) for found in PLACEHOLDER.finditer(text.replace("%%", "")))


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"


def main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        compile_catalogues(PROJECT / "locale")
        return 0
    if arguments == ["check"]:
        problems = check(PROJECT)
        print("\n".join(map(str, problems)) or "Every text has its Russian.")
        return 1 if problems else 0
    print("usage: python -m kam.translations compile|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
