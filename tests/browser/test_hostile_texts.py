"""Whatever people type is shown as text: payloads in every field of text × every page, in a real
browser.  Nothing runs, and the content security policy is never asked to refuse anything."""

import pytest
import time_machine
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import CharField, TextField
from django.utils import timezone
from playwright.sync_api import Error

from kam.lib.scoping import acting_system
from tests.access import world as worlds
from tests.access.routes import all_routes

# What would run where a text becomes markup: an element, the end of an attribute, of a script,
# of a template's value.  The first is for short fields.
SHORT = "<img src=x onerror=alert(1)>"
LONG = f"\"'></textarea></script><script>alert(1)</script>{SHORT}{{{{7*7}}}}${{7*7}}"
MARK = "onerror=alert(1)"
# Words that programs wrote and read again: no person types them.
TECHNICAL = {
    "action", "actor_name", "outcome", "rule", "algorithm", "base", "channel", "checksum", "code", "content_type",
    "country", "currency", "digest", "encoding", "event", "external_id", "file", "fingerprint",
    "format", "host", "inn", "kind", "key", "kpp", "language", "list", "lookup", "measure", "mode",
    "model", "noun", "object_type", "original", "password", "prefix", "queue", "rebate_on", "report",
    "request_id", "role", "route", "scheme", "secret", "session_key", "sha256", "sheet", "source",
    "stage", "state", "status", "storage", "task", "theme", "timezone", "token", "type", "url",
    "value", "zone", "email", "file_name", "field", "subject_type",
}  # fmt: skip
# Their rows are never changed, by whoever it be.
SEALED = {"audit", "backup", "contenttypes", "auth", "admin", "sessions", "account", "sites"}


def typed_fields():
    """(model, field) of every text that people type."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed or model._meta.app_label in SEALED:
            continue
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, CharField | TextField)
                and not field.choices
                and not isinstance(field, models.EmailField | models.URLField | models.SlugField)
                and field.name not in TECHNICAL
                and not field.name.endswith(("_key", "_hash", "_sum", "_id"))
            ):
                yield model, field


def poison() -> set[str]:
    """Put payloads into every text of every row; the fields that a database refused."""
    refused = set()
    for model, field in typed_fields():
        room = field.max_length or 4000
        payload = LONG if room >= len(LONG) + 12 else SHORT
        if room < len(payload) + 12:
            payload = "<b>x</b>"
        for pk in model._base_manager.values_list("pk", flat=True):
            text = f"{payload}{pk}" if field.unique or room > 60 else payload
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{field.name: text[:room]})
            except DatabaseError:
                refused.add(f"{model._meta.label}.{field.name}")
                break
    return refused


@pytest.fixture
def poisoned(transactional_db):
    with time_machine.travel(timezone.now(), tick=True):
        world = worlds.build()
    with acting_system("test"):
        refused = poison()
    return world, refused


def test_a_payload_that_runs_would_be_seen(new_tab):
    tab = new_tab()
    dialogs = []
    tab.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.page.set_content(f"<p>{LONG}</p>")
    tab.page.wait_for_timeout(300)
    assert dialogs


@pytest.mark.parametrize(
    "role", ["administrator", "colleague", pytest.param("kam", marks=pytest.mark.full)]
)
def test_texts_stay_texts_on_every_page(new_tab, poisoned, role):
    world, refused = poisoned
    person = world.people[role]
    tab = new_tab()
    dialogs: list[str] = []
    tab.page.on("dialog", lambda dialog: (dialogs.append(tab.page.url), dialog.dismiss()))
    tab.sign_in(person)
    seen, broken, violations = 0, [], []
    for route in all_routes():
        row = route.policy
        if route.is_api or row.public or role not in row.read:
            continue
        relation = "own" if route.model is not None else "none"
        del tab.complaints[:]
        try:
            answer = tab.page.goto(tab.address + route.url(world, relation))
        except Error:  # the answer has no page: a file, or a verb of programs
            continue
        tab.page.wait_for_load_state("networkidle")
        if answer.status >= 500:
            broken.append((route.name, answer.status))
        violations += [(route.name, each) for each in tab.complaints if "Content Security" in each]
        seen += MARK in tab.page.content()
    assert dialogs == []
    assert violations == []
    assert broken == []
    assert seen > SHOWN_AT_LEAST[role], "the payloads do not reach the pages"
    assert len(refused) < 25, sorted(refused)


SHOWN_AT_LEAST = {"administrator": 60, "kam": 50, "colleague": 3}
