"""The access rule as a table: of each kind of row, who reads it and who writes it, and nobody else."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine

from accounts import access
from accounts.models import (
    AccountPlan,
    Client,
    Handover,
    Kam,
    Notice,
    OwnSkill,
    PlanAction,
    PlanParticipant,
    PlanSection,
    Promise,
    SavedView,
    SkillRating,
    Substitution,
    Task,
    Team,
    User,
)
from kam.jobs.models import Hold
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_contact, make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)
YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)

# Chief leads the team of Ann and Amy, head leads no team, Lee and Lou are in none.
ALL = "admin auditor chief head ann amy bob lee lou col"
TABLE = {
    # what row: (who reads it, who writes it)
    "client: Ann's": ("admin auditor chief head ann amy", "admin chief ann"),
    "client: Bob's": ("admin auditor chief head bob", "admin bob"),
    "client: Lee's": ("admin auditor chief head lee", "admin lee"),
    "client: the team's": ("admin auditor chief head ann amy", "admin chief"),
    "client: nobody's": ("admin auditor chief head", "admin"),
    "client: Col's, once a KAM": ("admin auditor chief head", "admin"),
    "contact: of Ann's client": ("admin auditor chief head ann amy", "admin chief ann"),
    "work: Col's for Bob's client": ("admin auditor chief head bob col", "admin bob col"),
    "work: Ann's for Lee's client": ("admin auditor chief head lee ann", "admin lee ann"),
    "work: the auditor's for Bob's client": ("admin auditor chief head bob", "admin bob"),
    "task: Ann's for herself": ("admin auditor chief ann", "admin chief ann"),
    "task: Lee's, asked by Bob": ("admin auditor lee bob", "admin lee bob"),
    "task: Amy's for Bob's client": ("admin auditor chief head amy bob", "admin chief amy bob"),
    "plan: of Bob's client, with Ann and Col": (
        "admin auditor chief head bob ann col", "admin bob",
    ),
    "plan: of Lee's client, with nobody": ("admin auditor chief head lee", "admin lee"),
    "section: of the plan with Ann and Col": (
        "admin auditor chief head bob ann col", "admin bob",
    ),
    "action: Col's of that plan": ("admin auditor chief head bob ann col", "admin bob col"),
    "action: Amy's of the other plan": ("admin auditor chief head lee amy", "admin lee amy"),
    "notice: Ann's": ("admin auditor ann", "admin ann"),
    "notice: the auditor's": ("admin auditor", "admin"),
    "person: Ann": ("admin auditor chief ann", "admin chief ann"),
    "person: Lee": ("admin auditor lee", "admin lee"),
    "skill: of Bob": ("admin auditor bob", "admin bob"),
    "skill: of Ann": ("admin auditor chief ann", "admin chief ann"),
    "absence: Ann, for whom Bob stands in": (
        "admin auditor chief head ann amy bob", "admin chief ann",
    ),
    "absence: Lee, for whom Amy stands in": ("admin auditor chief head lee amy", "admin lee"),
    "absence: Col, for whom Ann stands in": (
        # Col is in the team too, but a colleague is told of nobody's absence.
        "admin auditor chief head ann amy", "admin chief col",
    ),
    "view: Ann's own": ("admin auditor ann", "admin ann"),
    "view: Ann's for the team": ("admin auditor chief ann amy", "admin ann"),
    "view: Lee's for a team there is not": ("admin auditor lee", "admin lee"),
    "view: Lee's for everybody": ("admin auditor chief head ann amy bob lee lou", "admin lee"),
    "view: Col's own": ("admin auditor col", "admin col"),
    "staff": ("admin auditor chief head ann amy bob lee lou", "admin chief head"),
    "administration": ("admin auditor", "admin"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(f"{TODAY}T09:00:00Z", tick=False):
        yield


@pytest.fixture
def people():
    north, south = (Team.objects.create(name=name) for name in ("North", "South"))
    roles = {
        "admin": ("administrator", None), "auditor": ("auditor", None),
        "chief": ("manager", north), "head": ("manager", None),
        "ann": ("kam", north), "amy": ("kam", north), "bob": ("kam", south),
        "lee": ("kam", None), "lou": ("kam", None), "col": ("colleague", north),
    }  # fmt: skip
    made = {
        name: make_user(role, name=name, team=team, password=None)
        for name, (role, team) in roles.items()
    }
    assert " ".join(made) == ALL
    return SimpleNamespace(**made)


@pytest.fixture
def clients(people):
    owned = {
        name: make_client(name, owner=getattr(people, name), team=getattr(people, name).team)
        for name in ("ann", "bob", "lee")
    }
    owned["col"] = make_client("col", owner=people.col)
    team, nobody = make_client("team", team=people.ann.team), make_client("nobody")
    return SimpleNamespace(**owned, team=team, nobody=nobody)


def promise(client, owner) -> Promise:
    return Promise.objects.create(
        client=client, what="Send", due=TODAY, first_due=TODAY, owner=owner
    )


def task(owner, giver, client=None) -> Task:
    return Task.objects.create(client=client, what="Call", due=TODAY, owner=owner, giver=giver)


def plan(client, *persons) -> tuple[AccountPlan, PlanSection]:
    made = AccountPlan.objects.create(client=client, title="2026", starts=TODAY, ends=TOMORROW)
    for person in persons:
        PlanParticipant.objects.create(plan=made, person=person)
    return made, PlanSection.objects.create(plan=made, name="Actions", kind="actions")


def action(section, owner) -> PlanAction:
    return PlanAction.objects.create(
        plan=section.plan, section=section, what="Visit", owner=owner, due=TODAY
    )


def view(person, shared) -> SavedView:
    return SavedView.objects.create(person=person, page="client_list", name=shared, shared=shared)


def absence(person, substitute, since=TOMORROW, until=TOMORROW) -> Substitution:
    return Substitution.objects.create(
        person=person, substitute=substitute, since=since, until=until
    )


def notice(person) -> Notice:
    return Notice.objects.create(person=person, kind="x", key="x")


def skill(person) -> SkillRating:
    return SkillRating.objects.create(
        person=person, skill="listening", said_by="self", value=5, day=TODAY
    )


def rows(p, c) -> list:
    """One row for each line of the table, in its order."""
    shared_plan, section = plan(c.bob, p.ann, p.col)
    lonely_plan, other_section = plan(c.lee)
    return [
        c.ann, c.bob, c.lee, c.team, c.nobody, c.col, make_contact(c.ann, "Eve"),
        promise(c.bob, p.col), promise(c.lee, p.ann), promise(c.bob, p.auditor),
        task(p.ann, p.ann), task(p.lee, p.bob), task(p.amy, p.amy, c.bob),
        shared_plan, lonely_plan, section, action(section, p.col), action(other_section, p.amy),
        notice(p.ann), notice(p.auditor),
        Kam.objects.get(pk=p.ann.pk), Kam.objects.get(pk=p.lee.pk), skill(p.bob), skill(p.ann),
        absence(p.ann, p.bob), absence(p.lee, p.amy), absence(p.col, p.ann),
        view(p.ann, "nobody"), view(p.ann, "team"), view(p.lee, "team"), view(p.lee, "company"),
        view(p.col, "nobody"),
        OwnSkill.objects.create(name="Patience"), Hold.objects.create(reason="restored"),
    ]  # fmt: skip


def allowed(row, person, how: str) -> bool:
    return getattr(type(row).unscoped.filter(pk=row.pk), how)(person).exists()


def test_who_reads_and_who_writes_each_kind_of_row(people, clients):
    with acting_system("test"):
        made = rows(people, clients)
    found = {}
    for line, row in zip(TABLE, made, strict=True):
        found[line] = tuple(
            " ".join(name for name in ALL.split() if allowed(row, getattr(people, name), how))
            for how in ("visible_to", "editable_by")
        )
    order = ALL.split().index
    assert found == {
        line: tuple(" ".join(sorted(names.split(), key=order)) for names in sides)
        for line, sides in TABLE.items()
    }
    kinds = {model.SCOPE[0] for model in map(type, made)}
    assert kinds == {
        "client", "work", "task", "plan", "person", "member", "absence", "shared", "staff",
        "administration",
    }  # fmt: skip


def test_a_key_that_reads_writes_nothing_of_any_kind(people, clients):
    with acting_system("test"):
        made = rows(people, clients)
    for can_write in (True, False):
        for name in ALL.split():
            getattr(people, name).token = SimpleNamespace(can_write=can_write)
        for row in made:
            assert allowed(row, people.admin, "editable_by") is can_write, row
            assert allowed(row, people.admin, "visible_to"), row
        assert allowed(clients.ann, people.ann, "editable_by") is can_write
        # Also where somebody asks for the clients alone.
        theirs = access.writable_clients(people.ann)
        assert Client.unscoped.filter(theirs).exists() is can_write
        assert (access.writable_clients(people.admin) is None) is can_write


def test_a_model_of_an_unknown_kind_is_open_to_nobody(people):
    """A slip of the pen in SCOPE stops at once, rather than showing too much or too little."""
    rows = SimpleNamespace(model=SimpleNamespace(SCOPE=("clients", ""), __name__="Slip"))
    for rule in (access.visible, access.editable):
        with pytest.raises(ValueError, match=r"Slip\.SCOPE has an unknown kind 'clients'"):
            rule(rows, people.admin)


# --- Rights for a time


def lend(person: User, until: dt.date | None = TODAY) -> User:
    """As a request loads the person: what is lent is kept with the object."""
    User.objects.filter(pk=person.pk).update(lent_until=until)
    return User.objects.get(pk=person.pk)


def named(person: User, how: str) -> str:
    found = getattr(Client.unscoped.all(), how)(person)
    return " ".join(sorted(found.values_list("name", flat=True)))


def rights(person: User) -> tuple[str, str]:
    return named(person, "visible_to"), named(person, "editable_by")


def test_who_stands_in_has_the_rights_of_the_one_away_over_clients_and_work(people, clients):
    p = people
    with acting_system("test"):
        absence(p.ann, p.bob, TODAY, TODAY)
        shared, section = plan(clients.lee, p.ann)
        own = [promise(clients.lee, p.ann), action(section, p.ann)]
        tasks = [task(p.ann, p.lee), task(p.lee, p.ann)]
        private = [notice(p.ann), skill(p.ann), view(p.ann, "nobody")]
    assert rights(lend(p.bob)) == ("ann bob team", "ann bob")
    bob = lend(p.bob)
    for row in (*own, *tasks):
        assert allowed(row, bob, "visible_to"), row
        assert allowed(row, bob, "editable_by"), row
    assert allowed(shared, bob, "visible_to")
    assert not allowed(shared, bob, "editable_by")
    assert not any(allowed(row, bob, "visible_to") for row in private)
    with time_machine.travel(f"{TOMORROW}T09:00:00Z", tick=False):
        bob.lent_until = TOMORROW  # of something else: this has ended
        assert rights(bob) == ("bob", "bob"), "kept for the day alone"


@pytest.mark.parametrize(
    ("away", "substitute", "days", "reads", "writes"),
    [
        ("chief", "head", (TODAY, TODAY), "ann bob col lee nobody team", "ann team"),
        ("head", "chief", (TODAY, TODAY), "ann bob col lee nobody team", "ann team"),
        ("ann", "chief", (TODAY, TODAY), "ann bob col lee nobody team", "ann team"),
        ("lee", "amy", (YESTERDAY, TODAY), "ann lee team", "lee"),
        ("lee", "amy", (YESTERDAY, YESTERDAY), "ann team", ""),
        ("lee", "amy", (TOMORROW, TOMORROW), "ann team", ""),
        ("ann", "lou", (TODAY, TOMORROW), "ann team", "ann"),
        ("ann", "col", (TODAY, TODAY), "", ""),
        ("bob", "auditor", (TODAY, TODAY), "ann bob col lee nobody team", ""),
    ],
)  # fmt: skip
def test_standing_in_on_the_days_named_and_by_those_who_may(
    people, clients, away, substitute, days, reads, writes
):
    with acting_system("test"):
        absence(getattr(people, away), getattr(people, substitute), *days)
    assert rights(lend(getattr(people, substitute), TOMORROW)) == (reads, writes)


def test_nothing_is_lent_by_who_is_gone_and_nobody_else_is_asked_about(
    people, clients, django_assert_num_queries
):
    with acting_system("test"):
        absence(people.ann, people.lou, TODAY, TODAY)
    for until in (None, YESTERDAY):
        lou = lend(people.lou, until)
        with django_assert_num_queries(0):
            assert access.lent_to(lou) == access.NOTHING_LENT
    lou = lend(people.lou)
    assert access.stood_in_for(lou) == (lou.pk, people.ann.pk)
    with django_assert_num_queries(0):
        access.lent_to(lou)
    User.objects.filter(pk=people.ann.pk).update(is_active=False)
    assert rights(lend(people.lou)) == ("", "")


@pytest.mark.parametrize(
    ("state", "overlap", "giver", "taker"),
    [
        ("planned", TOMORROW, ("givers", "givers"), ("givers group takers", "takers")),
        ("planned", YESTERDAY, ("givers", "givers"), ("givers group takers", "takers")),
        ("done", TODAY, ("givers group takers",) * 2, ("takers", "takers")),
        ("done", YESTERDAY, ("givers", "givers"), ("takers", "takers")),
        ("cancelled", TOMORROW, ("givers", "givers"), ("takers", "takers")),
    ],
)
def test_both_sides_of_a_handover(people, state, overlap, giver, taker):
    """Lou hands a group over to Bob: members of the other of the two pass along, no third one's."""
    group = make_client("group", kind="group", owner=people.lee)  # neither of the two
    for name, owner in (("givers", people.lou), ("takers", people.bob), ("thirds", people.lee)):
        make_client(name, owner=owner, group=group)
    with acting_system("test"):
        Handover.objects.create(
            client=group, giver=people.lou, taker=people.bob, state=state,
            on=min(TODAY, overlap), overlap_until=overlap,
        )  # fmt: skip
    assert rights(lend(people.lou, TOMORROW)) == giver
    assert rights(lend(people.bob, TOMORROW)) == taker
