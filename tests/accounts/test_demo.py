"""The invented distributor: deterministic, consistent to the cent, and believable."""

import datetime as dt

import numpy as np
import pytest
from django.db import connection

from accounts.importing.identifiers import check_inn
from accounts.models import (
    Allocation,
    Client,
    Contact,
    Document,
    Interaction,
    Line,
    Membership,
    Payment,
    User,
)
from accounts.services.allocation import allocate
from accounts.services.demo import binary, names, shapes
from accounts.services.demo.blocks import Maker, trade_of
from accounts.services.demo.load import ClientsExist, load
from accounts.services.demo.words import en, ru
from kam.lib.scoping import acting_system

AS_OF = dt.date(2026, 3, 17)
SIZE = shapes.Size(clients=150, months=20, seed=11, as_of=AS_OF)

# Everything that a workspace says, without primary keys and moments of loading.
SAYINGS = (
    "SELECT kind, name, legal_name, inn, kpp, segment, region, city, employees, turnover, lifecycle"
    " FROM accounts_client",
    "SELECT c.name, p.name, p.position, p.email, p.phone, p.role, p.left_on"
    " FROM accounts_contact p JOIN accounts_client c ON c.id = p.client_id",
    "SELECT c.name, i.date, i.kind, i.subject, i.text, i.satisfaction, i.known_from, u.email"
    " FROM accounts_interaction i JOIN accounts_client c ON c.id = i.client_id"
    " JOIN accounts_user u ON u.id = i.author_id",
    "SELECT c.name, d.type, d.number, d.date, d.due, d.promised, d.shipped, d.net, d.vat, d.gross,"
    " d.discount, d.cost, d.costed_net, d.version, d.known_from, d.known_to, d.manager, d.agreement"
    " FROM accounts_document d JOIN accounts_client c ON c.id = d.client_id",
    "SELECT d.type, d.number, d.date, d.version, l.position, p.code, l.quantity, l.net, l.cost"
    " FROM accounts_line l JOIN accounts_document d ON d.id = l.document_id"
    " JOIN accounts_product p ON p.id = l.product_id",
    "SELECT c.name, p.key, p.date, p.amount, p.document_number"
    " FROM accounts_payment p JOIN accounts_client c ON c.id = p.client_id",
    "SELECT c.name, g.name, m.since, m.until, m.known_from FROM accounts_membership m"
    " JOIN accounts_client c ON c.id = m.member_id JOIN accounts_client g ON g.id = m.group_id",
)


@pytest.fixture
def system(db):
    with acting_system("test"):
        yield


@pytest.fixture
def loaded(system):
    return load(ru.WORDS, SIZE)


def checksum() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for saying in SAYINGS:
            cursor.execute(
                f"SELECT md5(string_agg(row, '|' ORDER BY row COLLATE \"C\"))"
                f" FROM (SELECT s::text AS row FROM ({saying}) s) r"
            )
            found.append(cursor.fetchone()[0])
    return found


def rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_line, accounts_allocation, accounts_client CASCADE")


class TestSameAgain:
    def test_same_seed_says_the_same_and_another_seed_does_not(self, loaded):
        first = checksum()
        empty()
        load(ru.WORDS, SIZE)
        assert checksum() == first
        empty()
        load(ru.WORDS, shapes.Size(**{**vars(SIZE), "seed": 12}))
        assert all(a != b for a, b in zip(checksum(), first, strict=True))

    def test_refused_where_there_are_clients(self, loaded):
        before = checksum()
        with pytest.raises(ClientsExist):
            load(ru.WORDS, SIZE)
        assert checksum() == before


class TestSizes:
    def test_rows_are_counted_and_clients_are_as_many_as_asked(self, loaded):
        clients = Client.objects.exclude(kind="group")
        assert clients.count() == SIZE.clients
        groups = Client.objects.filter(kind="group").count()
        assert loaded.rows["accounts_client"] == SIZE.clients + groups
        assert loaded.rows["accounts_line"] == Line.objects.count()
        assert loaded.rows["accounts_document"] == Document.objects.count()

    def test_history_has_the_months_asked_for_and_ends_at_the_date(self, loaded):
        days = Document.objects.values_list("date", flat=True)
        assert min(days) >= dt.date(2024, 8, 1)
        assert min(days) < dt.date(2024, 9, 10)
        assert dt.date(2026, 3, 1) < max(days) <= AS_OF
        assert max(Payment.objects.values_list("date", flat=True)) <= AS_OF
        assert max(Interaction.objects.values_list("date", flat=True)) <= AS_OF

    def test_several_blocks_share_no_number_and_lines_are_thinned(self, system, monkeypatch):
        monkeypatch.setattr(shapes, "BLOCK_LIMITS", (100, 100))
        load(ru.WORDS, shapes.Size(clients=450, months=12, seed=3, as_of=AS_OF, lines=6_000))
        assert Client.objects.exclude(kind="group").count() == 450
        assert 5_000 < Line.objects.count() < 7_200
        names = Client.objects.exclude(kind__in=["person", "sole_trader"]).values_list("name")
        assert names.distinct().count() == names.count()
        inn = Client.objects.exclude(inn="").values_list("inn")
        assert inn.distinct().count() == inn.count()

    @pytest.mark.parametrize(("clients", "months"), [(1, 1), (5, 2), (13, 60)])
    def test_odd_sizes(self, system, clients, months):
        load(en.WORDS, shapes.Size(clients, months, seed=1, as_of=AS_OF))
        assert Client.objects.exclude(kind="group").count() == clients


class TestMoney:
    def test_headers_are_the_sums_of_their_lines(self, loaded):
        wrong = rows(
            """
            SELECT d.number FROM accounts_document d JOIN (
                SELECT document_id, sum(net) AS net, sum(vat) AS vat, sum(gross) AS gross,
                       sum(quantity * unit_price - net) AS discount,
                       coalesce(sum(cost), 0) AS cost,
                       coalesce(sum(net) FILTER (WHERE cost IS NOT NULL), 0) AS costed_net
                FROM accounts_line GROUP BY 1
            ) l ON l.document_id = d.id
            WHERE (d.net, d.vat, d.gross, d.discount, d.cost, d.costed_net)
               IS DISTINCT FROM (l.net, l.vat, l.gross, l.discount, l.cost, l.costed_net)
            """
        )
        assert wrong == []
        without = Document.objects.filter(lines__isnull=True)
        assert set(without.values_list("type", flat=True)) == {"payment_request"}

    def test_lines_are_rounded_half_up_to_cents(self, loaded):
        wrong = rows(
            """
            SELECT id FROM accounts_line
            WHERE net <> round(quantity * unit_price * (1 - discount), 2)
               OR vat <> round(net * 0.2, 2) OR gross <> net + vat
            """
        )
        assert wrong == []

    def test_signs_and_vat_of_headers(self, loaded):
        assert rows("SELECT 1 FROM accounts_document WHERE gross <> net + vat") == []
        assert not Document.objects.exclude(type="credit_note").filter(net__lte=0).exists()
        assert not Document.objects.filter(type="credit_note", net__gte=0).exists()

    def test_nobody_pays_more_than_owed(self, loaded):
        allocate(history=True)
        invoices = Document.objects.filter(type="invoice", known_to__isnull=True)
        paid = [(row.paid, row.gross) for row in invoices]
        assert all(0 <= part <= whole for part, whole in paid)
        assert 0.8 < sum(part for part, _ in paid) / sum(whole for _, whole in paid) < 1
        assert Allocation.objects.filter(rule="exact").exists()
        assert Allocation.objects.filter(rule="oldest").exists()

    def test_a_fifth_brings_most_of_the_revenue(self, loaded):
        revenue = sorted(
            (row[1] for row in rows(
                "SELECT client_id, sum(net) FROM accounts_document WHERE known_to IS NULL"
                " AND type IN ('invoice', 'credit_note') GROUP BY 1")),
            reverse=True,
        )  # fmt: skip
        share = sum(revenue[: SIZE.clients // 5]) / sum(revenue)
        assert 0.6 < share < 0.9

    def test_cost_is_known_for_most_but_not_all(self, loaded):
        known, total = rows("SELECT count(cost), count(*) FROM accounts_line")[0]
        assert 0.8 < known / total < 1


class TestStories:
    def test_every_kind_lifecycle_and_type(self, loaded):
        def found(model, column):
            return set(model.objects.values_list(column, flat=True))

        assert found(Client, "kind") == set(Client.Kind.values)
        assert found(Client, "lifecycle") == set(Client.Lifecycle.values)
        assert found(Document, "type") == set(Document.Type.values)
        assert found(Interaction, "kind") == set(Interaction.Kind.values)

    def test_prospects_have_bought_nothing_and_all_others_something(self, loaded):
        buyers = set(Document.objects.filter(type="invoice").values_list("client_id", flat=True))
        clients = Client.objects.exclude(kind="group")
        assert {row.pk for row in clients if row.lifecycle != "prospect"} == buyers

    def test_lost_clients_stopped_before_the_dormant_ones(self, loaded):
        last = dict(rows("SELECT client_id, max(date) FROM accounts_document"
                         " WHERE type = 'invoice' GROUP BY 1"))  # fmt: skip

        def median(lifecycle):
            days = [last[row.pk].toordinal() for row in Client.objects.filter(lifecycle=lifecycle)
                    if row.pk in last]  # fmt: skip
            return np.median(days)

        assert median("lost") < median("dormant") < median("active")

    def test_changed_documents_and_late_postings(self, loaded):
        old = Document.objects.filter(known_to__isnull=False)
        assert old.exists()
        for document in old:
            now = Document.objects.get(
                type=document.type, number=document.number, date=document.date, version=2
            )
            assert now.known_from == document.known_to
            assert now.net != document.net
        # Moscow is three hours ahead: what is known on its day is known from 21:00 the day before.
        late = rows("SELECT count(*) FROM accounts_document WHERE version = 1 AND known_from >"
                    " (date + 1)::timestamp AT TIME ZONE 'Europe/Moscow'")  # fmt: skip
        assert late[0][0] > 0

    def test_orders_late_short_and_open(self, loaded):
        orders = rows("SELECT promised, shipped FROM accounts_document WHERE type = 'order'")
        assert any(shipped is None for _, shipped in orders)
        late = [shipped > promised for promised, shipped in orders if shipped]
        assert 0.02 < sum(late) / len(late) < 0.3
        assert Line.objects.filter(shipped_quantity__isnull=False).exists()
        short = rows("SELECT count(*) FROM accounts_line WHERE shipped_quantity < quantity")
        assert short[0][0] > 0

    def test_groups_have_members_by_date(self, loaded):
        since_later, left = False, False
        for group in Client.objects.filter(kind="group"):
            members = Membership.objects.filter(group=group)
            assert members.count() >= 2
            present = {row.member_id for row in members if row.until is None}
            assert present == set(group.members.values_list("pk", flat=True))
            since_later |= any(row.since > dt.date(2024, 9, 1) for row in members)
            left |= any(row.until for row in members)
        assert since_later
        assert left

    def test_people_in_every_role_and_function(self, loaded):
        assert {person.role for person in loaded.people} == set(User.Role.values)
        assert {p.function for p in loaded.people if p.function} == set(User.Function.values)
        owners = set(Client.objects.values_list("owner__role", flat=True))
        assert owners == {"kam", None}
        assert not rows("SELECT 1 FROM accounts_client c JOIN accounts_user u ON u.id = c.owner_id"
                        " WHERE u.team_id <> c.team_id")  # fmt: skip


class TestWords:
    def test_inn_has_right_check_digits_and_an_unassigned_office(self, loaded):
        numbers = Client.objects.exclude(inn="").values_list("inn", "kind")
        assert len(numbers) > 100
        for inn, kind in numbers:
            assert check_inn(inn).value == inn
            assert inn.startswith("96")
            assert len(inn) == (12 if kind == "sole_trader" else 10)
        # By hand: 9×2 + 6×4 + 1×8 = 50, 50 mod 11 = 6.
        assert names.invented_inn(np.array([1]), 10)[0] == b"9600000016"

    @pytest.mark.parametrize(("words", "cyrillic"), [(ru.WORDS, True), (en.WORDS, False)])
    def test_texts_are_whole_and_in_their_language(self, system, words, cyrillic):
        load(words, shapes.Size(clients=60, months=12, seed=5, as_of=AS_OF))
        texts = list(Interaction.objects.values_list("subject", "text"))
        texts += Client.objects.values_list("name", "city")
        texts += Contact.objects.values_list("name", "position")
        for text in (part for row in texts for part in row):
            assert text.strip()
            assert "{" not in text
            assert any("а" <= letter <= "я" for letter in text.lower()) == cyrillic
        assert len({text for _, text in texts}) > 100

    def test_addresses_lead_nowhere(self, loaded):
        mails = list(Contact.objects.values_list("email", flat=True))
        mails += [person.email for person in loaded.people]
        assert all(mail.endswith(".example") and mail.isascii() for mail in mails)

    @pytest.mark.parametrize("words", [ru.WORDS, en.WORDS])
    def test_names_do_not_repeat(self, words):
        assert len(set(words.names)) == len(words.names) > 1_500
        assert len(words.names) % names.STRIDE

    @pytest.mark.parametrize("words", [ru.WORDS, en.WORDS])
    def test_every_story_can_be_told(self, words):
        told = {note.topic for note in words.notes}
        assert told == {
            "general", "growing", "fading", "late_payer", "lost", "prospect", "delivery"
        }  # fmt: skip
        assert {note.kind for note in words.notes} == set(Interaction.Kind.values)


class TestBinary:
    def test_every_kind_of_field_comes_back(self, db):
        numbers = np.array([0, 1, -1, 9_999, 10_000, -123_456_789_012, 10**15 - 1])
        days = np.array(["2026-01-31", "NaT"] + ["1999-12-31"] * 5, dtype="datetime64[D]")
        moments = np.array(
            ["2026-01-31T21:00:00.000001", "NaT"] + ["1999-12-31T23:59:59"] * 5,
            dtype="datetime64[us]",
        )
        texts = ["ё", "", "длинный\tтекст\n\\", "a", "b", "c", "d"]
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE kinds (w bigint, s smallint, n numeric(20,6), m numeric(18,2),"
                " d date, t timestamptz, x text, c text) ON COMMIT DROP"
            )
        binary.copy_in(
            "kinds",
            [
                binary.whole("w", numbers, 8, numbers == 1),
                binary.whole("s", np.arange(7), 2),
                binary.numeric("n", numbers, 4, numbers == 0),
                binary.numeric("m", numbers),
                binary.dates("d", days),
                binary.moments("t", moments),
                binary.text("x", binary.encoded(texts)),
                binary.constant("c", "то же", 7),
            ],
        )
        got = rows(
            "SELECT w, s, n::text, m::text, d, t AT TIME ZONE 'UTC', x, c FROM kinds ORDER BY s"
        )
        assert [row[0] for row in got] == [None if n == 1 else n for n in numbers]
        assert [row[3] for row in got] == [
            f"{'-' if n < 0 else ''}{abs(n) // 100}.{abs(n) % 100:02d}" for n in numbers
        ]
        assert got[0][2] is None
        assert [row[2] for row in got[1:4]] == ["0.000100", "-0.000100", "0.999900"]
        assert [row[4] for row in got[:3]] == [dt.date(2026, 1, 31), None, dt.date(1999, 12, 31)]
        assert got[0][5] == dt.datetime(2026, 1, 31, 21, 0, 0, 1)
        assert got[1][5] is None
        assert [row[6] for row in got] == texts
        assert {row[7] for row in got} == {"то же"}

    def test_too_large_a_number_is_refused(self):
        with pytest.raises(OverflowError):
            binary.numeric("n", np.array([10**18]))


def test_a_block_needs_bounded_memory():
    """However large the workspace, no block has many more lines than the limit."""
    size = shapes.Size(clients=100_000, months=30, seed=1, as_of=AS_OF)
    trade = trade_of(ru.WORDS, "RUB")
    plan = shapes.plan(size, trade)
    assert sum(plan.sizes) == size.clients
    first = next(Maker(ru.WORDS, size, trade, [0, 1]).blocks())
    assert len(first.clients) == plan.sizes[0]
    assert len(first.lines) < 2 * shapes.LINES_PER_BLOCK
