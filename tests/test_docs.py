"""The documents say what is there: links, commands, routes, variables, codes and fields exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLResolver, get_resolver

from accounts.importing.fields import FIELDS, INNER_FIELDS
from accounts.importing.messages import MESSAGES as READER
from accounts.measures.catalogue import MEASURES
from accounts.services.importing.messages import MESSAGES as LOADER
from kam.settings import BASE_DIR
from scoring.engine.ratings import RULES

DOCS = BASE_DIR / "docs"
PAPERS = [BASE_DIR / "README.md", *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \|", re.MULTILINE)
# Of the command line and of the tests; the settings do not read them.
ELSEWHERE = {
    "PORT",
    "CHROMIUM",
    "KAM_REQUIRE_BROWSER",
    "KAM_BENCH_CLIENTS",
    "KAM_BENCH_EXPORT",
    "KAM_BENCH_LINES",
    "KAM_BENCH_RANKED",
    "KAM_BENCH_TRIED",
    "KAM_BENCH_WHATIF",
    "KAM_BENCH_WIZARD",
}


def anchors(paper: Path) -> set[str]:
    """What links may point at inside a paper: its headings as web sites of code spell them."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text(encoding="utf-8"), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings
    }


def named(pattern: str) -> dict[str, set[str]]:
    """What of a pattern the papers name -> the names of those papers."""
    found: dict[str, set[str]] = {}
    for paper in PAPERS:
        for name in re.findall(pattern, paper.read_text(encoding="utf-8"), re.MULTILINE):
            found.setdefault(name, set()).add(paper.name)
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(BASE_DIR)))
def test_links_lead_somewhere(paper):
    broken = []
    for link in _LINK.findall(paper.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (paper.parent / path).resolve() if path else paper
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def test_tests_that_methods_name_exist():
    paths = set(re.findall(r"`(tests/[\w/.]+)`", (DOCS / "methods.md").read_text("utf-8")))
    assert paths
    assert [path for path in sorted(paths) if not (BASE_DIR / path).exists()] == []


def test_commands_exist():
    commands = named(r"manage\.py ([a-z_]+)\b")
    assert commands
    assert sorted(commands.keys() - get_commands().keys()) == []


def test_make_targets_exist_and_all_are_told():
    makefile = (BASE_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())
    told = named(r"(?:^|`|=\S+ )make ([a-z-]+)(?=`|\s|$)")
    assert sorted(told.keys() - targets) == []
    operating = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert [target for target in sorted(targets) if f"`make {target}`" not in operating] == []


def routes(resolver: URLResolver, prefix: str = "") -> dict[str, str]:
    """Names of the API's routes -> their paths, with {name} for parameters."""
    found = {}
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= routes(pattern, path)
        elif path.startswith("api/v1/"):
            found[pattern.name] = re.sub(r"\\|\^|\$", "", path).removeprefix("api/v1/")
    return found


def test_the_api_table_names_every_route_and_no_other():
    table = (DOCS / "api.md").read_text(encoding="utf-8").partition("## Endpoints")[2]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row[1])}
    assert told == routes(get_resolver()).keys()


def test_addresses_in_the_api_table_are_those_of_the_routes():
    known = set()
    for path in routes(get_resolver()).values():
        path = re.sub(r"\(\?P<\w+>[^)]*\)", "{}", path)  # of the router
        known.add(re.sub(r"<[^>]+>", "{}", path))
    table = (DOCS / "api.md").read_text(encoding="utf-8").partition("## Endpoints")[2]
    cells = [line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `")]
    told = {
        re.sub(r"\{\w+\}", "{}", address)
        for cell in cells
        for address in re.findall(r"([a-z-]+/[a-z{}/-]*)`", cell)
    }
    assert told == known


def variables_of_settings() -> set[str]:
    """Names that settings.py asks the environment for."""
    readers = {"text", "flag", "names", "str", "int", "bool", "dj_email_url"}
    tree = ast.parse((BASE_DIR / "kam" / "settings.py").read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.id if isinstance(node.func, ast.Name) else None
            if isinstance(node.func, ast.Attribute):
                of_env = isinstance(node.func.value, ast.Name) and node.func.value.id == "env"
                called = node.func.attr if of_env else None
            if called in readers:
                found.add(node.args[0].value)
    return found


def test_every_variable_of_the_settings_is_told_and_no_other():
    section = (DOCS / "operations.md").read_text(encoding="utf-8").partition("## Environment")[2]
    section = section.partition("\n## ")[0]
    table = set(re.findall(r"^\| `([A-Z_]+)`", section, re.MULTILINE))
    assert table == variables_of_settings()
    outside = re.sub(r"^\|.*$", "", section, flags=re.MULTILINE)
    assert set(re.findall(r"`([A-Z][A-Z_]+)(?:=\d+)?`", outside)) - table <= ELSEWHERE


@pytest.mark.parametrize("name", ["importing.md", "ru/importing.md"])
def test_every_code_is_told_and_no_other(name):
    told = _CODE.findall((DOCS / name).read_text(encoding="utf-8"))
    assert len(told) == len(set(told))
    assert set(told) == READER.keys() | LOADER.keys()


@pytest.mark.parametrize("name", ["importing.md", "ru/importing.md"])
def test_every_field_of_every_kind_is_told(name):
    text = (DOCS / name).read_text(encoding="utf-8")
    for kind, known in FIELDS.items():
        row = re.search(rf"^\| `{kind}` \| (.+) \|$", text, re.MULTILINE)[1]
        assert set(re.findall(r"[a-z_]{2,}", row)) - {"or", "with"} == set(known.fields), kind


def test_inner_fields_are_explained():
    text = (DOCS / "importing.md").read_text(encoding="utf-8")
    assert [field for field in sorted(INNER_FIELDS) if field not in text] == []


def test_every_measure_and_rule_is_told_and_no_other():
    text = (DOCS / "methods.md").read_text(encoding="utf-8")
    measures = text.partition("\n## Measures")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", measures, re.MULTILINE)) == MEASURES.keys()
    rules = text.partition("| rule | formula")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| (\w+) \|", rules, re.MULTILINE)) == RULES.keys()


@pytest.mark.parametrize("page", ["docs/security.md", "docs/operations.md"])
def test_the_evidence_that_is_named_exists(page):
    named = re.findall(
        r"`((?:tests|kam|accounts|scoring|reports)/[\w/.-]+\.\w+)`", (BASE_DIR / page).read_text()
    )
    assert named
    assert [name for name in named if not (BASE_DIR / name).exists()] == []


HEALTH = {
    "operations.md": "### What a red line means",
    "ru/operations.md": "### Что значит красная строка",
}


@pytest.mark.parametrize("page", HEALTH)
def test_every_check_of_health_is_told_and_no_other(page):
    section = (DOCS / page).read_text(encoding="utf-8").partition(HEALTH[page])[2]
    table = section.partition("\n\n`dispatcher`")[0]
    source = (BASE_DIR / "kam" / "health" / "checks.py").read_text(encoding="utf-8")
    checks = set(re.findall(r"Check\(\s*\"(\w+)\"", source))
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == checks


def test_both_runbooks_give_the_same_commands_for_moving_a_company():
    commands = []
    for page, title in (("", "## Moving a company"), ("ru/", "## Перенос компании")):
        text = (DOCS / f"{page}operations.md").read_text(encoding="utf-8").partition(title)[2]
        section = text.partition("\n## ")[0]
        blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
        commands.append([re.sub(r"\s+#.*", "", line) for b in blocks for line in b.splitlines()])
    assert commands[0] == commands[1]
    assert len(commands[0]) >= 8
