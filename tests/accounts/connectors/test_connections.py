"""Runs of connections: loaded by the rules of files, cursors kept with what is loaded."""

import datetime as dt
import json
import logging

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.connectors import Line, Problem
from accounts.importing import ReadOptions
from accounts.models import Client, ClientIdentifier, Connection, Document, ImportBatch, Notice
from accounts.services import connection_schedule, connection_settings, connections
from accounts.services.importing import run
from kam.audit.models import Event
from kam.jobs import execution
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from tests.accounts.services.importing import shared
from tests.factories import make_user

from .conftest import LOCAL
from .servers import SECRET, TOKEN, Fault

pytestmark = pytest.mark.django_db
INN = ("7707083893", "7728168971")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def local(settings, monkeypatch):
    """Systems of this machine may be called, and nobody waits."""
    settings.CONNECTION_NETWORKS = ["127.0.0.0/8"]
    settings.CONNECTION_ALLOW_HTTP = True
    quick = lambda row: Line(  # noqa: E731
        LOCAL, 0, pause=lambda seconds: None, overloaded=connections.bitrix24.overloaded
    )
    monkeypatch.setattr(connections, "line_to", quick)
    with acting_system("test"):
        yield


@pytest.fixture
def administrator():
    return make_user("administrator")


@pytest.fixture
def to_bitrix(bitrix, administrator):
    values = {
        "name": "Портал",
        "webhook": bitrix.webhook,
        "pulls": ["companies", "requisites", "invoices"],
        "vat": "none",
    }
    return connection_settings.create(administrator, "bitrix24", values)


@pytest.fixture
def to_amo(amo, administrator):
    values = {
        "name": "Продажи",
        "address": amo.address,
        "token": TOKEN,
        "pulls": ["companies", "leads"],
        "vat": "none",
    }
    return connection_settings.create(administrator, "amocrm", values)


def pull(row, **how):
    return connections.pull(Connection.objects.get(pk=row.pk), **how)


def facts():
    """Everything that was loaded, but for ids and moments."""
    clients = set(Client.objects.values_list("name", "legal_name", "inn", "kpp"))
    documents = set(
        Document.objects.filter(known_to=None).values_list(
            "type", "number", "date", "net", "client__name", "version"
        )
    )
    return clients, documents


def test_bitrix24_is_loaded_and_then_only_what_changed(bitrix, to_bitrix):
    bitrix.add(1, "Альфа", INN[0], "770701001")
    bitrix.add(2, "Бета", INN[1])
    bitrix.bill(11, 1, 100.5)
    bitrix.bill(12, 2, 2000, stage="DT31_1:P")
    bitrix.bill(13, 2, 7, stage="DT31_1:D")
    bitrix.now += HOUR
    told = pull(to_bitrix)
    assert (told["companies"].read, told["companies"].changed) == (2, 2)
    assert set(Client.objects.values_list("name", "inn")) == {("Альфа", INN[0]), ("Бета", INN[1])}
    assert set(Document.objects.values_list("type", "number")) == {
        ("payment_request", "INV-11"),
        ("payment_request", "INV-12"),
    }
    assert ImportBatch.objects.filter(connection=to_bitrix).count() == 2
    assert all(batch.history for batch in ImportBatch.objects.all())
    bitrix.now += HOUR
    asked = len(bitrix.asked)
    told = pull(to_bitrix)
    assert {name: tally.read for name, tally in told.items()} == {
        "companies": 0,
        "requisites": 0,
        "invoices": 0,
    }
    assert len(bitrix.asked) == asked + 3
    bitrix.add(2, "Бета-плюс")
    bitrix.bill(14, 1, 5)
    told = pull(to_bitrix)
    assert (told["companies"].read, told["invoices"].read) == (1, 1)
    assert Client.objects.filter(name="Бета-плюс", inn=INN[1]).exists()
    assert Client.objects.count() == 2
    assert not ImportBatch.objects.first().history


def test_a_company_known_from_elsewhere_by_its_inn_is_not_made_again(bitrix, to_bitrix):
    known = Client.objects.create(name="ООО Альфа", inn=INN[0])
    bitrix.add(1, "Альфа", INN[0])
    pull(to_bitrix)
    assert Client.objects.count() == 1
    found = ClientIdentifier.objects.get(source="bitrix24", external_id="1")
    assert found.client == known


def test_changed_requisites_reach_their_client(bitrix, to_bitrix):
    bitrix.add(1, "Альфа")
    bitrix.now += HOUR
    pull(to_bitrix)
    bitrix.now += HOUR
    name = bitrix.companies[1]["DATE_MODIFY"]
    bitrix.add(1, "Альфа", INN[0])
    bitrix.companies[1]["DATE_MODIFY"] = name
    pull(to_bitrix)
    assert Client.objects.get().inn == INN[0]


def test_amocrm_is_loaded_and_then_only_what_changed(amo, to_amo):
    amo.add(1, "Альфа", INN[0])
    amo.add(2, "Бета")
    amo.deal(21, 1, 1000)
    amo.deal(22, 2, 2000, status=143)
    amo.deal(23, 2, 3000, status=5001)
    amo.deal(24, 0, 4000)
    amo.leads[24]["_embedded"] = {"companies": []}
    amo.now += HOUR
    told = pull(to_amo)
    assert told["leads"].as_json() | {"findings": []} == {
        "read": 4, "changed": 1, "unchanged": 0, "refused": 0, "quarantined": 1, "skipped": 2,
        "gone": 0, "findings": [],
    }  # fmt: skip
    assert list(Document.objects.values_list("type", "number", "net")) == [("order", "21", 1000)]
    assert Client.objects.filter(name="Альфа", inn=INN[0]).exists()
    assert {name: tally.read for name, tally in pull(to_amo).items()} == {
        "companies": 0,
        "leads": 0,
    }
    amo.deal(23, 2, 3100)
    told = pull(to_amo)
    assert told["leads"].read == 1
    assert Document.objects.filter(known_to=None).count() == 2


def test_what_came_before_the_line_broke_is_kept_and_the_next_run_goes_on(
    bitrix, to_bitrix, monkeypatch
):
    for number in range(1, 131):
        bitrix.add(number, f"Фирма {number}")
    bitrix.now += HOUR
    bitrix.faults = [None, None, *[Fault(cut=True)] * 5]
    with pytest.raises(Problem, match="cut"):
        pull(to_bitrix)
    assert Client.objects.count() == 50
    to_bitrix.refresh_from_db()
    assert to_bitrix.error["code"] == "cut"
    assert to_bitrix.report["companies"]["read"] == 50
    told = pull(to_bitrix)
    assert told["companies"].read == 80
    assert Client.objects.count() == 130
    to_bitrix.refresh_from_db()
    assert to_bitrix.error is None


def test_a_run_killed_between_pages_repeats_without_doubling(bitrix, to_bitrix, monkeypatch):
    """Nothing is lost, nothing comes twice, and all parts of the first pull are history."""
    monkeypatch.setattr(connections, "AT_ONCE", 50)
    for number in range(1, 131):
        bitrix.add(number, f"Фирма {number}")
        bitrix.bill(number, number, number)
    bitrix.now += HOUR

    class Killed(BaseException):
        pass

    def until(limit):
        def progress(done, total, note):
            if done >= limit:
                raise Killed

        return progress

    def killed(*args, **how):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(connections._Run, "keep", killed)
        with pytest.raises(Killed):
            pull(to_bitrix)
    assert not Client.objects.exists(), "what was loaded goes with the cursor that was not kept"
    for loaded in (50, 100):
        with pytest.raises(Killed):
            pull(to_bitrix, progress=until(50))
        assert Client.objects.count() == loaded
    pull(to_bitrix)
    assert Client.objects.count() == 130
    assert Document.objects.count() == 130
    documents = ImportBatch.objects.filter(kind="documents")
    assert documents.count() == 3
    assert all(batch.history for batch in documents)


def test_everything_again_changes_nothing_that_is_the_same(bitrix, to_bitrix):
    bitrix.add(1, "Альфа", INN[0])
    bitrix.bill(11, 1, 100)
    bitrix.now += HOUR
    pull(to_bitrix)
    before = facts()
    told = pull(to_bitrix, whole=True)
    assert (told["companies"].read, told["companies"].changed) == (1, 0)
    assert (told["invoices"].read, told["invoices"].changed) == (1, 0)
    assert facts() == before
    assert Connection.objects.get().whole_at is not None
    assert not ImportBatch.objects.first().history


def test_a_refused_element_is_told_and_does_not_stop_the_others(bitrix, to_bitrix):
    bitrix.add(1, "Альфа", "7707083890")  # the control digit is wrong
    bitrix.add(2, "Бета", INN[1])
    bitrix.bill(11, 2, 100)
    bitrix.invoices[11]["begindate"] = "31.02.2026"
    told = pull(to_bitrix)
    assert told["invoices"].refused == 1
    assert [each["row"] for each in told["invoices"].findings if each["row"]] == [11]
    assert Client.objects.filter(inn=INN[1]).exists()
    assert Connection.objects.get().cursors["invoices"]["since"]


def test_two_runs_at_once_are_prevented(to_bitrix, administrator):
    connections.request_run(to_bitrix, administrator)
    with pytest.raises(connections.Busy):
        connections.request_run(to_bitrix, administrator)
    connection_settings.switch(to_bitrix, False)
    with pytest.raises(connections.Disabled):
        connections.request_run(to_bitrix, administrator)


def test_the_job_tells_administrators_in_words(bitrix, to_bitrix, administrator):
    bitrix.faults = [Fault(401, {"error": "INVALID_CREDENTIALS"})]
    connections.request_run(to_bitrix, None)
    job = Job.unscoped.get()
    execution.run(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "ключ" in job.error
    notice = Notice.objects.get(person=administrator)
    assert notice.facts["name"] == "Портал"
    assert not connections.Connection.objects.get().is_busy


def test_what_passes_is_tried_again_by_the_job(bitrix, to_bitrix):
    bitrix.add(1, "Альфа")
    bitrix.faults = [Fault(503)] * 5
    connections.request_run(to_bitrix, None)
    job = Job.unscoped.get()
    execution.run(job.pk)
    job.refresh_from_db()
    assert job.status == "waiting"
    assert not Notice.objects.exists()
    execution.run(job.pk)
    job.refresh_from_db()
    assert job.status == "done"
    assert job.result == {"connection": "Портал", "read": 1, "changed": 1}


def test_a_person_stops_a_run_and_the_next_one_goes_on(
    bitrix, to_bitrix, administrator, monkeypatch
):
    for number in range(1, 61):
        bitrix.add(number, f"Фирма {number}")
    bitrix.now += HOUR
    connections.request_run(to_bitrix, administrator)
    job = Job.unscoped.get()
    add = connections._Stream.add

    def stopped(stream, page):
        add(stream, page)
        Job.unscoped.update(cancel_requested=True)

    with monkeypatch.context() as patch:
        patch.setattr(connections._Stream, "add", stopped)
        execution.run(job.pk)
    job.refresh_from_db()
    to_bitrix.refresh_from_db()
    assert (job.status, to_bitrix.error) == ("cancelled", None)
    connections.request_run(to_bitrix, administrator)
    execution.run(Job.unscoped.latest("pk").pk)
    assert Client.objects.count() == 60


def test_a_test_of_the_connection_says_what_it_found(bitrix, to_bitrix, amo, to_amo, administrator):
    bitrix.add(1, "Альфа")
    assert connections.try_out(to_bitrix)["companies"] == 1
    assert connections.try_out(to_amo)["name"] == "Северный ветер"
    bitrix.faults = [Fault(403)]
    connections.request_trial(to_bitrix, administrator)
    execution.run(Job.unscoped.get().pk)
    assert Connection.objects.get(pk=to_bitrix.pk).found["error"]["code"] == "refused.rights"


def test_a_renewed_key_is_kept_at_once(amo, to_amo):
    renewable = {
        "client_id": "id-1", "client_secret": "cs-1", "redirect_uri": "https://kam.example/",
        "refresh_token": "refresh-1",
    }  # fmt: skip
    connection_settings.change(to_amo, renewable, None)
    amo.faults = [None, Fault(400, {"detail": "broken"})]
    with pytest.raises(Problem, match="said"):
        pull(to_amo)
    kept = Connection.objects.get().credentials()
    assert (kept["refresh_token"], kept["token"]) == ("refresh-2", "token-2")
    assert kept["client_secret"] == "cs-1"


def test_secrets_are_sealed_and_told_nowhere(bitrix, to_bitrix, administrator, caplog, settings):
    caplog.set_level(logging.INFO)
    bitrix.faults = [Fault(400, {"error": "X", "error_description": f"at {bitrix.webhook}"})]
    connections.request_run(to_bitrix, administrator)
    execution.run(Job.unscoped.get().pk)
    connection_settings.change(to_bitrix, {"webhook": bitrix.webhook, "name": "Иначе"}, None)
    row = Connection.objects.get()
    told = [caplog.text, row.secret, json.dumps([row.error, row.report, row.found])]
    told += [json.dumps(event.details) for event in Event.unscoped.all()]
    told += [json.dumps([job.payload, job.result, job.error]) for job in Job.unscoped.all()]
    told += [json.dumps(notice.facts) for notice in Notice.objects.all()]
    assert not any(SECRET in text for text in told)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    assert Connection.objects.get().credentials()["webhook"].endswith(SECRET)
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Problem, match=r"secret\.lost"):
        pull(to_bitrix)


def test_keys_are_sealed_anew_when_the_key_of_the_installation_changes(to_bitrix, settings):
    before = to_bitrix.credentials()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 5
    assert connection_settings.reseal() == 1
    settings.SECRET_KEY_FALLBACKS = []
    assert Connection.objects.get(pk=to_bitrix.pk).credentials() == before
    settings.SECRET_KEY = "and one that knows nothing" * 3
    assert connection_settings.reseal() == 0, "what nothing opens is left as it is"


def test_a_key_is_not_sent_to_another_address(to_amo):
    with pytest.raises(ValidationError) as refused:
        connection_settings.change(to_amo, {"address": "http://127.0.0.9"}, None)
    assert list(refused.value.error_dict) == ["token"]
    assert Connection.objects.get().address == to_amo.address


def test_the_schedule(to_bitrix, settings):
    now = timezone.now()
    row = Connection.objects.get()
    assert row.every == Connection.Every.THREE_HOURS
    assert connection_schedule.is_due(row, now)
    row.started_at = now - 2 * HOUR
    assert not connection_schedule.is_due(row, now)
    row.started_at = now - 3 * HOUR + dt.timedelta(minutes=4)
    assert connection_schedule.is_due(row, now)
    row.every = Connection.Every.NIGHT
    night = connection_schedule.last_night(now)
    row.started_at = night + dt.timedelta(minutes=1)
    assert not connection_schedule.is_due(row, now)
    assert connection_schedule.is_due(row, night + 24 * HOUR)
    row.whole_at_night, row.whole_at = True, night - HOUR
    assert connection_schedule.wants_whole(row, now)
    row.whole_at = night + HOUR
    assert not connection_schedule.wants_whole(row, night + 2 * HOUR)
    assert connection_schedule.request_due() == 1
    assert connection_schedule.request_due() == 0


class TestTheSamples:
    """The same figures as from files of the same pages."""

    @staticmethod
    def _items(name, *path):
        found = json.loads(shared("samples", name).read_text(encoding="utf-8"))
        for step in path:
            found = found[step]
        return found

    def _files(self, source, *files):
        for name, kind in files:
            run(
                shared("samples", name),
                kind,
                source=source,
                options=ReadOptions(vat="none" if kind == "documents" else None),
            )
        found = facts()
        Document.objects.all().delete()
        ClientIdentifier.objects.all().delete()
        Client.objects.all().delete()
        ImportBatch.objects.all().delete()
        return found

    def test_of_bitrix24(self, bitrix, to_bitrix):
        expected = self._files(
            "bitrix24",
            ("bitrix24_company_list_page1.json", "clients"),
            ("bitrix24_company_list_page2.json", "clients"),
            ("bitrix24_requisites.json", "clients"),
            ("bitrix24_invoices_item_list_31.json", "documents"),
        )
        for name in ("bitrix24_company_list_page1.json", "bitrix24_company_list_page2.json"):
            for item in self._items(name, "result"):
                bitrix.companies[int(item["ID"])] = item
        for item in self._items("bitrix24_requisites.json", "result"):
            bitrix.requisites[int(item["ID"])] = item | {"DATE_MODIFY": bitrix.now.isoformat()}
        for item in self._items("bitrix24_invoices_item_list_31.json", "result", "items"):
            bitrix.invoices[item["id"]] = item | {"updatedTime": bitrix.now.isoformat()}
        pull(to_bitrix)
        clients, documents = facts()
        assert len(clients) == 60
        assert (clients, documents) == expected

    def test_of_amocrm(self, amo, to_amo):
        expected = self._files(
            "amocrm",
            ("amocrm_v4_companies_page1.json", "clients"),
            ("amocrm_v4_companies_page2.json", "clients"),
            ("amocrm_v4_leads.json", "documents"),
        )
        for name in ("amocrm_v4_companies_page1.json", "amocrm_v4_companies_page2.json"):
            for item in self._items(name, "_embedded", "companies"):
                amo.companies[item["id"]] = item
        for item in self._items("amocrm_v4_leads.json", "_embedded", "leads"):
            amo.leads[item["id"]] = item | {"updated_at": amo.seconds}
        pull(to_amo)
        assert facts() == expected
        assert sum(net for _type, _number, _date, net, *_ in facts()[1]) == 21988182
