"""What ``migrate`` is told of the tables on its way is what Django would have been told."""

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from kam.lib.migration_state import Executor, State

EVERY = 40


def told(built) -> dict[str, tuple]:
    """Of each class: its fields, what points to it, its indexes and constraints."""
    found = {}
    for model in built.get_models(include_auto_created=True):
        meta = model._meta
        found[meta.label] = (
            {
                field.name: f"{field.deconstruct()[1:]} {field.column}"
                for field in meta.local_fields
            },
            {
                field.remote_field.model._meta.label
                for field in meta.local_fields
                if field.is_relation
            },
            {(each.name, each.related_model._meta.label) for each in meta.related_objects},
            [each.deconstruct() for each in meta.indexes],
            [each.deconstruct() for each in meta.constraints],
        )
    return found


def test_classes_that_grow_step_by_step_are_those_that_are_built_at_once():
    loader = MigrationLoader(None)
    plan = [
        node
        for leaf in sorted(loader.graph.leaf_nodes())
        for node in loader.graph.forwards_plan(leaf)
    ]
    state, grown = State(), 0
    for number, node in enumerate(dict.fromkeys(plan)):
        migration = loader.graph.nodes[node]
        for operation in migration.operations:
            before = state.clone()
            assert type(before) is State
            assert state.apps
            operation.state_forwards(migration.app_label, state)
        if number % EVERY == 0 and "apps" in state.__dict__:
            assert told(state.apps) == told(ProjectState(state.models).apps)
            grown += 1
    assert grown > 1
    assert {model._meta.label for model in state.apps.get_models()} >= {
        model._meta.label for model in apps.get_models() if model._meta.managed
    }


def test_a_database_that_has_tables_is_migrated_as_django_does(db):
    executor = Executor(connection)
    assert executor.loader.applied_migrations
    assert type(executor._create_project_state()) is ProjectState
    executor.loader.applied_migrations = {}
    assert type(executor._create_project_state()) is State
