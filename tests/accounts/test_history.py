"""The history of records: written by the database, read by whom sees the record, and gone with
the person it names."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import (
    AccountPlan,
    Client,
    Contact,
    Edit,
    Goal,
    ImportBatch,
    OwnField,
    Promise,
    Team,
)
from accounts.models.edits import TABLES
from accounts.selectors import history as found
from accounts.services import (
    clients,
    erasure,
    history,
    history_words,
    import_undo,
    plan_work,
    removals,
    retention,
)
from accounts.services.importing import run
from kam.lib import request_ids
from kam.lib.scoping import acting_as, acting_system
from scoring.apps import HISTORY_KEPT
from tests.factories import make_client, make_contact, make_user

pytestmark = pytest.mark.django_db

FILE = b"external_id,name,segment\nA1,Acme,Shops\nA2,Best,Shops\nA3,Core,Shops\n"
LATER = FILE.replace(b"Shops", b"Cafes")
# Columns of edited tables that programs keep up to date, or that are secrets.
NOT_KEPT = {
    "accounts_client": "version created_at sort_name",
    "accounts_contact": "map_x map_y source added_at came_on anonymised_at version",
    "accounts_membership": "member_id known_from",
    "accounts_goal": "client_id author_id created_at version",
    "accounts_accountplan": "client_id previous_id touched_at author_id created_at version",
    "accounts_plansection": "plan_id carried version",
    "accounts_planaction": "plan_id carried carried_from_id author_id created_at version",
    "accounts_planparticipant": "acknowledged_at version",
    "accounts_promise": "client_id first_due author_id created_at version",
    "accounts_user": "password last_login language theme shortcuts compact task_mail"
    " task_mailed_on lent_until mail_serial calendar_serial date_joined",
    "scoring_rating": "client_id criterion_id rater_id rater_name source known_from",
    "scoring_matrix": "current_run_id",
    "scoring_matrixversion": "author_id created_at",
    "scoring_versioncriterion": "position",
    "scoring_criterion": "key in_library position",
}


@pytest.fixture
def boss():
    return make_user("administrator", name="Vera Boss", language="en")


def edits(**fields):
    with acting_system("test"):
        return list(Edit.objects.filter(**fields).order_by("pk"))


def test_every_column_of_an_edited_table_is_kept_or_left_out_on_purpose():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgargs FROM pg_trigger WHERE tgname = 'history_update'"
        )
        kept = {
            table: set(bytes(told).split(b"\0")[1].decode().strip("{}").split(","))
            for table, told in cursor.fetchall()
        }
    assert set(kept) == {*TABLES, *HISTORY_KEPT}
    for model in apps.get_models():
        table = model._meta.db_table
        if table in kept:
            columns = {each.column for each in model._meta.concrete_fields} - {"id"}
            assert kept[table] == columns - set(NOT_KEPT[table].split()), table


def test_a_change_says_who_when_old_and_new(boss):
    shop = make_client("Shop", segment="Shops")
    token = request_ids.set_present("request-17")
    with acting_as(boss):
        clients.update(shop, {"segment": "Cafes, 100 %", "name": "Shop"}, 1)
        Client.objects.filter(pk=shop.pk).update(version=7)  # nothing that is kept
        Client.objects.filter(pk=shop.pk).update(segment="Cafes, 100 %")
    request_ids.reset(token)
    (edit,) = edits()
    assert (edit.relation, edit.object_id, edit.client_ref) == ("accounts_client", shop.pk, shop.pk)
    assert (edit.before, edit.after) == ({"segment": "Shops"}, {"segment": "Cafes, 100 %"})
    assert (edit.actor, edit.actor_name, edit.request_id) == (boss, "Vera Boss", "request-17")
    with acting_system("night", asked_by_id=boss.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_client SET city = 'Tver' WHERE name LIKE 'Sh%'")
    assert (edits()[-1].actor_name, edits()[-1].actor_id) == ("system:night", boss.pk)


def test_a_person_s_secrets_are_in_no_history(boss):
    boss.set_password("another battery staple")
    boss.name = "Vera Chief"
    with acting_as(boss):
        boss.save()
    (edit,) = edits(relation="accounts_user")
    assert (edit.before, edit.after) == ({"name": "Vera Boss"}, {"name": "Vera Chief"})
    assert edit.client_ref is None


def test_an_import_leaves_its_own_record_and_no_history(boss, tmp_path):
    file = tmp_path / "clients.csv"
    with acting_as(boss):
        for content in (FILE, LATER):
            file.write_bytes(content)
            run(file, "clients")
        batch = ImportBatch.objects.latest("pk")
        assert Client.objects.filter(segment="Cafes").count() == 3
        assert edits() == []
        import_undo.undo(batch, boss)
        assert Client.objects.filter(segment="Shops").count() == 3
        assert edits() == []
        clients.update(shop := Client.objects.get(name="Best"), {"segment": "Bars"}, shop.version)
    assert len(edits()) == 1


def test_history_is_not_rewritten(boss):
    shop = make_client("Shop")
    with acting_as(boss):
        clients.update(shop, {"city": "Tver"}, 1)
        for attempt in (lambda: Edit.objects.update(actor_name="x"), Edit.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                attempt()
        with history.switched_off():
            clients.update(shop, {"city": "Omsk"}, 2)
            assert history.forget("accounts_client", [shop.pk]) == 1
        clients.update(shop, {"city": "Perm"}, 3)
        Client.objects.get().delete()
    assert [(edit.did, edit.after) for edit in edits()] == [
        ("changed", {"city": "Perm"}),
        ("removed", {}),
    ]


def test_who_is_destroyed_is_in_no_past(boss):
    shop = make_client("Shop")
    ann = make_contact(shop, "Zinaida Quuxova", email="zq@shop.example")
    with acting_as(boss):
        clients.update(ann, {"position": "Buyer", "email": "zinaida@shop.example"}, 1)
        goal = Goal.objects.create(client=shop, why="Zinaida Quuxova asks for it")
        goal.why, goal.how = "Growth", "zinaida@shop.example knows"
        goal.save()
        assert len(edits()) == 2
        erasure.erase(ann, basis="withdrawn", person=boss)
    (edit,) = edits()
    assert edit.relation == "accounts_goal"
    assert "Quuxova" not in str(edit.before)
    assert "zinaida@" not in str(edit.after)


def test_what_is_removed_comes_back_with_its_history_and_goes_for_good_with_it(boss):
    shop = make_client("Shop")
    ann = make_contact(shop, "Ann Lee")
    with acting_as(boss):
        clients.update(ann, {"name": "Anna Lee"}, 1)
        removal = removals.remove("contact", ann, 2, boss)
        assert [edit.before for edit in edits()] == [{"name": "Ann Lee"}]
        removals.restore(removal, boss)
        assert Contact.objects.get().name == "Anna Lee"
        removals.destroy(removals.remove("contact", ann, 2, boss), boss)
    assert edits() == []


def test_the_page_and_rest_say_it_in_words(boss, client):
    team = Team.objects.create(name="North")
    kam = make_user(name="Anna Kam", team=team, language="ru")
    other = make_user(name="Oleg Kam")
    shop = make_client("Shop", owner=kam, team=team)
    ann = make_contact(shop, "Ann Lee")
    with acting_as(boss):
        field = OwnField.objects.create(name="Own brand", kind="yes")
        clients.update(
            shop,
            {"owner": other, "turnover": Decimal("1500.50"), "lifecycle": "active",
             "tags": ["eco"], "own": {field.key: True}},
            1,
        )  # fmt: skip
        clients.update(ann, {"position": "Buyer", "left_on": dt.date(2026, 3, 1)}, 1)
    with acting_as(boss), override("en"):
        lines = {
            line.field: (line.before, line.after)
            for line in history_words.told(found.of(shop))[0].lines
        }
    assert lines.pop("Turnover per year")[0] == "—"
    assert lines == {
        "KAM": ("Anna Kam", "Oleg Kam"),
        "Lifecycle": ("Prospect", "Active"),
        "Tags": ("—", "eco"),
        "Own brand": ("—", "yes"),
    }
    client.force_login(kam)
    page = client.get(reverse("client_history", args=[shop.pk])).content.decode()
    assert "Vera Boss" in page
    assert "Стало" in page
    page = client.get(reverse("contact_history", args=[ann.pk])).content.decode()
    assert "Buyer" in page
    (row,) = client.get(reverse("api:client-history", args=[shop.pk])).json()["results"]
    assert (row["record"], row["before"]["owner"], row["after"]["owner"]) == (
        "client", kam.pk, other.pk,
    )  # fmt: skip
    client.force_login(other)  # the KAM now, of no team
    assert client.get(reverse("client_history", args=[shop.pk])).status_code == 200
    client.force_login(make_user())
    assert client.get(reverse("client_history", args=[shop.pk])).status_code == 404
    with acting_as(boss):
        Contact.objects.filter(pk=ann.pk).update(blocked_since=dt.date(2026, 1, 1))
    client.force_login(boss)
    assert client.get(reverse("contact_history", args=[ann.pk])).status_code == 302
    assert client.get(reverse("api:contact-history", args=[ann.pk])).json()["results"] == []


def test_an_account_tells_who_changed_role_and_name_and_no_secret(boss, client):
    kam = make_user(name="Anna Kam")
    with acting_as(boss):
        kam.set_password("another battery staple")
        kam.role, kam.is_active = "manager", False
        kam.save()
    client.force_login(boss)
    page = client.get(reverse("person_history", args=[kam.pk])).content.decode()
    assert "Vera Boss" in page
    assert "Manager of KAMs" in page
    (row,) = client.get(reverse("api:person-history", args=[kam.pk])).json()["results"]
    assert row["before"] == {"role": "kam", "is_active": True}
    assert kam.password not in page
    edit_page = client.get(reverse("person_edit", args=[kam.pk])).content.decode()
    assert reverse("person_history", args=[kam.pk]) in edit_page
    client.force_login(make_user("manager"))
    assert client.get(reverse("person_history", args=[boss.pk])).status_code == 403
    assert client.get(reverse("api:person-history", args=[boss.pk])).status_code == 403


def test_a_promise_at_a_client_of_others_tells_its_own_past_and_no_more(boss):
    helper = make_user("colleague")
    shop = make_client("Shop")
    with acting_as(boss):
        mine, theirs = (
            Promise.objects.create(
                client=shop, what="Samples", owner=owner, due="2026-05-01", first_due="2026-05-01"
            )
            for owner in (helper, boss)
        )
        for promise in (mine, theirs):
            Promise.objects.filter(pk=promise.pk).update(due="2026-06-01")
    with acting_as(helper):
        assert found.of(mine).count() == 1
        assert found.of(theirs).count() == 0, "held, but not seen"
        assert found.of(shop).count() == 0


def test_many_rows_at_once_do_not_take_their_square():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'accounts_keep_edit'")
        assert cursor.fetchone()[0] == ["enable_nestloop=off"]


def test_who_takes_part_in_a_plan_is_in_its_history_even_when_they_no_longer_do(boss):
    helper = make_user("colleague", name="Igor Help")
    shop = make_client("Shop")
    plan, other = (
        AccountPlan.objects.create(
            client=shop, title=f"Plan {n}", starts=day, ends=day.replace(month=12)
        )
        for n, day in enumerate((dt.date(2026, 1, 1), dt.date(2027, 1, 1)))
    )
    with acting_as(boss):
        row = plan_work.add_participant(plan, {"person": helper, "part": "Prices"})
        plan_work.change_participant(row, {"part": "Stock"}, 1)
        plan_work.remove_participant(row)
        assert found.of(other).count() == 0
        with override("en"):
            gone, changed = history_words.told(found.of(plan))
        assert [(line.before, line.after) for line in changed.lines] == [("Prices", "Stock")]
        assert (gone.part, gone.edit.did) == ("Participant", "removed")
        assert {"Igor Help", "Stock"} <= {line.before for line in gone.lines}
    with acting_as(helper):
        assert found.of(plan).count() == 0, "they read the plan no more"


def test_what_is_older_than_the_rules_say_goes_and_nothing_else(boss):
    shop = make_client("Shop")
    with acting_system("test"):
        for years in (1, 4):
            Edit.objects.create(
                relation="accounts_client", object_id=shop.pk, client_ref=shop.pk, did="changed",
                at=timezone.now() - dt.timedelta(days=366 * years), before={"city": "Tver"},
                after={"city": f"Omsk {years}"}, actor_name="Vera Boss",
            )  # fmt: skip
        retention.run()
        assert len(edits()) == 2, "undecided: kept for good"
        retention.save({"history": 36}, retention.rules().version)
        due = {row.category.key: row for row in retention.due(retention.rules())}["history"]
        assert (due.count, due.first[0].after) == (1, {"city": "Omsk 4"})
        assert retention.run().result["history"]["done"] == 1
    assert [edit.after for edit in edits()] == [{"city": "Omsk 1"}]
    with pytest.raises(DatabaseError), transaction.atomic():
        Edit.unscoped.all().delete()
