"""Made-up requests against every operation, with the key of every role: no server errors, and no
answer that the description does not tell.

The short run makes few requests of each operation; ``--full`` makes many.
"""

import itertools
import warnings

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, settings, strategies

from accounts.models import ApiToken
from kam.lib.policy import row_for
from kam.wsgi import application
from tests.access import world as worlds

schemathesis = pytest.importorskip("schemathesis")

# (how requests are made, whether one value of the body is then spoilt)
MODES = (
    (schemathesis.GenerationMode.POSITIVE, False),
    (schemathesis.GenerationMode.NEGATIVE, False),
    (schemathesis.GenerationMode.POSITIVE, True),
)
HOSTILE = (
    "NaN", "Infinity", "-inf", "1e400", 10**30, -(10**30), 1.5e300, 0, -1, "", " ", "\x00", "\u202e",
    "'; --", "x" * 40_000, [], {}, [None], {"a": {}}, True, "9999-12-31", "0001-01-01", "0000-00-00",
)  # fmt: skip
FEW = 2_000
ROLES = ("administrator", "manager", "kam", "colleague", "auditor")
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(autouse=True)
def one_connection(db):
    """The application runs in this thread, inside the transaction of the test: requests must not
    end its connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def checks(case):
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    told = [not_a_server_error, status_code_conformance, content_type_conformance]
    # Of an answer cut by ``fields`` the rest is missing, as asked.
    return told if "fields" in (case.query or {}) else [*told, response_schema_conformance]


def attack(role: str, examples: int) -> tuple[dict[str, str], int]:
    """Operation -> what was wrong with its answer, and how many requests there were; effects are
    undone after each."""
    world = worlds.build()
    _row, secret = ApiToken.issue(user=world.people[role], name="fuzz", can_write=True)
    headers = {"Authorization": f"Bearer {secret}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", app=application, headers=headers)
    wrong: dict[str, str] = {}
    made = itertools.count()
    for each, (mode, hostile) in itertools.product(schema.get_all_operations(), MODES):
        operation = each.ok()
        if hostile and not operation.body:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ask(operation, mode, hostile, world, headers, examples, made)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            how = "hostile" if hostile else mode.value
            wrong[f"{operation.label} ({how})"] = _short(error)
    return wrong, next(made)


def ask(operation, mode, hostile: bool, world, headers, examples: int, made) -> None:
    @given(case=operation.as_strategy(generation_mode=mode), data=strategies.data())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def one(case, data):
        next(made)
        aim(case, world)
        if hostile:
            spoil(case, data)
        with transaction.atomic():
            response = case.call(headers=headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=checks(case))

    one()


def spoil(case, data) -> None:
    """Put what no code expects in place of one value of a body that is right otherwise."""
    if not isinstance(case.body, dict | list):
        return
    places = list(_places(case.body))
    if places:
        holder, key = data.draw(strategies.sampled_from(places))
        holder[key] = data.draw(strategies.sampled_from(HOSTILE))


def _places(value):
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(each, dict | list):
            yield from _places(each)


def aim(case, world) -> None:
    """Half of the made-up ids are those of rows that are there."""
    for name, value in list((case.path_parameters or {}).items()):
        if isinstance(value, int) and value % 2:
            case.path_parameters[name] = _there(case.path, world)


def _there(path: str, world) -> int:
    """The id of a row of the KAM that an address may mean."""
    match = resolve(
        path.replace("{id}", "1")
        .replace("{key}", "x")
        .replace("{chart}", "pareto")
        .replace("{ending}", "pdf")
    )
    subject = row_for(match.view_name).subject
    if subject in world.rows:
        return world.rows[subject]["own"].pk
    return world.common["matrix"].pk


def _short(error: BaseException) -> str:
    said = str(error)
    nested = getattr(error, "exceptions", ())
    return " | ".join([said, *map(str, nested)])[:1500]


@pytest.mark.parametrize("role", ROLES)
def test_few_requests_of_each_operation(role):
    wrong, made = attack(role, 2)
    assert not wrong, "\n\n".join(f"{name}: {said}" for name, said in wrong.items())
    assert made >= FEW, "the roles together make less than ten thousand"


@pytest.mark.full
@pytest.mark.parametrize("role", ROLES)
def test_many_requests_of_each_operation(role):
    wrong, _made = attack(role, 60)
    assert not wrong, "\n\n".join(f"{name}: {said}" for name, said in wrong.items())
