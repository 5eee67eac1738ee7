"""Every model, serializer, form and job of ours keeps the access rule, new ones by themselves."""

import ast
import re
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import transaction
from django.db.models.constants import LOOKUP_SEP
from rest_framework import serializers

from accounts.models import Client
from kam.jobs import registry
from kam.lib.scoping import Scoped, ScopeMissing, acting_as, acting_system, current

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("kam", "accounts", "scoring", "reports")

NOT_SCOPED = {
    "lib.CompanyRecord": "who uses the product, names no client",
    "audit.Seal": "digests of the trail, names nothing",
    "lib.Pace": "counts requests of callers, names nobody",
    "accounts.Team": "a name that says nothing about any client",
    "accounts.User": "read through the directory selector",
    "accounts.SignInWait": "counts failed sign-ins by digests, names nobody",
    "accounts.Product": "what we sell, the same for all",
    "accounts.ProductFamily": "what we sell, the same for all",
    "accounts.Organisation": "our own legal entities",
    "accounts.Purpose": "what data of people are used for, names nobody",
    "accounts.Rate": "rates of currencies",
    "scoring.Criterion": "what clients are rated by, names none of them",
    "scoring.Matrix": "how clients are weighed, names none of them",
    "scoring.MatrixVersion": "how clients are weighed, names none of them",
    "scoring.VersionCriterion": "how clients are weighed, names none of them",
    "scoring.WeighingRound": "which criteria several people weigh, names no client",
    "scoring.RankingRun": "totals of a ranking; its rows are scoped",
}


def our_models():
    return [m for m in apps.get_models() if m._meta.app_config.name.split(".")[0] in OURS]


def test_every_model_is_scoped_or_listed_with_its_reason():
    loose = {m._meta.label for m in our_models() if not issubclass(m, Scoped)}
    assert loose == set(NOT_SCOPED)


@pytest.mark.parametrize("model", [m for m in our_models() if issubclass(m, Scoped)])
def test_every_scoped_model_says_how_it_hangs_on_a_client_or_person(model):
    kind, *paths = model.SCOPE
    assert kind in (
        "client", "person", "member", "staff", "absence", "work", "task", "plan", "administration",
        "shared",
    )  # fmt: skip
    assert len(paths) == {"work": 2, "plan": 2, "absence": 2, "shared": 2, "task": 3}.get(kind, 1)
    for path in paths:
        step = model
        for name in filter(None, path.split(LOOKUP_SEP)):
            try:
                field = step._meta.get_field(name)
            except FieldDoesNotExist:
                pytest.fail(f"{model.__name__}.SCOPE names {name}, which is no field")
            step = field.related_model or step
    assert model._default_manager.name == "objects"
    assert model._base_manager.name == "unscoped"


@pytest.mark.django_db
@pytest.mark.parametrize("model", [m for m in our_models() if issubclass(m, Scoped)])
def test_without_an_actor_every_use_raises(model):
    assert current() is None
    rows = model.objects.filter(pk=1)  # refining is allowed: forms do so at import
    for use in (
        lambda: list(rows),
        lambda: rows.exists(),
        lambda: rows.count(),
        lambda: rows.update(pk=2),
        lambda: rows.delete(),
        lambda: list(Client.unscoped.filter(pk__in=model.objects.values("pk"))),
    ):
        with pytest.raises(ScopeMissing), transaction.atomic():
            use()
    with acting_system("test"):
        assert list(rows.all()) == []


@pytest.mark.django_db
def test_nobody_and_the_inactive_see_nothing():
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    with acting_system("test"):
        Client.objects.create(name="One")
    gone = User(email="a@example.com", role="administrator", is_active=False)
    for actor in (AnonymousUser(), gone):
        with acting_as(actor):
            assert not Client.objects.exists()


def subclasses(base):
    for each in base.__subclasses__():
        yield each
        yield from subclasses(each)


def test_serializers_and_forms_name_their_fields():
    """No ``__all__`` and no ``exclude``: a new column never becomes readable by itself."""
    import kam.urls  # noqa: F401  (loads every view, form and serializer)

    for base in (serializers.ModelSerializer, forms.ModelForm):
        for each in subclasses(base):
            if each.__module__.split(".")[0] not in OURS or not hasattr(each, "Meta"):
                continue
            fields = getattr(each.Meta, "fields", None)
            assert fields, f"{each.__name__} names no fields"
            assert fields != "__all__", each.__name__
            assert not getattr(each.Meta, "exclude", None), each.__name__


def test_every_job_has_a_title_and_says_as_whom_it_runs():
    for name, kind in registry.kinds().items():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", name)
        assert str(kind.title)
        assert kind.queue in ("light", "heavy", "outgoing", "backup")
        assert isinstance(kind.as_person, bool)


# How often a file names ``unscoped``, each with its reason.  One more is a decision to review.
UNSCOPED = {
    "accounts/access.py": (4, "the rule itself: clients, and who takes part in plans"),
    "accounts/api/authentication.py": (2, "finds the token before anybody is signed in"),
    "accounts/models/users.py": (1, "makes a token for the person who is given"),
    "accounts/selectors/history.py": (
        3,
        "of rows that the managers give, in the same query; of accounts, by the policy",
    ),
    "scoring/selectors/history.py": (2, "of matrices and criteria, which name no client"),
    "scoring/selectors/weighings.py": (1, "counts, and shows to whom may know others' weights"),
    "scoring/services/rating_requests.py": (1, "what another person may see decides who is asked"),
    "kam/audit/services.py": (1, "adds to the trail, whoever acts"),
    "kam/jobs/dispatcher.py": (6, "hands on everybody's jobs"),
    "kam/jobs/execution.py": (5, "claims and settles the job before its actor is set"),
    "kam/jobs/scheduler.py": (1, "looks when a schedule last ran"),
    "kam/jobs/services.py": (3, "an equal job that waits may be somebody else's"),
    "kam/lib/named_requests.py": (3, "keys are one's own, also where a role reads others'"),
    "kam/lib/views.py": (1, "restricted by editable_by in the same line"),
}
# Files that send SQL of their own, past the managers: what they read or write is computed by the
# system, or restricted to clients that a scoped manager has given.
OWN_SQL = {
    "kam/lib/management/commands/migrate.py": "how long a migration waits for a table",
    "accounts/measures/monthly.py": "clients come from the scoped manager, or the system asks",
    "accounts/measures/reading.py": "measures, system only",
    "accounts/measures/settlement.py": "asks whether allocations changed, names no client",
    "accounts/services/allocation.py": "allocation of payments, system only",
    "accounts/services/demo/binary.py": "COPY of demo data",
    "accounts/services/demo/key_trading.py": "what is traded with key clients, told anew",
    "accounts/services/demo/load.py": "loading of demo data",
    "accounts/services/demo/statistics.py": "statistics of the database",
    "accounts/services/figures.py": "figures of the whole ledger, system only",
    "accounts/services/connections.py": "the lock that keeps two runs of one connection apart",
    "accounts/services/history.py": "whether history is written in this transaction, no rows",
    "accounts/services/import_folder.py": "the lock of one look into the watched folder, no rows",
    "accounts/services/importing/running.py": "the lock of an import",
    "accounts/services/importing/staging.py": "staging tables of an import, system only",
    "accounts/services/twin_rows.py": "rows from one card to another and back, system only",
    "accounts/services/removal_rows.py": "rows into the bin and back, as the database tells them",
    "accounts/services/people.py": "the lock of the first set-up",
    "accounts/services/sign_in_waits.py": "counts failed sign-ins by digests, names nobody",
    "kam/backup/apps.py": "rights of a role after migrations, no rows",
    "kam/backup/management/commands/grant_roles.py": "rights of a role, no rows",
    "kam/backup/services.py": "dump and restore as the owner of the database, system only",
    "kam/backup/sums.py": "rows and sums of whole tables, names no client",
    "kam/exports/company/entering.py": "a whole company into an empty installation, system only",
    "kam/exports/company/leaving.py": "a whole company, for the administrator or the command line",
    "kam/exports/company/tables.py": "which tables there are",
    "kam/exports/services.py": "the moment that a file is of, no rows",
    "kam/jobs/services.py": "keeps a waiting job where it is until a change is whole",
    "kam/jobs/worker.py": "the statement timeout of a worker",
    "kam/lib/locks.py": "locks, no rows",
    "kam/lib/replica.py": "how far the replica is behind, no rows",
    "kam/lib/pace.py": "counts the requests of a caller, names nobody",
    "kam/lib/copy.py": "COPY in and out, for the others here",
    "kam/servers/postgres.py": "sets up the embedded server, before there is any model",
    "kam/supervise.py": "asks whether the workspace is empty",
    "reports/inputs/kept.py": "asks whether anything has changed, reads no row of business",
    "reports/store.py": "sums by the system; whose of them count is read through the managers",
    "scoring/inputs.py": "ratings for a ranking, system only",
    "scoring/services/demo.py": "resetting the demo workspace",
    "kam/lib/company.py": "whether the table of the company is there yet",
    "kam/audit/acting.py": "tells the database who acts, no rows",
    "kam/audit/sealing.py": "the lock of sealing",
    "kam/audit/looking.py": "notes who looked, by one statement that counts",
    "scoring/services/retention.py": "how long dropping a ranking waits",
    "scoring/services/ranking.py": "the lock and the moment of a ranking",
    "scoring/store.py": "partitions of ranking runs",
}


def on_loading(tree: ast.AST):
    """What runs when a module is loaded: everything but the inside of functions."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from on_loading(node)


def test_no_query_is_made_when_a_module_is_loaded():
    """A queryset kept on a class would be the one of whoever acted when it was loaded."""
    scoped = {m.__name__ for m in our_models() if issubclass(m, Scoped)}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for app in OURS
        for path in (ROOT / app).rglob("*.py")
        for node in on_loading(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("objects", "unscoped")
        and isinstance(node.value, ast.Name)
        and node.value.id in scoped
    ]
    assert found == []


def uses(found) -> dict[str, int]:
    """file -> how many nodes of its syntax are of that kind; migrations left out."""
    counts = {}
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            if many := sum(map(found, ast.walk(ast.parse(path.read_text())))):
                counts[str(path.relative_to(ROOT))] = many
    return counts


def attribute(name: str):
    return lambda node: isinstance(node, ast.Attribute) and node.attr == name


def test_the_ways_around_the_access_rule_are_counted():
    assert uses(attribute("_base_manager")) == {}
    assert uses(attribute("unscoped")) == {file: many for file, (many, _why) in UNSCOPED.items()}


def test_files_with_sql_of_their_own_are_listed():
    def opens_a_cursor(node) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "cursor"
        )

    assert set(uses(opens_a_cursor)) == set(OWN_SQL)
