"""Agreements: writing, how they stand, rebates into measures, reminders, files."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.measures.compute import compute
from accounts.models import (
    Agreement,
    AgreementFile,
    Commitment,
    Notice,
    RebateAccrual,
    RebateStep,
    Team,
)
from accounts.services import agreements, notices, rebates
from accounts.services.agreement_state import profit_of, states_of
from kam.audit.models import Event
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_user

YEAR = dt.date(2026, 1, 1)
DAY = dt.date(2026, 7, 1)


def write(client, **fields):
    values = {"number": "A-1", "starts": YEAR, "ends": dt.date(2026, 12, 31)} | fields
    return Agreement.objects.create(client=client, **values)


def scale(agreement, *steps):
    for volume, percent in steps:
        RebateStep.objects.create(agreement=agreement, volume=volume, percent=percent)


@pytest.mark.django_db
def test_rebates_are_earned_by_complete_months_and_reduce_profit_as_known():
    client, other = make_client(), make_client()
    make_document(client, "2026-02-10", 1000, cost=400)
    make_document(client, "2026-04-10", 1000, cost=400)
    make_document(client, "2026-06-30", 500, cost=100)
    make_document(client, "2026-07-01", 9000, cost=100)  # July is not over
    with acting_system("test"):
        agreement = write(client, rebate_period="year")
        scale(agreement, (1500, 10), (5000, 20))
        assert rebates.accrue(DAY) == 2
        rows = list(RebateAccrual.objects.order_by("date").values_list("date", "amount"))
        assert rows == [(dt.date(2026, 4, 30), D(200)), (dt.date(2026, 6, 30), D(50))]
        assert rebates.accrue(DAY) == 0  # nothing new
        keys = ["profit", "rebates", "profit_after_rebates"]
        before = compute(keys, dt.date(2026, 6, 30)).values
        assert before["rebates"].tolist() == [0, 0]  # it was not known then
        RebateAccrual.objects.update(known_from=dt.datetime(2026, 7, 1, 1, tzinfo=dt.UTC))
        now = compute(keys, DAY)
        at = now.ids.tolist().index(client.pk)
        assert now.values["rebates"][at] == 250
        assert now.values["profit_after_rebates"][at] == now.values["profit"][at] - 250
        told = profit_of([client.pk], DAY)
        assert (told.rebates, told.after) == (250, D(str(now.values["profit_after_rebates"][at])))
        assert profit_of([other.pk], DAY) is None
        assert now.values["rebates"][now.ids.tolist().index(other.pk)] == 0
        RebateStep.objects.filter(agreement=agreement).update(percent=5)
        assert rebates.accrue(DAY) == 4  # two closed, two written
        assert RebateAccrual.objects.filter(known_to__isnull=False).count() == 2


@pytest.mark.django_db
def test_committed_against_taken_with_the_path():
    client = make_client()
    make_document(client, "2026-03-10", 300)
    with acting_system("test"):
        agreement = write(client, ends=dt.date(2026, 8, 15))
        Commitment.objects.create(
            agreement=agreement, starts=YEAR, ends=dt.date(2026, 8, 15), amount=1000
        )
        (state,) = states_of([client.pk], DAY)
        assert (state.phase, state.days_left) == ("ending", 45)
        (progress,) = state.commitments
        assert progress.taken == 300
        assert progress.expected == round(D(1000) * 182 / 227, 2)
        assert progress.state == "behind"
        assert progress.forecast == round(300 / (D(182) / 227), 2)


@pytest.mark.django_db
def test_reminders_come_once_a_step_and_stop_with_the_renewal():
    kam, answers = make_user(role="kam"), make_user(role="manager")
    client = make_client(owner=kam)
    with acting_system("test"):
        agreement = write(client, owner=answers, ends=DAY + dt.timedelta(days=75))
        assert agreements.remind(DAY) == 2
        assert agreements.remind(DAY) == 0
        assert agreements.remind(DAY + dt.timedelta(days=20)) == 2  # 60 days
        assert agreements.remind(DAY + dt.timedelta(days=22)) == 0
        write(client, number="A-2", starts=DAY + dt.timedelta(days=76), ends=None,
              previous=agreement)  # fmt: skip
        assert agreements.remind(DAY + dt.timedelta(days=50)) == 0
    with acting_as(kam):
        told = notices.unseen_of(kam)
        assert len(told) == 2
        assert "A-1" in told[0].text
        assert told[0].url == reverse("client_agreements", args=[client.pk])
        notices.see(told[0].row)
        assert len(notices.unseen_of(kam)) == 1
    with acting_system("test"):  # of a client that one no longer sees nothing is told
        type(client).objects.filter(pk=client.pk).update(owner=None)
    with acting_as(kam):
        assert notices.unseen_of(kam) == []


@pytest.mark.django_db
def test_where_nobody_answers_the_manager_of_the_team_is_told():
    team = Team.objects.create(name="North")
    manager = make_user(role="manager", team=team)
    make_user(role="manager")  # leads another
    with acting_system("test"):
        write(make_client(team=team), ends=DAY + dt.timedelta(days=10))
        assert agreements.remind(DAY) == 1
        assert Notice.objects.get().person == manager


@pytest.mark.django_db
def test_a_renewal_is_as_long_again():
    client = make_client()
    with acting_system("test"):
        agreement = write(client, starts=dt.date(2024, 3, 1), ends=dt.date(2025, 2, 28))
        Commitment.objects.create(
            agreement=agreement, starts=dt.date(2024, 6, 1), ends=dt.date(2024, 8, 31), amount=5
        )
        values, parts = agreements.renewal_of(agreement)
    assert (values["starts"], values["ends"]) == (dt.date(2025, 3, 1), dt.date(2026, 2, 28))
    (row,) = parts["commitments"]
    assert (row["starts"], row["ends"]) == (dt.date(2025, 6, 1), dt.date(2025, 8, 31))


def posted(**fields):
    empty = {
        f"{name}-{key}": value
        for name in ("commitments", "rebate_steps", "prices")
        for key, value in (("TOTAL_FORMS", 1), ("INITIAL_FORMS", 0))
    }
    return empty | {"number": "A-7", "starts": "2026-01-01", "rebate_on": "all"} | fields


def test_an_agreement_by_the_page_with_a_file_and_a_conflict(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kam = make_user(role="kam")
    row = make_client(owner=kam)
    client.force_login(kam)
    address = reverse("agreement_create", args=[row.pk])
    wrong = posted(**{"rebate_steps-0-volume": "100", "rebate_steps-0-percent": "2"})
    assert client.post(address, wrong).status_code == 422  # for which period?
    fine = wrong | {
        "rebate_period": "year", "ends": "2026-12-31", "commitments-0-starts": "2026-01-01",
        "commitments-0-ends": "2026-12-31", "commitments-0-amount": "1000",
    }  # fmt: skip
    answer = client.post(address, fine)
    assert answer.status_code == 302
    with acting_system("test"):
        agreement = Agreement.objects.get()
        assert agreement.commitments.get().amount == 1000
        assert agreement.rebate_steps.get().percent == 2
    assert client.post(address, fine).status_code == 422  # once is enough
    edit = reverse("agreement_edit", args=[agreement.pk])
    assert client.post(edit, fine | {"version": 1, "note": "x"}).status_code == 302
    stale = client.post(edit, fine | {"version": 1, "note": "y"})
    assert stale.status_code == 409
    assert client.get(reverse("agreement_renewal", args=[agreement.pk])).status_code == 200
    upload = SimpleUploadedFile("../../evil.html", b"<script>alert(1)</script>")
    client.post(reverse("agreement_file_create", args=[agreement.pk]), {"file": upload})
    with acting_system("test"):
        file = AgreementFile.objects.get()
    assert file.name == "evil.html"
    assert "evil" not in file.file.name
    taken = client.get(reverse("agreement_file", args=[file.pk]))
    assert taken["Content-Type"] == "application/octet-stream"
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"".join(taken.streaming_content) == b"<script>alert(1)</script>"
    with acting_system("test"):
        assert Event.objects.filter(action="agreement.download", client_ref=row.pk).exists()
    assert client.get(reverse("client_agreements", args=[row.pk])).status_code == 200


def test_agreements_over_rest(client, db):
    kam = make_user(role="kam")
    row = make_client(owner=kam)
    client.force_login(kam)
    kind = {"content_type": "application/json"}
    given = {
        "client": row.pk, "number": "R-1", "starts": "2026-01-01", "rebate_period": "year",
        "rebate_steps": [{"volume": "100", "percent": "2"}],
    }  # fmt: skip
    made = client.post("/api/v1/agreements/", given, **kind)
    assert made.status_code == 201, made.content
    address = f"/api/v1/agreements/{made.json()['id']}/"
    changed = client.patch(address, {"version": 1, "payment_days": 30}, **kind)
    assert changed.json()["payment_days"] == 30
    assert len(changed.json()["rebate_steps"]) == 1
    assert client.patch(address, {"version": 1, "note": "x"}, **kind).status_code == 409
    bad = [{"volume": "5", "percent": "9"}, {"volume": "9", "percent": "1"}]
    assert client.patch(address, {"version": 2, "rebate_steps": bad}, **kind).status_code == 400
    assert client.post("/api/v1/agreements/", given, **kind).status_code == 400
    (listed,) = client.get("/api/v1/agreements/?holds=1").json()["results"]
    assert listed["number"] == "R-1"
    (state,) = client.get(f"/api/v1/clients/{row.pk}/agreements/").json()
    assert state["phase"] == "holds"
    with acting_system("test"):
        notice = Notice.objects.create(
            person=kam, kind="agreement_ends", key="k", client=row,
            facts={"number": "R-1", "ends": today().isoformat()},
        )  # fmt: skip
    assert "R-1" in client.get("/api/v1/notices/").json()[0]["text"]
    assert client.post(f"/api/v1/notices/{notice.pk}/seen/").status_code == 204
    assert client.get("/api/v1/notices/").json() == []
