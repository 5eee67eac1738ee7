"""Business reviews: two editions of a quarter, and nothing of ours in the one for the client."""

import datetime as dt
import io
import json
import re
import zipfile
from decimal import Decimal
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, models, transaction
from django.urls import reverse
from pptx import Presentation
from python_calamine import CalamineWorkbook

from accounts.models import (
    Benefit,
    Contact,
    Document,
    Goal,
    GoalReading,
    Initiative,
    Invitation,
    Meeting,
    MeetingResult,
    MinutesVersion,
    Need,
    Promise,
    ServiceCost,
    Standing,
    Team,
    User,
    Wallet,
)
from kam.jobs import execution
from kam.jobs.models import Job
from kam.lib.scoping import acting_as, acting_system
from reports.figures.calendar import Period
from reports.files import FILES
from reports.models import BusinessReview
from reports.services import business_reviews as reviews
from reports.services import making, review_mail, schedules
from reports.services.client_allowed import ALLOWED
from tests.access import world as worlds
from tests.access.test_models import our_models
from tests.factories import make_client, make_contact, make_document, make_user

from .test_periodic import serving

pytestmark = pytest.mark.django_db
NOW = "2026-04-10T09:00:00Z"
QUARTER = Period(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
MARCH = dt.datetime(2026, 3, 16, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def april():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def north(db) -> dict:
    """A client with a quarter to tell, its KAM, and who leads them."""
    team = Team.objects.create(name="North")
    kam = make_user("kam", name="Ann", team=team, language="en")
    lead = make_user("manager", name="Lead", team=team, language="ru")
    client = make_client("Client", owner=kam, team=team)
    for day, net in ((dt.date(2026, 2, 3), 700), (dt.date(2026, 3, 3), 300),
                     (dt.date(2025, 2, 3), 500), (dt.date(2026, 4, 2), 9000)):  # fmt: skip
        make_document(client, day, net, cost=100)
    for number, shipped in ((1, 9), (2, 10), (3, 15)):
        Document.objects.create(
            client=client, type="order", number=f"O-{number}", year=2026, currency="RUB",
            date=dt.date(2026, 2, 1), promised=dt.date(2026, 2, 10),
            shipped=dt.date(2026, 2, shipped), net=1, gross=1,
        )  # fmt: skip
    made = {"client": client, "owner": kam, "first_due": QUARTER.ends}
    kept = {"evidence": "seen", "settled_on": dt.date(2026, 2, 20)}
    Promise.objects.create(
        what="Send samples", side="ours", state="kept", due=dt.date(2026, 2, 20), **kept, **made
    )
    Promise.objects.create(
        what="Give a forecast", side="theirs", state="late", due=dt.date(2026, 2, 1), **kept, **made
    )
    Promise.objects.create(what="Train the shop", side="ours", due=dt.date(2026, 5, 1), **made)
    goal = Goal.objects.create(
        client=client, what_for="Half the breakage", why="They go elsewhere", how="New boxes",
        own_measure="broken", unit="boxes", start=100, target=50, due=dt.date(2026, 6, 30),
        owner=kam,
    )  # fmt: skip
    GoalReading.objects.create(goal=goal, day=dt.date(2026, 3, 1), value=75, note="half way")
    Benefit.objects.create(
        client=client, what="Less breakage", amount=4000, method="counted", state="confirmed",
        since=dt.date(2026, 1, 1), settled_on=dt.date(2026, 3, 1), evidence="letter",
    )  # fmt: skip
    meeting = Meeting.objects.create(
        client=client, kind="qbr", title="Review", starts_at=MARCH, state="held", owner=kam
    )
    decided = {"kind": "decision", "internal": False, "due": "2026-05-01", "person": None}
    content = {
        "title": "Review", "starts_at": MARCH.isoformat(), "notes": "Said", "own_notes": "Ours",
        "people": [], "results": [decided | {"what": "New boxes from May"},
                                  decided | {"what": "Raise the price", "internal": True}],
    }  # fmt: skip
    MinutesVersion.objects.create(
        meeting=meeting, number=1,
        content=content | {"results": [decided | {"what": "Old wording"}]},
    )  # fmt: skip
    MinutesVersion.objects.create(meeting=meeting, number=2, content=content, reason="spelling")
    return {"client": client, "kam": kam, "lead": lead, "goal": goal}


def make(north, person="kam", **given):
    with acting_as(north[person]):
        return reviews.make(north["client"], QUARTER, north[person], **given)


def table(review, key: str) -> list[list]:
    return next(each["rows"] for each in review.content["tables"] if each["key"] == key)


def figures(review) -> dict[str, float]:
    return {each["key"]: each["value"] for each in review.content["figures"]}


def test_the_client_s_edition_tells_what_was_bought_agreed_promised_and_decided(north):
    own, told = make(
        north, language="en", goals=[north["goal"].pk], notes="They haggle",
        words={"headline": "Two hours\n\x0bless a \ufffeweek", "lessons": "Late in January"},
    )  # fmt: skip
    known = figures(told)
    assert (known["bought"], known["growth"], known["invoices"]) == (1000, 1.0, 2)
    assert known["on_time"] == pytest.approx(2 / 3)
    assert (known["ours_kept"], known["ours_missed"], known["theirs_kept"]) == (1, 0, 1)
    assert {row[0] for row in table(told, "settled")} == {"Send samples", "Give a forecast"}
    assert table(told, "next") == [["Train the shop", "We", "Ann", "2026-05-01"]]
    assert table(told, "goals") == [["Half the breakage", "boxes", 100, 50, 75, 0.5, "2026-06-30"]]
    assert table(told, "decisions") == [["New boxes from May", "2026-05-01", "2026-03-16"]]
    assert table(told, "benefits") == [["Less breakage", 4000.0]]
    assert sum(row[1] for row in table(told, "months")) == 1000  # of the quarter's twelve months
    titles = [t.text or "" for s in Presentation(io.BytesIO(FILES["pptx"][0](told))).slides
              for t in s._element.iter("{*}t")]  # fmt: skip
    assert any("Two hours" in text and "less a week" in text for text in titles)
    assert [each["text"] for each in told.content["texts"]] == ["Late in January"]
    assert own.content["texts"][0]["text"] == "They haggle"
    known = figures(own)
    assert known["margin"] == pytest.approx(0.8)
    assert [row[1] for row in table(own, "goals")] == ["They go elsewhere"]
    assert told.content["reader"] == own.content["reader"] == ""
    # A goal that is not chosen is not told; one that tells of our profit cannot be.
    _own, told = make(north, language="en")
    assert told.number == 2
    assert table(told, "goals") == []
    with acting_system("test"):
        Goal.objects.filter(pk=north["goal"].pk).update(measure="profit")
    with pytest.raises(ValidationError):
        make(north, goals=[north["goal"].pk])


def test_the_client_s_edition_tells_what_comes(north):
    """What they said and we have taken up, what they are invited to, and nothing else."""
    told_us = {"client": north["client"], "since": dt.date(2026, 2, 1), "source": "said"}
    May, June = dt.date(2026, 5, 1), dt.date(2026, 6, 1)
    with acting_system("test"):
        for more in (
            {"what": "Refill packs", "state": "confirmed"},
            {"what": "Larger boxes", "state": "offered", "by_when": June},
            {"what": "A rumour", "state": "noted"},
            {"what": "We think so", "state": "confirmed", "source": "seen"},
            {"what": "Look-alikes buy it", "state": "offered", "source": "gap"},
            {"what": "Bought meanwhile", "state": "won"},
            {"what": "Of another", "state": "offered", "client": make_client("Other")},
        ):
            Need.objects.create(**told_us | more)
        for name, stage, state in (
            ("New caps", "running", "agreed"),
            ("Taste panel", "inviting", "invited"),
            ("Not for us", "running", "declined"),
            ("An idea", "idea", "invited"),
            ("Long over", "finished", "took_part"),
        ):
            days = {"began": May} if stage in ("running", "finished") else {}
            days |= {"ended": May} if stage == "finished" else {}
            initiative = Initiative.objects.create(
                name=name, goal="More shelves", stage=stage, starts=May, **days
            )
            answered = {} if state == "invited" else {"answered_on": May, "words": "Well"}
            Invitation.objects.create(
                initiative=initiative,
                client=north["client"],
                state=state,
                invited_on=May,
                **answered,
            )
    _own, told = make(north, language="en")
    assert table(told, "coming") == [
        ["Larger boxes", "Your need", "You have our offer", "2026-06-01"],
        ["Refill packs", "Your need", "We are working on it", None],
        ["New caps", "Beta test", "You take part", "2026-05-01"],
        ["Taste panel", "Beta test", "You are invited", "2026-05-01"],
    ]


def test_it_goes_out_only_when_somebody_else_who_leads_has_approved_what_it_says(north, client):
    own, told = make(north)
    client.force_login(north["kam"])
    page = reverse("business_review_detail", args=[told.pk])
    for name in ("business_review_file", "api:business-review-file"):
        assert client.get(reverse(name, args=[told.pk, "pdf"])).status_code == 403
        assert client.get(reverse(name, args=[own.pk, "xlsx"])).status_code == 200
    assert "Not approved yet" in client.get(page).content.decode()
    client.post(page, {"text": "Shorter, please"})
    assert "Shorter, please" in client.get(page).content.decode()
    decide = reverse("business_review_decision", args=[told.pk])
    assert client.post(decide, {"kind": "approved"}).status_code == 403
    client.force_login(north["lead"])
    client.post(decide, {"kind": "returned"})  # without a word
    with acting_as(north["lead"]):
        assert reviews.decision_of(told) is None
        with pytest.raises(ValidationError):
            reviews.decide(own, "approved", north["lead"])
    client.post(decide, {"kind": "returned", "words": "Shorter"})
    client.post(decide, {"kind": "approved"})
    for ending, (_write, kind) in FILES.items():
        answer = client.get(reverse("business_review_file", args=[told.pk, ending]))
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert f'"business-review-2026-03-31.{ending}"' in answer["Content-Disposition"]
    client.post(decide, {"kind": "returned", "words": "A figure is wrong"})
    url = reverse("api:business-review-file", args=[told.pk, "pdf"])
    assert client.get(url).status_code == 403
    # Whoever leads and has made it does not approve it, except in a small company.
    _own, mine = make(north, "lead")
    with acting_as(north["lead"]), pytest.raises(PermissionDenied):
        reviews.decide(mine, "approved", north["lead"])


def test_what_it_says_stays_and_the_next_one_tells_what_changed(north):
    with time_machine.travel("2026-01-12T09:00:00Z", tick=False), acting_as(north["kam"]):
        autumn = reviews.quarters()[0]
        before, unseen = reviews.make(north["client"], autumn, north["kam"], language="en")
    own, told = make(north, language="en")
    assert own.previous == before
    assert told.previous is None, "the client has never seen the one before"
    with acting_as(north["lead"]):
        reviews.decide(unseen, "approved", north["lead"])
    _own, told = make(north, language="en")
    assert told.previous == unseen
    assert told.content["before"]["figures"]["bought"] == 0
    assert any(
        line.startswith("Bought from us in the quarter: was") for line in told.content["changes"]
    )
    for change in ({"content": {}}, {"ends": dt.date(2026, 6, 30)}, {"edition": "client"}):
        with pytest.raises(DatabaseError), transaction.atomic(), acting_as(north["kam"]):
            BusinessReview.objects.filter(pk=own.pk).update(**change)


def test_over_rest_from_making_to_approving(north, client):
    client.force_login(north["kam"])
    url = reverse("api:business-review-list")
    given = {"client": north["client"].pk, "ends": "2026-03-31", "goals": [north["goal"].pk]}
    answer = client.post(url, given, "application/json")
    assert answer.status_code == 201
    own, told = (each["id"] for each in answer.json())
    assert client.post(url, given | {"ends": "2026-03-30"}, "application/json").status_code == 400
    assert client.post(url, given | {"goals": [987654]}, "application/json").status_code == 400
    comments = reverse("api:business-review-comments", args=[told])
    assert client.post(comments, {"text": "Fine"}, "application/json").status_code == 201
    assert [each["text"] for each in client.get(comments).json()] == ["Fine"]
    detail = reverse("api:business-review-detail", args=[told])
    assert client.get(detail).json()["may_go_out"] is False
    client.force_login(north["lead"])
    decision = reverse("api:business-review-decision", args=[told])
    assert client.post(decision, {"kind": "approved"}, "application/json").status_code == 201
    answer = client.get(detail).json()
    assert (answer["may_go_out"], answer["decided"]) == (True, "approved")
    listed = client.get(url, {"edition": "client"}).json()["results"]
    assert [each["id"] for each in listed] == [told]
    client.force_login(make_user("kam", name="Stranger"))
    assert client.get(detail).status_code == 404
    assert client.get(reverse("business_review_detail", args=[own])).status_code == 404


# --- Nothing of ours in the edition for the client ----------------------------------------------


def said(review, page: str) -> dict[str, str]:
    """Every form in which the edition may leave the house, as text."""
    told = {"json": json.dumps(review.content, ensure_ascii=False), "page": page}
    packed = {ending: write(review) for ending, (write, _kind) in FILES.items()}
    told["pdf source"] = json.dumps(pdf_source(review), ensure_ascii=False)
    book = CalamineWorkbook.from_filelike(io.BytesIO(packed["xlsx"]))
    told["xlsx"] = json.dumps(
        [[name, book.get_sheet_by_name(name).to_python()] for name in book.sheet_names],
        default=str, ensure_ascii=False,
    )  # fmt: skip
    slides = Presentation(io.BytesIO(packed["pptx"])).slides
    told["pptx"] = " ".join(
        text.text or "" for slide in slides for text in slide._element.iter("{*}t")
    )
    for ending in ("xlsx", "pptx"):
        told[f"{ending} parts"] = parts_of(packed[ending])
    return told


def pdf_source(review) -> dict:
    """All that Typst is given, and so all that a PDF can hold."""
    from reports.files import pdf

    return pdf._told(review)


def parts_of(packed: bytes) -> str:
    """Every part of an Office file as it is written, those of workbooks inside it too."""
    with zipfile.ZipFile(io.BytesIO(packed)) as inside:
        return " ".join(
            parts_of(inside.read(name)) if name.endswith(".xlsx")
            else inside.read(name).decode(errors="replace")
            for name in inside.namelist() if not name.endswith((".jpeg", ".bin"))
        )  # fmt: skip


# What the client may read: a word planted there may come through.
TOLD = {
    "accounts.Promise.what", "accounts.Goal.what_for", "accounts.Goal.unit", "accounts.Benefit.what",
    "accounts.Client.name", "accounts.User.name", "accounts.Need.what", "accounts.Initiative.name",
}  # fmt: skip


def is_free(column) -> bool:
    """Whether people write words into it: no code, key or choice."""
    words = type(column) in (models.CharField, models.TextField) and not column.choices
    return words and not column.unique and (column.max_length or 999) >= 16


# Amounts that the client knows, or that were agreed with them.
TOLD_AMOUNTS = {
    "accounts.Document.net", "accounts.Document.gross", "accounts.Document.vat",
    "accounts.Document.costed_net", "accounts.Line.net", "accounts.Line.gross", "accounts.Goal.start",
    "accounts.Goal.target", "accounts.GoalReading.value", "accounts.Benefit.amount",
}  # fmt: skip


# What pages and our own edition cannot do without; of minutes the test plants its own.
READ_JSON = {
    "accounts.MinutesVersion.content", "reports.BusinessReview.content", "reports.Report.content",
    "accounts.Survey.questions",
}  # fmt: skip


def is_amount(column) -> bool:
    """Whether it holds sums with room for a number that nothing else is."""
    if isinstance(column, models.FloatField):
        return True
    return isinstance(column, models.DecimalField) and column.max_digits - column.decimal_places > 7


def changed(rows, column, value) -> int:
    """How many of the rows hold the value now; none where a row never changes, or the database
    wants a code of a fixed form."""
    try:
        with transaction.atomic():
            return rows.update(**{column.name: value})
    except DatabaseError:
        return 0


def plant() -> dict[str, str]:
    """A word of its own in every column of words, and a number of its own in every column of sums,
    of every row of the world, also where nothing stood."""
    planted = {}
    for number, model in enumerate(our_models()):
        label, rows = model._meta.label, model._base_manager.all()
        if not model._meta.managed or model._meta.proxy or label.split(".")[0] in ("audit", "jobs"):
            continue
        for place, column in enumerate(model._meta.concrete_fields):
            name, word = f"{label}.{column.name}", f"Zq{number}x{place}q"
            if is_free(column):
                done = changed(rows, column, word) or changed(
                    rows.exclude(**{column.name: ""}), column, word
                )
            elif is_amount(column) and name not in TOLD_AMOUNTS:
                word = str(8_800_000 + 100 * number + place)
                done = changed(rows, column, column.to_python(word))
            elif isinstance(column, models.JSONField) and name not in READ_JSON:
                done = changed(rows, column, {"said": word})
            else:
                continue
            if done and name not in TOLD:
                planted[word] = name
    return planted


SEPARATORS = re.compile(r"(?<=\d)[\s\u2009\u202f\u00a0,](?=\d{3})")


def test_the_canary_of_every_text_of_ours_is_silent_in_the_client_s_edition(client):
    """Every column of text in the world is filled with a word of its own; figures of ours are
    unmistakable.  None comes through, in no form."""
    world = worlds.build()
    kam, own = world.people["kam"], world.clients["own"]
    lead = world.people["manager"]
    with acting_system("test"):
        planted = plant()
        assert len(planted) > 290, "words and sums stand nearly everywhere"
        assert {
            "accounts.Problem.what", "accounts.Goal.why", "accounts.Meeting.own_notes",
            "accounts.Document.cost", "accounts.Potential.high", "accounts.Agreement.credit_limit",
            "accounts.EffortWeek.rate", "accounts.PlanVersion.content", "accounts.SurveyAnswer.replies",
        } <= set(planted.values())  # fmt: skip
        minutes = MinutesVersion.objects.filter(meeting__client=own)
        assert minutes.exists()
        held = dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC)
        Meeting.objects.filter(client=own).update(kind="client", starts_at=held)
        said_there = {"kind": "decision", "due": None, "person": None}
        minutes.update(content={
            "title": "Review", "starts_at": held.isoformat(), "notes": "", "own_notes": "Zqown",
            "people": [], "results": [
                said_there | {"what": "Told to both", "internal": False},
                said_there | {"what": "Zqdecided", "internal": True},
                said_there | {"what": "Zqproblem", "internal": False, "kind": "problem"},
            ],
        })  # fmt: skip
        # What was said among ourselves makes promises, too.
        secret = Promise.objects.create(
            client=own, what="Zqinternal", side="ours", due=QUARTER.ends, first_due=QUARTER.ends
        )
        meeting = Meeting.objects.filter(client=own).first()
        MeetingResult.objects.create(
            meeting=meeting, kind="ours", what="x", internal=True, promise=secret
        )
        Document.objects.filter(client=own).update(
            cost=Decimal("77713.17"), discount=Decimal("77719.19")
        )
        # Money of ours that no text tells: 8883….
        Need.objects.filter(client=own).update(
            low=88831, high=88832, what="Zqseen", source="seen", state="confirmed"
        )
        Wallet.objects.filter(client=own).update(amount=88833)
        ServiceCost.objects.filter(client=own).update(amount=88834)
        Benefit.objects.filter(client=own).exclude(state="confirmed").update(amount=88835)
        Goal.objects.filter(client=own).update(own_measure="Zqmeasure", measure="")
        Benefit.objects.filter(client=own, state="claimed").update(what="Zqclaimed")
    with acting_as(kam):
        goals = list(reviews.goals_of(own).values_list("pk", flat=True))
        mine, told = reviews.make(own, QUARTER, kam, language="en", goals=goals, notes="Zqnotes")
        reviews.comment(told, "Zqcomment", kam)
        reviews.comment(mine, "Zqcomment", kam)
    inside = json.dumps(mine.content, ensure_ascii=False)
    assert "Zqnotes" in inside, "the edition for ourselves does hold ours"
    assert sum(word in inside for word in planted) >= 2
    client.force_login(User.objects.get(pk=lead.pk))  # what signs sessions was filled, too
    page = client.get(reverse("business_review_detail", args=[told.pk])).content.decode()
    shown = page[page.index("</head>") :]
    # What the page shows of the edition, without our own comments on it and the page's frame.
    start, end = shown.index('aria-label="Figures"'), shown.index('id="comments-title"')
    with acting_as(lead):
        forms = said(BusinessReview.objects.get(pk=told.pk), shown[start:end])
    words = {
        *planted,
        "Zqinternal",
        "Zqown",
        "Zqdecided",
        "Zqproblem",
        "Zqmeasure",
        "Zqclaimed",
        "Zqseen",
        "Zqnotes",
        "Zqcomment",
        "7771",
        "8883",
    }
    texts = {form: text + SEPARATORS.sub("", text) for form, text in forms.items()}
    found = {
        (form, word, planted.get(word, ""))
        for form, text in texts.items() for word in words if word in text
    }  # fmt: skip
    assert found == set()
    assert "Told to both" in forms["json"], "the minutes are those that were looked at"
    assert ALLOWED.keys() >= {Promise, Goal}


def test_a_pdf_of_it_is_the_same_bytes_and_names_nobody_of_us_as_its_author(north):
    _own, told = make(north, language="en")
    for ending, (write, _kind) in FILES.items():
        first = write(told)
        with time_machine.travel("2027-01-02T03:04:05Z", tick=False):
            User.objects.update(name="Somebody else")
            assert write(told) == first, ending
    assert not re.search(rb"Ann\b", write(told))


def test_an_approved_review_is_mailed_to_people_of_the_client_once_to_each(north, client, settings):
    chief = make_contact(north["client"], "Olga Bell", email="olga@client.example")
    gone = make_contact(north["client"], "Gone", email="gone@client.example")
    with acting_system("test"):
        Contact.objects.filter(pk=gone.pk).update(left_on=dt.date(2026, 1, 1))
    _own, told = make(north, language="en", words={"headline": "Two hours less"})
    client.force_login(north["kam"])
    url = reverse("api:business-review-mail", args=[told.pk])
    page = reverse("business_review_mail", args=[told.pk])
    given = {"contacts": [chief.pk]}
    with serving(settings) as server:
        assert client.post(url, given, "application/json").status_code == 400  # not approved
        with acting_as(north["lead"]):
            reviews.decide(told, "approved", north["lead"])
        answer = client.post(url, {"contacts": [gone.pk]}, "application/json")
        assert answer.status_code == 400
        client.post(page, given)
        client.post(page, given)  # she has it already
        with acting_system("test"):
            (job,) = Job.objects.filter(kind=review_mail.JOB)
        for _run in range(2):
            execution.run(job.pk)
    (envelope,) = server.got
    assert envelope.rcpt_tos == ["olga@client.example"]
    parsed = message_from_bytes(envelope.content, policy=policy.default)
    (attached,) = parsed.iter_attachments()
    assert attached.get_filename() == "business-review-2026-03-31.pdf"
    assert attached.get_content() == FILES["pdf"][0](told)
    assert [each["state"] for each in client.get(url).json()] == ["sent"]
    # Returned in the meantime, what still waits does not go out.
    with acting_as(north["kam"]):
        other = make_contact(north["client"], "Max", email="max@client.example")
        (row,) = review_mail.post(told, [other], north["kam"])
    with acting_as(north["lead"]):
        reviews.decide(told, "returned", north["lead"], "A figure is wrong")
    with acting_as(north["kam"]), serving(settings) as server:
        assert review_mail.send(row) == "held"
    assert server.got == []


# --- By themselves ------------------------------------------------------------------------------


def test_ordered_every_quarter_they_are_made_for_each_key_client_of_the_reader(north, client):
    lead, kam = north["lead"], north["kam"]
    with acting_system("test"):
        others = [make_client(name, owner=kam, team=kam.team) for name in ("Also", "Not key")]
        for each, value in (
            (north["client"], "watch"),
            (others[0], "watch"),
            (others[1], "candidate"),
        ):
            Standing.objects.create(client=each, value=value, since=MARCH.date())
    given = {"kind": "reviews", "day": 5, "hour": 7, "audience": "kams", "mailed": True}
    with acting_as(lead):
        with pytest.raises(ValidationError, match="rhythm"):
            schedules.create(given | {"rhythm": "month"}, lead)
        schedule = schedules.create(given | {"rhythm": "quarter"}, lead)
    by_hand = make(north, words={"headline": "Two hours less"}, language="en")[1]
    with time_machine.travel("2026-07-05T09:00:00Z", tick=False), acting_system("test"):
        assert schedules.ask_for_due() == 1
        (job,) = Job.objects.filter(kind=schedules.MAKE)
    assert (job.payload["ends"], job.actor_id) == ("2026-06-30", kam.pk)
    for _run in range(2):  # a job that runs twice makes each once
        report = making.make(
            kam, "reviews", "quarter", QUARTER, schedule_id=schedule.pk, mailed=True
        )
    told = report.content["tables"][0]
    assert [row[0] for row in told["rows"]] == ["Also", "Client"]
    assert told["rows"][1] == ["Client", 1000.0, 1.0, "waits for approval"]
    assert told["links"][1] == reverse("business_review_detail", args=[by_hand.pk])
    with acting_as(kam):
        made = BusinessReview.objects.filter(client=others[0])
        assert {(row.edition, row.number, row.author_id) for row in made} == {
            ("internal", 1, kam.pk), ("client", 1, kam.pk),
        }  # fmt: skip
        assert BusinessReview.objects.filter(client=north["client"]).count() == 2, "those by hand"
        assert not BusinessReview.objects.filter(client=others[1]).exists()
    client.force_login(kam)
    page = client.get(reverse("report_detail", args=[report.pk])).content.decode()
    assert "2 reviews wait" in page
    assert all(write(report) for write, _kind in FILES.values())
    with acting_as(lead):
        reviews.decide(by_hand, "approved", lead)
        own = making.make(lead, "reviews", "quarter", QUARTER)
    assert own.content["tables"][0]["rows"] == [], "of those one answers for"
