"""Who is who: clients from lists, their groups and owners, and the order of resolution."""

import datetime as dt

import pytest

from accounts.models import Client, ClientIdentifier, Document, Membership, Team
from kam.lib.periods import start_of_day, today
from tests.factories import make_client, make_membership, make_user

from .importing import codes, count, rows

INN_A, INN_B = "7799100000", "7899101310"


def test_a_list_is_completed_and_never_wiped(load):
    load("clients", "external_id;name;inn;city;employees\n1;Alpha;7799100000;Perm;50\n")
    report = load("clients", "external_id;name;inn;city;segment\n1;Alpha Ltd;;;Retail\n")
    assert report.as_json()["clients"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert rows(Client, "name", "inn", "city", "employees", "segment", "version") == [
        ("Alpha Ltd", INN_A, "Perm", 50, "Retail", 2)
    ]
    again = load("clients", "external_id;name;segment\n1;Alpha Ltd;Retail\n")
    assert again.as_json()["clients"] == {"created": 0, "updated": 0, "unchanged": 1}


def test_the_external_id_wins_over_everything(load):
    known = make_client("Alpha", external_id="1", inn=INN_A)
    make_client("Beta", inn=INN_B)
    load("documents", f"number;date;client;client_name;inn;amount\nA;2024-01-10;1;Beta;{INN_B};5\n")
    assert rows(Document, "client") == [(known.pk,)]


def test_ids_of_another_source_are_other_ids(load):
    make_client("Alpha", external_id="1", source="crm")
    load("documents", "number;date;client;client_name;amount\nA;2024-01-10;1;Gamma;5\n")
    assert rows(Document, "client__name") == [("Gamma",)]
    assert count(Client) == 2


def test_inn_with_kpp_then_inn_alone_then_name(load):
    head = make_client("Head", inn=INN_A, kpp="779901001")
    branch = make_client("Branch", inn=INN_A, kpp="784543001")
    only = make_client("Only", inn=INN_B)
    named = make_client("Named")
    load(
        "documents",
        f"""
        number;date;client_name;inn;kpp;amount
        1;2024-01-10;Whoever;{INN_A};784543001;5
        2;2024-01-10;Whoever;{INN_B};123401001;5
        3;2024-01-10;Named;;;5
        4;2024-01-10;Head;{INN_A};;5
        """,
    )
    assert dict(rows(Document, "number", "client")) == {
        "1": branch.pk,
        "2": only.pk,
        "3": named.pk,
        "4": head.pk,
    }


def test_a_name_never_joins_different_inn_or_ids(load):
    make_client("Same", inn=INN_A)
    make_client("Same again", external_id="1")
    load(
        "documents",
        f"""
        number;date;client;client_name;inn;amount
        1;2024-01-10;;Same;{INN_B};5
        2;2024-01-10;2;Same again;;5
        """,
    )
    assert count(Client, name="Same") == 2
    assert count(Client, name="Same again") == 2


def test_what_a_row_teaches_is_remembered(load):
    known = make_client("Alpha", inn=INN_A)
    load("documents", f"number;date;client;inn;amount\nA;2024-01-10;77;{INN_A};5\n")
    load("documents", "number;date;client;amount\nB;2024-01-10;77;5\n")
    assert rows(ClientIdentifier, "external_id", "client") == [("77", known.pk)]
    assert rows(Document, "client") == [(known.pk,), (known.pk,)]


def test_an_ambiguous_row_of_a_list_is_refused(load):
    make_client("Twin", inn=INN_A, kpp="779901001")
    make_client("Twin", inn=INN_A, kpp="784543001")
    report = load("clients", f"name;inn\nTwin;{INN_A}\nOther;\n")
    assert codes(report) == [(2, "client.ambiguous")]
    assert report.accepted == "partial"
    assert count(Client, name="Other") == 1


def test_groups_and_their_members(load):
    load("clients", "external_id;name;group\n1;North;Holding\n2;South;Holding\n3;Alone;\n")
    ((group,),) = rows(Client, "pk", kind="group")
    assert set(rows(Client, "name", "group")) == {
        ("Holding", None),
        ("North", group),
        ("South", group),
        ("Alone", None),
    }
    beginning = dt.date(1900, 1, 1)
    assert (
        rows(Membership, "since", "until", "known_from")
        == [(beginning, None, start_of_day(beginning))] * 2
    )
    again = load("clients", "external_id;name;group\n1;North;Holding\n2;South;Holding\n")
    assert count(Membership) == 2
    assert again.entities["groups"].unchanged == 1


def test_a_client_that_moves_to_another_group(load):
    load("clients", "external_id;name;group\n1;North;Old\n")
    load("clients", "external_id;name;group\n1;North;New\n")
    day = today()
    present = rows(Membership, "group__name", "since", "until", known_to=None)
    assert present == [("Old", dt.date(1900, 1, 1), day), ("New", day, None)]
    assert rows(Membership, "group__name", "until", known_to__isnull=False) == [("Old", None)]
    assert rows(Client, "group__name", name="North") == [("New",)]


def test_a_parent_named_by_its_id_heads_the_group(load):
    load("clients", "external_id;name;group\n1;Mother;\n2;Daughter;1\n")
    assert rows(Client, "name", kind="group") == [("Mother",)]
    assert sorted(rows(Membership, "member__name", "group__name")) == [
        ("Daughter", "Mother"),
        ("Mother", "Mother"),
    ]
    # The group of the same name is never meant by a document.
    load("documents", "number;date;client_name;amount\nA;2024-01-10;Mother;5\n")
    assert rows(Document, "client__kind") == [("organisation",)]


def test_owners_by_name_or_mail_bring_their_team(load):
    team = Team.objects.create(name="East")
    anna = make_user(email="anna@example.com", name="Анна Продажина", team=team)
    report = load(
        "clients",
        "name;owner\nA;ANNA@example.com\nB;Анна Продажина\nC;Nobody\nD;Nobody\n",
    )
    assert report.accepted == "all"
    assert [(issue.row, issue.code) for issue in report.warnings if "manager" in issue.code] == [
        (4, "manager.unknown")
    ]
    assert set(rows(Client, "name", "owner", "team")) == {
        ("A", anna.pk, team.pk),
        ("B", anna.pk, team.pk),
        ("C", None, None),
        ("D", None, None),
    }


@pytest.mark.parametrize(
    "written, code",
    [("Россия", "RU"), ("United States", "US"), ("kz", "KZ"), ("Германия", "DE"), ("Нарния", "")],
)
def test_countries_by_name_or_code(load, written, code):
    report = load("clients", f"name;country\nA;{written}\n")
    assert rows(Client, "country") == [(code,)]
    assert bool(report.warnings) == (not code)


def test_sole_traders_and_people(load):
    person = make_client("Пётр", kind="person", inn="669910040729")
    load("clients", "name;inn\nИП Тестов;669910085102\nООО Мир;7799100000\nПётр;669910040729\n")
    assert dict(rows(Client, "name", "kind")) == {
        "ИП Тестов": "sole_trader",
        "ООО Мир": "organisation",
        "Пётр": "person",
    }
    assert rows(Client, "kind", pk=person.pk) == [("person",)]


def test_members_known_by_hand_are_not_added_twice(load):
    group = make_client("Holding", kind="group")
    member = make_client("North", external_id="1")
    make_membership(member, group, "2020-01-01")
    load("clients", "external_id;name;group\n1;North;Holding\n")
    assert rows(Membership, "since") == [(dt.date(2020, 1, 1),)]
