"""A person found everywhere, destroyed with an act, and not taken in again."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import (
    Client,
    Contact,
    ContactChange,
    Destruction,
    Document,
    ImportFile,
    Interaction,
    QuarantinedRow,
    Suppression,
)
from accounts.services import clients as services
from accounts.services import erasure, subject_places, subjects
from accounts.services.importing import run as take_in
from accounts.services.suppression import Suppressed
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests import factories
from tests.access.test_models import our_models

SHARED = Path(__file__).resolve().parents[3] / "shared" / "samples"
OWN_CASE = {
    "contact": {
        "full_name": "Пробный Человек Образцович",
        "email": "probe@example.org",
        "phone": "+7 812 555-11-22",
        "position": "Закупщик",
        "account_inn": "7799100000",
    },
    "interactions": [
        {
            "id": "i-1",
            "type": "call",
            "text": "Звонил Пробный Человек Образцович, писать на probe@example.org"
            " или 8 (812) 555 11 22",
        },
        {"id": "i-2", "type": "email", "text": "Re: счёт", "from_": "Probe@Example.org"},
        {"id": "i-3", "type": "meeting", "text": "Встреча с Пробным Ч. О. и Иным И. И."},
    ],
    "invoices": [{"no": "Г-1", "amount": "100.00", "signatory": "Пробный Человек Образцович"}],
}
FORMS = {"Тестов": "Тестовым С. Д.", "Пробный": "Пробным Ч. О."}


def sample_case() -> dict:
    path = SHARED / "gdpr_erasure_case.json"
    if not path.exists():
        pytest.skip("the shared samples are not here")
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(params=["own", "sample"])
def case(request):
    return OWN_CASE if request.param == "own" else sample_case()


@pytest.fixture
def admin(db):
    return factories.make_user("administrator", language="ru")


@pytest.fixture
def subject(case, admin):
    """The case as it stands in the product: contact, notes, invoice, file, waiting row."""
    said = case["contact"]
    with acting_as(admin):
        client = factories.make_client(name="Ромашка", inn=said["account_inn"])
        contact = services.create_contact(
            client,
            {name: said[key] for name, key in [
                ("name", "full_name"), ("email", "email"), ("phone", "phone"),
                ("position", "position")]},
        )  # fmt: skip
        for number, note in enumerate(case["interactions"], 1):
            sender = f"{note['from_']}: " if "from_" in note else ""
            factories.make_interaction(
                client, f"2026-02-0{number}", contact=contact, kind=note["type"],
                subject=f"{sender}{note['id']}", text=note["text"],
            )  # fmt: skip
        for invoice in case["invoices"]:
            factories.make_document(
                client, "2026-02-10", float(invoice["amount"]), number=invoice["no"],
                manager=invoice["signatory"],
            )  # fmt: skip
        row = f"{said['full_name']};{said['email']};{said['phone']};{said['account_inn']}\n"
        ImportFile.objects.create(
            name="contacts_2024.csv", status="loaded", kind="contacts", sha256="0" * 64,
            file=ContentFile(("ФИО;почта;телефон;ИНН\n" + row).encode("cp1251"), name="contacts"),
        )  # fmt: skip
    return contact


def note(number: int) -> Interaction:
    return Interaction.objects.get(subject__contains=f"i-{number}")


def erase(contact, admin, **how):
    with acting_as(admin):
        return erasure.erase(contact, basis="withdrawn", person=admin, **how)


def traces_left(case) -> list[str]:
    """Every text column of every table of ours that still holds the person."""
    said = case["contact"]
    words = [said["full_name"], said["email"].lower(), said["phone"]]
    found = []
    for model in our_models():
        for row in model._base_manager.all().values():
            text = json.dumps(row, default=str, ensure_ascii=False).lower()
            found += [f"{model.__name__} {row}" for word in words if word.lower() in text]
    return found


def test_everything_that_names_the_person_is_found(subject, admin, case):
    with acting_as(admin):
        card = subjects.card_of(subject)
        found = {row.key: row for row in card.finds.rows}
        first, second, third = (found[f"interactions:{note(n).pk}"] for n in (1, 2, 3))
        document = found[f"documents:{Document.objects.get().pk}"]
    assert (first.sure, second.sure, third.sure) == (True, True, False)
    form = FORMS[case["contact"]["full_name"].split()[0]]
    assert third.doubtful == (form,)
    assert document.place.why_kept
    assert [file.row.name for file in card.finds.files] == ["contacts_2024.csv"]


@pytest.mark.parametrize("spelled", ["email", "phone", "name", "surname"])
def test_the_person_is_found_by_any_spelling(subject, admin, case, spelled):
    said = case["contact"]
    asked = {
        "email": said["email"].upper(),
        "phone": "8" + "".join(each for each in said["phone"] if each.isdigit())[1:],
        "name": " ".join(reversed(said["full_name"].split())).lower(),
        "surname": said["full_name"].split()[0],
    }[spelled]
    with acting_as(admin):
        finds = subjects.look_for(asked)
        assert finds.contacts == [subject]
        if spelled != "surname":
            assert finds.rows
        assert not subjects.look_for("x")


def test_the_case_has_its_expected_outcome(
    subject, admin, case, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        act = erase(subject, admin)
    with acting_as(admin):
        row = Contact.objects.get(pk=subject.pk)
        assert row.name in (f"Обезличено #{row.pk}", f"Anonymised #{row.pk}")
        assert (row.email, row.phone, row.position) == ("", "", "")
        assert case["contact"]["full_name"] not in note(1).text
        assert note(1).text.count("***") == 3
        assert case["contact"]["email"] not in note(2).subject.lower()
        # The inflected surname waits for a person, beside the act.
        assert note(3).text == case["interactions"][2]["text"]
        assert ["interactions", note(3).pk] in act.left
        document = Document.objects.get()
        assert (document.net, document.manager) == (100, case["contact"]["full_name"])
        assert not ImportFile.objects.get().file
        event = Event.objects.get(action="subject.erase")
    assert event.actor_id == admin.pk
    assert event.details["basis"] == "withdrawn"
    left = [each for each in traces_left(case) if not each.startswith("Document ")]
    assert left == []


def test_documents_are_masked_where_the_setting_says_so(subject, admin, case, settings):
    settings.PERSONAL_DATA_DOCUMENTS = "mask"
    erase(subject, admin)
    with acting_as(admin):
        document = Document.objects.get()
    assert (document.manager, document.net) == ("***", 100)
    assert traces_left(case) == []


@pytest.mark.parametrize(
    "changed", [{}, {"email": ""}, {"phone": ""}, {"email": "", "phone": ""}, {"name": "Another"}]
)
def test_the_same_row_does_not_revive_the_person(subject, admin, case, tmp_path, changed):
    said = case["contact"]
    erase(subject, admin)
    values = {"name": said["full_name"], "email": said["email"].upper(), "phone": said["phone"]}
    values |= changed
    file = tmp_path / "again.csv"
    file.write_text(
        "inn;name;email;phone\n"
        f"{said['account_inn']};{values['name']};{values['email']};{values['phone']}\n"
        f"{said['account_inn']};Другая Анна;other@example.org;+7 900 000-00-01\n"
    )
    with acting_system("test"):
        report = take_in(file, "contacts", source="again")
        assert Contact.objects.exclude(pk=subject.pk).get().name == "Другая Анна"
    assert [issue.code for issue in report.warnings] == ["contact.erased"]
    assert [issue.row for issue in report.warnings] == [2]


def test_the_person_does_not_wait_in_quarantine_either(subject, admin, case, tmp_path):
    erase(subject, admin)
    file = tmp_path / "again.csv"
    file.write_text(f"client_name;name;email\nНекто;Кто-то;{case['contact']['email']}\n")
    with acting_system("test"):
        take_in(file, "contacts", source="again")
        assert not QuarantinedRow.objects.exists()


def test_notes_that_come_again_are_masked_on_their_way_in(subject, admin, case, tmp_path):
    said = case["contact"]
    text = case["interactions"][0]["text"]
    erase(subject, admin)
    file = tmp_path / "notes.csv"
    file.write_text(f"inn;date;subject;text\n{said['account_inn']};2026-03-01;again;{text}\n")
    with acting_system("test"):
        take_in(file, "interactions", source="again")
        masked = Interaction.objects.get(subject="again").text
    assert masked.count("***") == 3


def test_nobody_makes_the_person_by_hand(subject, admin, case):
    erase(subject, admin)
    browser = Browser()
    browser.force_login(admin)
    said = case["contact"]
    values = {"name": "New", "email": said["email"], "role": "", "influence": "", "attitude": ""}
    answer = browser.post(reverse("contact_create", args=[subject.client_id]), values)
    assert answer.status_code == 422
    with acting_system("test"):
        assert Contact.objects.count() == 1


def test_hashes_say_nothing_without_the_key(subject, admin, case, settings):
    erase(subject, admin)
    said = case["contact"]
    with acting_as(admin):
        listed = Suppressed.load([subject.client_id])
        assert listed.has("", said["email"], "", None) == "email"
        assert Suppression.objects.count() == 3
        settings.PERSONAL_DATA_KEY = "another"
        assert listed.has("", said["email"], "", None) == ""


def test_ticked_words_are_masked_and_others_wait(subject, admin, case):
    with acting_as(admin):
        key = f"interactions:{note(3).pk}"
    act = erase(subject, admin, redact=[key])
    assert act.left == []
    with acting_as(admin):
        assert note(3).text == "Встреча с *** и Иным И. И."


def test_words_are_masked_by_hand_afterwards(subject, admin, case):
    act = erase(subject, admin)
    form = FORMS[case["contact"]["full_name"].split()[0]]
    with acting_as(admin):
        pk = note(3).pk
        assert not erasure.redact(act, "interactions", pk, "not there")
        assert not erasure.redact(act, "interactions", note(1).pk, "или")
        assert erasure.redact(act, "interactions", pk, form)
        assert note(3).text == "Встреча с *** и Иным И. И."
        erasure.settle(act, "interactions", pk)
        assert Destruction.objects.get().left == []


def test_a_namesake_at_another_client_is_left_to_a_person(subject, admin, case):
    said = case["contact"]
    with acting_as(admin):
        other = factories.make_client(name="Василёк")
        text = f"{said['full_name']}, {said['email']}"
        factories.make_interaction(other, "2026-02-01", subject="other", text=text)
    act = erase(subject, admin)
    with acting_as(admin):
        row = Interaction.objects.get(subject="other")
    assert row.text == f"{said['full_name']}, ***"
    assert ["interactions", row.pk] in act.left


def test_a_file_that_waits_to_be_loaded_stays_and_is_told(subject, admin):
    with acting_as(admin):
        ImportFile.objects.update(status="checked")
        file = ImportFile.objects.get()
    act = erase(subject, admin)
    assert ["files", file.pk] in act.left
    with acting_as(admin):
        assert ImportFile.objects.get().file


def test_nobody_is_destroyed_twice_and_no_note_names_them(subject, admin, case):
    with pytest.raises(ValidationError):
        erase(subject, admin, note=f"letter of {case['contact']['full_name']}")
    with acting_as(admin):
        assert not Destruction.objects.exists()
    erase(subject, admin, note="letter 17")
    with pytest.raises(erasure.AlreadyErased):
        erase(subject, admin)


def test_a_correction_keeps_what_was_said_until_the_person_goes(subject, admin, case):
    with acting_as(admin):
        services.update(subject, {"position": "Директор"}, 1)
        change = ContactChange.objects.get()
        assert (change.before, change.after) == ("Закупщик", "Директор")
        event = Event.objects.get(action="contact.change")
        assert event.details == {"fields": ["position"], "version": 2}
    erase(subject, admin)
    with acting_as(admin):
        assert not ContactChange.objects.exists()


def test_json_and_csv_hold_what_was_found(subject, admin, case):
    browser = Browser()
    browser.force_login(admin)
    url = reverse("subject_export", args=[subject.pk])
    kept = json.loads(browser.get(url + "?format=json").content)
    assert kept["contact"]["email"] == case["contact"]["email"]
    assert {row["place"] for row in kept["found"]} == {"interactions", "documents"}
    text = browser.get(url + "?format=csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert any(case["contact"]["email"] in cell for row in rows for cell in row)
    with acting_as(admin):
        assert Event.objects.filter(action="subject.export", object_id=subject.pk).count() == 2


def test_pages_lead_from_finding_to_the_act(subject, admin, case):
    browser = Browser()
    browser.force_login(admin)
    found = browser.post(reverse("subject_find"), {"person": case["contact"]["email"]})
    assert reverse("subject_card", args=[subject.pk]) in found.content.decode()
    url = reverse("subject_erasure", args=[subject.pk])
    assert browser.get(reverse("subject_card", args=[subject.pk])).status_code == 200
    assert browser.get(url).status_code == 200
    assert browser.post(url, {}).status_code == 422
    answer = browser.post(url, {"basis": "withdrawn"}, follow=True)
    assert case["contact"]["full_name"] not in answer.content.decode()
    assert browser.get(url).status_code == 302
    assert browser.get(reverse("destruction_list")).status_code == 200


def test_the_api_does_what_the_pages_do(subject, admin, case):
    browser = Browser()
    browser.force_login(admin)

    def post(url, **said):
        return browser.post(url, json.dumps(said), content_type="application/json")

    found = post("/api/v1/subjects/search/", person=case["contact"]["phone"]).json()
    assert [each["id"] for each in found["contacts"]] == [subject.pk]
    card = browser.get(f"/api/v1/subjects/{subject.pk}/").json()
    assert card["contact"]["name"] == case["contact"]["full_name"]
    preview = browser.get(f"/api/v1/subjects/{subject.pk}/erasure/").json()
    key = f"{preview['doubtful'][0]['place']}:{preview['doubtful'][0]['id']}"
    made = post(f"/api/v1/subjects/{subject.pk}/erasure/", basis="withdrawn", redact=[key])
    assert made.status_code == 201
    assert made.json()["left"] == []
    assert post(f"/api/v1/subjects/{subject.pk}/erasure/", basis="withdrawn").status_code == 409
    acts = browser.get("/api/v1/destructions/").json()["results"]
    assert [each["contact"] for each in acts] == [subject.pk]


def test_tags_and_answers_to_own_fields_are_masked(admin):
    shop = factories.make_client(
        "Shop", own={"1": "call Ann Lee first", "2": 7}, tags=["Ann Lee", "eco"]
    )
    contact = factories.make_contact(shop, "Ann Lee", email="ann@example.com")
    erase(contact, admin)
    with acting_as(admin):
        row = Client.objects.get(pk=shop.pk)
    assert "Ann Lee" not in f"{row.own} {row.tags}"
    assert row.own["2"] == 7
    assert "eco" in row.tags


def test_every_place_is_there_and_can_be_looked_through(admin):
    from accounts.services.masking import Traces

    traces = Traces.of("Ann Lee", "ann@example.com", "+7 900 000-00-00")
    with acting_as(admin):
        assert list(subject_places.look_everywhere(traces, [1], 10)) == []
        for place in subject_places.places():
            assert list(subject_places.look(place, traces, [1])) == []
            for name in place.fields:
                place.model._meta.get_field(name)


# Long texts in tables that hang on clients, where nobody is named or which are looked for apart.
NO_PLACE = {
    "accounts.Client.legal_name": "clients that are people are found by their names",
    "accounts.Contact.blocked_reason": "names nobody, and is emptied",
    "accounts.ContactChange.before": "stands on the card and goes with the person",
    "accounts.ContactChange.after": "stands on the card and goes with the person",
}


def test_no_long_text_about_clients_is_forgotten():
    """A column with words of people on a table that hangs on a client is a place, or says why not."""
    from django.db.models import CharField, TextField

    known = {(place.model, name) for place in subject_places.places() for name in place.fields}
    forgotten = [
        f"{model._meta.label}.{column.name}"
        for model in our_models()
        if getattr(model, "SCOPE", ("",))[0] in ("client", "work") and model._meta.managed
        for column in model._meta.concrete_fields
        if isinstance(column, TextField)
        or (isinstance(column, CharField) and (column.max_length or 0) >= 300)
        if (model, column.name) not in known
    ]
    assert sorted(set(forgotten) - set(NO_PLACE)) == []
