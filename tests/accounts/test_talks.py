"""Talks with several people, files and a next step; what is made of their words; quick notes."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import (
    AccountPlan,
    Agreement,
    AgreementFile,
    Attendance,
    Contact,
    Document,
    Interaction,
    Need,
    Payment,
    Piece,
    PlanVersion,
    Problem,
    Promise,
    Standing,
    TalkFile,
    Task,
    Team,
)
from accounts.selectors import talks as found
from accounts.selectors import timeline as happened
from accounts.services import talks
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", name="Ann Orlova", language="en", team=Team.objects.create(name="N"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


@pytest.fixture
def page(client, kam):
    client.force_login(kam)
    return client


def person_of(shop, name):
    with acting_system("test"):
        return Contact.objects.create(client=shop, name=name)


def filled(**values):
    return {"kind": "meeting", "date": "2026-03-16", "subject": "Spring", **values}


def only(model):
    return model.unscoped.get()


def test_a_talk_holds_who_was_there_files_and_the_next_step(page, kam, shop):
    bob, eve = person_of(shop, "Bob"), person_of(shop, "Eve")
    mate = make_user("kam", name="Mate", team=kam.team)
    answer = page.post(
        reverse("interaction_create", args=[shop.pk]),
        filled(
            contact=bob.pk, others=[bob.pk, eve.pk], people=[mate.pk, kam.pk],
            next_what="Send prices", next_due="2026-03-20",
            files=[SimpleUploadedFile("../price list.txt", b"abc"), SimpleUploadedFile("b", b"x")],
        ),
    )  # fmt: skip
    assert answer.status_code == 302
    talk = only(Interaction)
    with acting_as(kam):
        # Whoever is named already is not named twice.
        assert found.attendances(talk) == (["Eve"], [mate])
        assert {file.name for file in found.files_of(talk)} == {"price list.txt", "b"}
        (piece,) = found.pieces_of(talk)
    assert (piece.task.what, piece.task.owner, piece.task.client, piece.quote) == (
        "Send prices", kam, shop, ""
    )  # fmt: skip
    body = page.get(reverse("interaction_detail", args=[talk.pk])).content.decode()
    for word in ("Bob, Eve", "Mate", "price list.txt", "Send prices"):
        assert word in body
    body = page.get(reverse("task_detail", args=[piece.task_id])).content.decode()
    assert reverse("interaction_detail", args=[talk.pk]) in body


def test_a_step_needs_its_day_and_a_day_its_step(page, shop):
    address = reverse("interaction_create", args=[shop.pk])
    for half in ({"next_what": "Send prices"}, {"next_due": "2026-03-20"}):
        assert page.post(address, filled(**half)).status_code == 200
    assert not Interaction.unscoped.exists()
    assert not Task.unscoped.exists()


def test_an_empty_file_leaves_nothing_behind(page, shop, tmp_path):
    files = [SimpleUploadedFile("a.txt", b"abc"), SimpleUploadedFile("empty", b"")]
    page.post(reverse("interaction_create", args=[shop.pk]), filled(files=files))
    assert not Interaction.unscoped.exists()
    assert not TalkFile.unscoped.exists()


def test_a_corrected_talk_keeps_files_and_what_came_of_it(page, kam, shop):
    bob, eve = person_of(shop, "Bob"), person_of(shop, "Eve")
    with acting_as(kam):
        talk = talks.note(
            shop,
            {
                "kind": "call", "date": DAY, "subject": "Spring", "others": [bob],
                "files": [SimpleUploadedFile("a.txt", b"abc")],
                "next_what": "Send", "next_due": DAY,
            },
            kam,
        )  # fmt: skip
        present = talks.change(talk, {"subject": "Summer", "others": [eve], "people": []}, kam)
        assert present.pk != talk.pk
        assert found.attendances(present)[0] == ["Eve"]
        assert found.attendances(talk)[0] == ["Bob"]  # as it was known then
        assert [file.name for file in found.files_of(present)] == ["a.txt"]
        assert [piece.task.what for piece in found.pieces_of(present)] == ["Send"]
        # Only who was there changes: no other version.
        same = talks.change(present, {"subject": "Summer", "others": [bob], "people": []}, kam)
        assert same.pk == present.pk
        assert found.attendances(present)[0] == ["Bob"]


def test_a_file_is_a_download_and_can_go(
    page, kam, shop, tmp_path, django_capture_on_commit_callbacks
):
    with acting_as(kam):
        values = {"kind": "call", "date": DAY, "subject": "x"}
        talk = talks.note(shop, values | {"files": [SimpleUploadedFile("a.html", b"<b>")]}, kam)
    row = only(TalkFile)
    answer = page.get(reverse("talk_file", args=[row.pk]))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"<b>"
    kept = tmp_path / row.file.name
    assert kept.exists()
    with django_capture_on_commit_callbacks(execute=True):
        page.post(reverse("talk_file_removal", args=[row.pk]))
    assert not kept.exists()
    assert talk.pk


@pytest.mark.parametrize(
    ("kind", "model", "values"),
    [
        ("task", Task, {"due": "2026-03-20"}),
        ("promise", Promise, {"side": "ours", "due": "2026-03-20"}),
        ("need", Need, {"source": "talk"}),
        ("problem", Problem, {"kind": "other", "severity": "2"}),
    ],
)
def test_marked_words_become_a_thing_linked_both_ways(page, kam, shop, kind, model, values):
    with acting_as(kam):
        values_of_talk = {"kind": "call", "date": DAY, "subject": "Spring", "text": "They want it."}
        talk = talks.note(shop, values_of_talk, kam)
    address = reverse("interaction_piece", args=[talk.pk])
    form = page.get(address, {"to": kind, "quote": "They  want it"})
    assert "They want it" in form.content.decode()
    if kind == "need":
        values = {"source": Need._meta.get_field("source").choices[0][0]}
    posted = page.post(
        address, {"to": kind, "quote": "They want it", "what": "What they want", **values}
    )
    assert posted.status_code == 302, posted.content.decode()[-3000:]
    made, piece = only(model), only(Piece)
    assert (getattr(piece, kind), piece.quote, piece.interaction) == (made, "They want it", talk)
    route = f"{kind}_detail"
    assert (
        reverse("interaction_detail", args=[talk.pk])
        in page.get(reverse(route, args=[made.pk])).content.decode()
    )
    assert (
        reverse(route, args=[made.pk])
        in page.get(reverse("interaction_detail", args=[talk.pk])).content.decode()
    )


def test_what_is_no_kind_leads_back(page, kam, shop):
    with acting_as(kam):
        talk = talks.note(shop, {"kind": "call", "date": DAY, "subject": "x"}, kam)
    address = reverse("interaction_piece", args=[talk.pk])
    assert page.get(address, {"to": "nothing"}).status_code == 302
    assert page.post(address, {"to": "task", "what": ""}).status_code == 422
    assert not Piece.unscoped.exists()


def test_the_database_keeps_a_piece_to_one_thing(kam, shop):
    with acting_as(kam):
        talk = talks.note(shop, {"kind": "call", "date": DAY, "subject": "x"}, kam)
        for row in (Piece(interaction=talk), Attendance(interaction=talk)):
            with pytest.raises(DatabaseError), transaction.atomic():
                row.save()


# -- the quick note -------------------------------------------------------------------------------


def test_a_note_in_half_a_minute(page, kam, shop):
    values = {
        "client": "shop", "kind": "call", "text": "They liked the samples. " * 10,
        "satisfaction": "9", "next_what": "Send two more", "next_due": "2026-03-18",
    }  # fmt: skip
    answer = page.post(reverse("quick_note"), values)
    talk = only(Interaction)
    assert answer["Location"] == f"/interactions/{talk.pk}/talk/?noted=1"
    assert (talk.client, talk.date, talk.satisfaction, talk.author) == (shop, DAY, 9, kam)
    assert talk.subject.startswith("They liked the samples.")
    assert len(talk.subject) <= 82
    assert only(Task).what == "Send two more"


def test_a_note_needs_a_client_that_one_may_change(page, kam):
    make_client("Theirs", owner=make_user("kam", team=kam.team), team=kam.team)
    for name in ("Theirs", "Nobody's", ""):
        values = {"client": name, "kind": "call", "text": "x"}
        assert page.post(reverse("quick_note"), values).status_code == 422
    assert not Interaction.unscoped.exists()


def test_recent_clients_come_first(kam, shop):
    other = make_client("Abacus", owner=kam, team=kam.team)
    with acting_as(kam):
        talks.note(shop, {"kind": "call", "date": DAY, "subject": "x"}, kam)
        assert found.recent_clients(kam, 5) == [shop, other]
        assert found.recent_clients(kam, 1) == [shop]


# -- REST -----------------------------------------------------------------------------------------


def test_programs_write_a_talk_with_who_was_there(page, kam, shop):
    bob, eve = person_of(shop, "Bob"), person_of(shop, "Eve")
    values = {
        "client": shop.pk, "kind": "meeting", "subject": "Spring", "contact": bob.pk,
        "contacts": [eve.pk], "next_step": {"what": "Send", "due": "2026-03-20"},
    }  # fmt: skip
    made = page.post("/api/v1/interactions/", values, "application/json")
    assert made.status_code == 201
    assert (made.json()["contacts"], made.json()["author"]) == ([eve.pk], kam.pk)
    assert only(Task).client == shop
    assert page.get("/api/v1/interactions/").json()["results"][0]["contacts"] == [eve.pk]
    stranger = person_of(make_client("Else"), "Stranger")
    for wrong in ({"contacts": [stranger.pk]}, {"date": "2026-03-17"}, {"kind": "x"},
                  {"satisfaction": 11}, {"subject": ""}):  # fmt: skip
        refused = page.post("/api/v1/interactions/", values | wrong, "application/json")
        assert refused.status_code == 400, wrong
    values["client"] = 10**12
    assert page.post("/api/v1/interactions/", values, "application/json").status_code == 404


# -- one timeline of everything -------------------------------------------------------------------


@pytest.fixture
def full(kam, shop):
    """One of everything, each on a day of its own, the latest first in ``order``."""
    bob = person_of(shop, "Bob")
    with acting_system("test"):
        moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
        talk = Interaction.objects.create(
            client=shop, date="2026-03-10", kind="call", subject="The call", author=kam, contact=bob
        )
        TalkFile.objects.create(
            interaction=talk, name="The file", brought_by=kam, file="x",
            brought_at=moment + dt.timedelta(days=8),
        )  # fmt: skip
        Promise.objects.create(
            client=shop, what="The promise", due=DAY, first_due=DAY, owner=kam, contact=bob,
            created_at=moment + dt.timedelta(days=7),
        )  # fmt: skip
        Task.objects.create(
            client=shop, what="The task", due=DAY, owner=kam, giver=kam, state="done",
            settled_on="2026-03-07",
        )  # fmt: skip
        Problem.objects.create(client=shop, what="The problem", raised_on="2026-03-06", owner=kam)
        plan = AccountPlan.objects.create(
            client=shop, title="The plan", starts=DAY, ends=dt.date(2026, 12, 31)
        )
        PlanVersion.objects.create(
            plan=plan, number=1, content={}, signed_by=kam, signed_at=moment + dt.timedelta(days=4)
        )
        Standing.objects.create(
            client=shop, value="candidate", since="2026-03-04", reason="The standing", author=kam
        )
        agreement = Agreement.objects.create(client=shop, number="7", starts="2026-01-01")
        AgreementFile.objects.create(
            agreement=agreement, name="The paper", brought_by=kam, file="y",
            brought_at=moment + dt.timedelta(days=2),
        )  # fmt: skip
        Document.objects.create(
            client=shop, number="The bill", type="invoice", date="2026-03-02", year=2026,
            currency="RUB", net=100, gross=120, costed_net=100, cost=50, known_from=moment,
        )  # fmt: skip
        Payment.objects.create(client=shop, number="The money", date="2026-03-01", amount=120,
                               known_from=moment)  # fmt: skip
    return [
        "The call", "The file", "The promise", "The task", "The problem", "The plan",
        "The standing", "The paper", "The bill", "The money",
    ]  # fmt: skip


def titles(part):
    return [entry.title for entry in part.entries]


def test_the_timeline_tells_everything_with_one_query(kam, shop, full, django_assert_num_queries):
    with acting_as(kam), django_assert_num_queries(1):
        assert titles(happened.timeline([shop.pk], DAY, size=100)) == full


@pytest.mark.parametrize("size", [1, 3])
def test_its_cursor_leaves_nothing_out_and_tells_nothing_twice(kam, shop, full, size):
    got, after = [], ""
    with acting_as(kam):
        while after is not None:
            part = happened.timeline([shop.pk], DAY, after=after, size=size)
            got += titles(part)
            after = part.after
    assert got == full


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"source": "tasks"}, ["The task"]),
        ({"source": "files"}, ["The file", "The paper"]),
        ({"since": dt.date(2026, 3, 7), "until": dt.date(2026, 3, 8)}, ["The promise", "The task"]),
        ({"source": "payments", "since": dt.date(2026, 3, 2)}, []),
        ({"person": "u0"}, []),
        ({"person": "c0"}, []),
        ({"source": "documents", "person": "u1"}, []),
    ],
)
def test_it_is_filtered_by_kind_and_period(kam, shop, full, asked, expected):
    with acting_as(kam):
        part = happened.timeline([shop.pk], DAY, filters=happened.Filters(**asked))
    assert titles(part) == expected


def test_it_is_filtered_by_person(kam, shop, full):
    with acting_as(kam):
        bob = Contact.objects.get()
        ours = happened.timeline(
            [shop.pk], DAY, filters=happened.Filters(person=f"u{kam.pk}"), size=100
        )
        theirs = happened.timeline([shop.pk], DAY, filters=happened.Filters(person=f"c{bob.pk}"))
        odd = happened.timeline([shop.pk], DAY, filters=happened.Filters(person="u²"), size=100)
    assert titles(ours) == full[:-2]  # nobody of ours writes documents and payments
    assert titles(theirs) == ["The call", "The promise"]
    assert titles(odd) == full


def test_the_page_of_the_timeline_links_to_what_it_tells(page, shop, full):
    address = reverse("client_timeline", args=[shop.pk])
    body = page.get(address).content.decode()
    for title in full:
        assert title in body
    body = page.get(address, {"source": "promises", "since": "nonsense"}).content.decode()
    assert "The promise" in body
    assert "The call" not in body
