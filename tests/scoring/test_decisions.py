"""From a ranking's proposal to the list of key clients, and what is kept of it."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from python_calamine import CalamineWorkbook

from accounts.models import Goal, Team
from accounts.selectors.standings import key_clients, standing_of
from accounts.services.standings import Move, Refused, change, take_over
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Decision, MatrixVersion, RankingRun
from scoring.services import decision_record, decisions
from scoring.services.proposal import flicker, propose
from tests.factories import make_document, make_user

from .conftest import make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db


def goal_for(client, owner=None):
    words = dict.fromkeys(("why", "what_for", "how", "own_measure", "unit"), "in words")
    with acting_system("test"):
        return Goal.objects.create(
            client=client, owner=owner or make_user(), start=1, target=2,
            due=dt.date(2030, 1, 1), **words,
        )  # fmt: skip


@pytest.fixture
def buyers(matrix):
    put_to_use(matrix, {"profit": 60, "average_invoice": 40}, selection_value=3)
    return make_buyers(6)


def proposed(run: RankingRun, **more) -> dict[str, tuple[str, str]]:
    with acting_system("test"):
        return {
            line.client.name[-3:]: (line.outcome, line.proposed)
            for line in propose(run, **more).lines
        }


def stand(client, *values, days_ago=400):
    with acting_system("test"):
        for value in values:
            change(
                [Move(client.pk, value, "for the test")],
                author=None,
                on=today() - dt.timedelta(days=days_ago),
            )


def test_at_first_everybody_selected_enters_on_trial(matrix, buyers):
    run = rank_now(matrix)
    assert proposed(run) == dict.fromkeys(("001", "002", "003"), ("enter", "trial"))


def test_a_key_client_within_the_exit_level_is_watched_beyond_it_leaves(matrix, buyers):
    put_to_use(matrix, {"profit": 60, "average_invoice": 40}, selection_value=3, gap=1)
    for client in (buyers[0], buyers[1], buyers[3]):
        goal_for(client)
        stand(client, "key")
    run = rank_now(matrix)
    # 003 stands on place 3, not far enough inside to enter; 004 on 4, not far enough out.
    assert proposed(run)["004"] == ("watch", "watch")
    assert "003" not in proposed(run)
    goal_for(buyers[5])
    stand(buyers[5], "key")
    assert proposed(run)["006"] == ("leave", "former")


def test_trial_becomes_key_after_the_dwell_time(matrix, buyers):
    put_to_use(matrix, {"profit": 60, "average_invoice": 40}, selection_value=3, dwell_days=90)
    for client, days in ((buyers[0], 100), (buyers[1], 20)):
        goal_for(client)
        stand(client, "trial", days_ago=days)
    run = rank_now(matrix)
    found = proposed(run)
    assert found["001"] == ("stay", "key")
    assert found["002"] == ("stay", "trial")


def test_overrides_are_shown_as_such_and_end(matrix, buyers):
    boss = make_user("administrator")
    run = rank_now(matrix)
    with acting_as(boss):
        never = decisions.override(matrix, buyers[0], "never", "In court", None, boss)
        until = today() + dt.timedelta(days=5)
        decisions.override(matrix, buyers[5], "must", "Strategic", until, boss)
    with acting_system("test"):
        lines = {line.client.pk: line for line in propose(run).lines}
    assert buyers[0].pk not in lines
    assert lines[buyers[5].pk].ground == "must"
    assert {pk for pk, line in lines.items() if line.outcome == "enter"} == {
        buyers[1].pk, buyers[2].pk, buyers[5].pk,
    }  # fmt: skip
    assert "006" not in proposed(run, on=until + dt.timedelta(days=1))
    with acting_as(boss):
        decisions.end_override(never)
    assert proposed(run)["001"] == ("enter", "trial")


def test_capacity_is_what_the_kams_have_places_for(matrix, buyers):
    make_user(key_slots=1)
    make_user(key_slots=1)
    make_user("auditor", key_slots=9)
    put_to_use(matrix, {"profit": 1, "average_invoice": 1}, selection="capacity")
    run = rank_now(matrix)
    assert run.selected == 2
    assert set(proposed(run)) == {"001", "002"}


@pytest.mark.parametrize("selection", [("threshold", 7.0), ("share", 0.5)])
def test_other_cuts_propose_what_they_select(matrix, buyers, selection):
    kind, value = selection
    put_to_use(matrix, {"profit": 1, "average_invoice": 1}, selection=kind, selection_value=value)
    run = rank_now(matrix)
    with acting_system("test"):
        from scoring.models import RankingRow

        selected = RankingRow.objects.filter(run_id=run.pk, selected=1)
        names = {row.client.name[-3:] for row in selected.select_related("client")}
    assert {name for name, (word, _to) in proposed(run).items() if word == "enter"} == names


def prepared(matrix, boss) -> Decision:
    with acting_as(boss):
        return decisions.prepare(rank_now(matrix), boss)


def test_the_gate_refuses_the_whole_decision_and_names_what_is_missing(matrix, buyers):
    boss = make_user("administrator")
    goal_for(buyers[0])
    goal_for(buyers[1])
    decision = prepared(matrix, boss)
    with acting_as(boss):
        assert set(decisions.obstacles(decision)) == {buyers[2].pk}
        with pytest.raises(Refused) as refused:
            decisions.confirm(decision, boss, "First list")
        assert [r.client_id for r in refused.value.refusals] == [buyers[2].pk]
        assert standing_of(buyers[0].pk) is None
        decision.refresh_from_db()
        assert decision.is_open
        goal_for(buyers[2])
        decision = decisions.confirm(decision, boss, "First list")
        assert decision.status == "closed"
        assert {standing_of(c.pk).value for c in buyers[:3]} == {"trial"}


def test_overriding_needs_a_reason_and_dissent_stays(matrix, buyers):
    boss, other = make_user("administrator"), make_user("administrator")
    for client in buyers[:3]:
        goal_for(client)
    decision = prepared(matrix, boss)
    with acting_as(boss):
        item = decision.items.get(client=buyers[2])
        with pytest.raises(ValidationError, match="Buyer 003"):
            decisions.choose(decision, {item.pk: ("", "")})
        decisions.choose(decision, {item.pk: ("candidate", "Not yet: they owe us")})
        decisions.vote(decision, other, False, "They grow")
        decision = decisions.confirm(decision, boss, "As discussed")
    with acting_system("test"):
        assert standing_of(buyers[2].pk).value == "candidate"
        assert standing_of(buyers[2].pk).reason == "Not yet: they owe us"
        assert [v.comment for v in decision.votes.filter(agrees=False)] == ["They grow"]
        assert key_clients(today()).count() == 0  # trial is not key yet


def test_a_closed_decision_never_changes(matrix, buyers):
    boss = make_user("administrator")
    for client in buyers[:3]:
        goal_for(client)
    decision = prepared(matrix, boss)
    with acting_as(boss):
        decision = decisions.confirm(decision, boss, "Done")
        with pytest.raises(decisions.Closed):
            decisions.confirm(decision, boss, "Again")
        with pytest.raises(decisions.Closed):
            decisions.vote(decision, boss, True, "")
        for change_ in (
            lambda: Decision.objects.filter(pk=decision.pk).update(reason="other"),
            lambda: decision.items.update(chosen=""),
        ):
            with pytest.raises(DatabaseError, match="closed"), transaction.atomic():
                change_()
        assert decision.basis["checksum"] == decision.run.checksum


def test_one_decision_at_a_time_and_putting_aside_frees_the_matrix(matrix, buyers):
    boss = make_user("administrator")
    decision = prepared(matrix, boss)
    with acting_as(boss):
        with pytest.raises(decisions.AlreadyOpen):
            decisions.prepare(decision.run, boss)
        decisions.withdraw(decision, boss, "Later")
        assert decisions.prepare(decision.run, boss).pk != decision.pk


def test_each_manager_confirms_the_clients_of_the_own_team(matrix, buyers):
    north, south = Team.objects.create(name="North"), Team.objects.create(name="South")
    heads = [make_user("manager", team=team) for team in (north, south)]
    for number, client in enumerate(buyers[:3]):
        goal_for(client)
        with acting_system("test"):
            type(client).objects.filter(pk=client.pk).update(team=north if number < 2 else south)
    decision = prepared(matrix, heads[0])
    with acting_as(heads[0]):
        decision = decisions.confirm(decision, heads[0], "North is settled")
        assert decision.is_open
        assert standing_of(buyers[2].pk) is None
    with acting_as(heads[1]):
        decision = decisions.confirm(decision, heads[1], "South too")
    assert decision.status == "closed"
    assert decision.reason == "North is settled\nSouth too"


def test_a_standing_that_moved_meanwhile_is_not_overwritten(matrix, buyers):
    boss = make_user("administrator")
    for client in buyers[:3]:
        goal_for(client)
    decision = prepared(matrix, boss)
    stand(buyers[0], "candidate", days_ago=0)
    with acting_as(boss), pytest.raises(Refused) as refused:
        decisions.confirm(decision, boss, "Go")
    assert [r.code for r in refused.value.refusals] == ["moved"]


def test_an_overdue_goal_of_the_list_taken_over_lets_the_client_go(matrix, buyers):
    boss = make_user("administrator")
    with acting_as(boss):
        take_over(buyers[:1], reason="Our list", author=boss)
    run = rank_now(matrix)
    assert proposed(run)["001"][0] == "stay"
    late = proposed(run, on=today() + dt.timedelta(days=31))
    assert late["001"] == ("leave", "former")


def test_the_record_is_a_file_without_formulas(matrix, buyers):
    boss = make_user("administrator", name="=cmd|' /C calc'!A0")
    for client in buyers[:3]:
        goal_for(client)
    decision = prepared(matrix, boss)
    with acting_as(boss):
        item = decision.items.get(client=buyers[0])
        decisions.choose(decision, {item.pk: ("trial", "=HYPERLINK(1)")})
        decision = decisions.confirm(decision, boss, "+1")
        book = CalamineWorkbook.from_filelike(io.BytesIO(decision_record.as_xlsx(decision)))
        rows = book.get_sheet_by_index(0).to_python()
        text = decision_record.as_csv(decision).decode("utf-8-sig")
    assert len(rows) == 4
    assert rows[1][8] == "=HYPERLINK(1)"
    assert "'=HYPERLINK(1)" in text
    assert decision.run.checksum in text
    assert "\n=" not in text
    assert ",=" not in text
    assert ";=" not in text


def test_turnover_with_and_without_a_gap(matrix):
    put_to_use(matrix, {"profit": 1, "average_invoice": 1}, selection_value=2, gap=1)
    buyers = make_buyers(4)
    first = rank_now(matrix, dt.date(2024, 5, 30))
    with acting_system("test"):
        assert flicker(first).plain is None  # one ranking tells nothing

    make_document(buyers[2], "2024-06-10", 5000, cost=100)  # jumps ahead, out of the third place
    run = rank_now(matrix)
    with acting_system("test"):
        found = flicker(run)
    assert found.runs == 2
    assert found.plain == 0.5
    assert found.settled in (0.0, 0.5)


def test_versions_keep_gap_and_dwell(matrix):
    version = put_to_use(
        matrix, {"profit": 1, "average_invoice": 1}, selection_value=5, gap=2, dwell_days=30
    )
    version = MatrixVersion.objects.get(pk=version.pk)
    assert (version.gap, version.dwell_days) == (2, 30)
    with pytest.raises(ValidationError):
        put_to_use(matrix, {"profit": 1, "average_invoice": 1}, selection_value=5, gap=5)
