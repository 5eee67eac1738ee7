"""Texts without a Russian version are found wherever they stand; catalogues merge into one."""

import gettext
from pathlib import Path

import pytest

from kam import translations

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

"""


@pytest.fixture
def project(tmp_path):
    """An empty project with the directories of a real one."""
    for name in (*translations.SOURCES, "templates", "locale/ru"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def catalogue(project: Path, text: str, name: str = "kam.po") -> None:
    write(project / "locale" / "ru" / name, HEADER + text)


def problems(project: Path) -> list[str]:
    return [str(problem) for problem in translations.check(project)]


def compiled(project: Path) -> gettext.GNUTranslations:
    (path,) = translations.compile_catalogues(project / "locale")
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


@pytest.mark.parametrize(
    "code",
    [
        '_("Key client")',
        'gettext("Key client")',
        'gettext_lazy("Key client")',
        '_("Key "\n  "client")',
        'ngettext("Key client", "Key clients", n)',
        'pgettext("in a table", "Key client")',
        'npgettext("in a table", "Key client", "Key clients", n)',
    ],
)
def test_python_text_without_russian_is_found(project, code):
    write(project / "kam" / "jobs" / "views.py", f"\n\nvalue = {code}\n")
    assert problems(project) == ["kam/jobs/views.py:3: no Russian text: “Key client”"]


@pytest.mark.parametrize(
    "markup",
    [
        '{% translate "Key client" %}',
        '{% trans "Key client" as title %}',
        '{% translate "Key client" context "in a table" %}',
        "{% blocktranslate %}Key client{% endblocktranslate %}",
        "{% blocktranslate trimmed %}\n  Key\n  client\n{% endblocktranslate %}",
        "{% blocktranslate count n=n %}Key client{% plural %}Key clients{% endblocktranslate %}",
        '{{ _("Key client") }}',
        '{% include "head.html" with title=_("Key client") %}',
    ],
)
def test_template_text_without_russian_is_found(project, markup):
    write(project / "templates" / "scoring" / "page.html", f"<p>\n{markup}\n</p>")
    (problem,) = problems(project)
    assert problem.startswith("templates/scoring/page.html:")
    assert problem.endswith("no Russian text: “Key client”")


def test_translated_text_is_no_problem(project):
    write(project / "kam" / "views.py", '_("Key client")\nngettext("%d client", "%d clients", n)')
    write(project / "templates" / "page.html", "{% translate 'Key client' context 'menu' %}")
    catalogue(
        project,
        'msgid "Key client"\nmsgstr "Ключевой клиент"\n\n'
        'msgctxt "menu"\nmsgid "Key client"\nmsgstr "Ключевые"\n\n'
        'msgid "%d client"\nmsgid_plural "%d clients"\n'
        'msgstr[0] "%d клиент"\nmsgstr[1] "%d клиента"\nmsgstr[2] "%d клиентов"\n',
    )
    assert problems(project) == []


def test_another_context_is_another_text(project):
    write(project / "kam" / "views.py", 'pgettext("menu", "Key client")')
    catalogue(project, 'msgid "Key client"\nmsgstr "Ключевой клиент"\n')
    assert problems(project) == ["kam/views.py:1: no Russian text: “Key client”"]


def test_plural_text_needs_plural_forms(project):
    write(project / "kam" / "views.py", 'ngettext("client", "clients", n)')
    catalogue(project, 'msgid "client"\nmsgstr "клиент"\n')
    assert problems(project) == ["kam/views.py:1: no Russian text: “client”"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('msgid "Client"\nmsgstr ""\n', "empty: “Client”"),
        (
            '#, fuzzy\nmsgid "Client"\nmsgstr "Клиент"\n',
            "fuzzy, look at it and remove the mark: “Client”",
        ),
        (
            'msgid "%(n)s of %(all)s"\nmsgstr "%(n)s из %(al)s"\n',
            "other placeholders than the source: “%(n)s of %(all)s”",
        ),
        (
            'msgid "{name} is key"\nmsgstr "{имя} — ключевой"\n',
            "other placeholders than the source: “{name} is key”",
        ),
        (
            'msgid "%(n)s client"\nmsgid_plural "%(n)s clients"\n'
            'msgstr[0] "%(n)s клиент"\nmsgstr[1] "%(n)s клиента"\nmsgstr[2] "клиентов"\n',
            "other placeholders than the source: “%(n)s client”",
        ),
        (
            'msgid "client"\nmsgid_plural "clients"\nmsgstr[0] "клиент"\nmsgstr[1] "клиента"\n',
            "needs 3 plural forms: “client”",
        ),
    ],
)
def test_faults_of_an_entry_are_found(project, entry, expected):
    catalogue(project, entry)
    assert problems(project)[0] == f"locale/ru/kam.po:{5 + entry.startswith('#')}: {expected}"


def test_singular_may_spell_the_number_out(project):
    catalogue(
        project,
        'msgid "one client"\nmsgid_plural "%(n)s clients"\n'
        'msgstr[0] "%(n)s клиент"\nmsgstr[1] "%(n)s клиента"\nmsgstr[2] "%(n)s клиентов"\n',
    )
    assert problems(project) == []


def test_percent_sign_is_not_a_placeholder(project):
    catalogue(project, 'msgid "100%% of profit"\nmsgstr "вся прибыль"\n')
    assert problems(project) == []


def test_two_catalogues_must_agree(project):
    catalogue(project, 'msgid "Client"\nmsgstr "Клиент"\n', "accounts.po")
    catalogue(project, 'msgid "Client"\nmsgstr "Заказчик"\n', "scoring.po")
    assert problems(project) == [
        "locale/ru/scoring.po:5: differs from locale/ru/accounts.po:5: “Client”"
    ]


def test_catalogues_merge_into_one_with_plural_forms(project):
    catalogue(project, 'msgid "Client"\nmsgstr "Клиент"\n', "accounts.po")
    catalogue(
        project,
        'msgid "%d month"\nmsgid_plural "%d months"\n'
        'msgstr[0] "%d месяц"\nmsgstr[1] "%d месяца"\nmsgstr[2] "%d месяцев"\n\n'
        'msgctxt "menu"\nmsgid "Client"\nmsgstr "Клиенты"\n',
        "kam.po",
    )
    russian = compiled(project)
    assert russian.gettext("Client") == "Клиент"
    assert russian.pgettext("menu", "Client") == "Клиенты"
    forms = {n: russian.ngettext("%d month", "%d months", n) % n for n in (1, 3, 5, 11, 21)}
    assert forms == {1: "1 месяц", 3: "3 месяца", 5: "5 месяцев", 11: "11 месяцев", 21: "21 месяц"}


def test_unfinished_entries_stay_english(project):
    catalogue(
        project, '#, fuzzy\nmsgid "Client"\nmsgstr "Клиент"\n\nmsgid "Score"\nmsgstr "Балл"\n'
    )
    russian = compiled(project)
    assert russian.gettext("Client") == "Client"
    assert russian.gettext("Score") == "Балл"
