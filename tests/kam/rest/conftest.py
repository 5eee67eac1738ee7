"""A program with a key, calling the API."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from tests.factories import make_user


@pytest.fixture
def kam(db):
    return make_user("kam", language="en")


@pytest.fixture
def program(client):
    """program(person) -> call(verb, route, *args, data=None, query=None, **headers)."""

    def program(person, **rights):
        _row, secret = ApiToken.issue(user=person, name="test", **(rights or {"can_write": True}))

        def call(verb, route, *args, data=None, query=None, **headers):
            url = reverse(f"api:{route}", args=args, query=query)
            options = {"content_type": "application/json"} if verb != "get" else {}
            return getattr(client, verb)(
                url, data, headers={"Authorization": f"Bearer {secret}", **headers}, **options
            )

        return call

    return program


@pytest.fixture
def call(program, kam):
    return program(kam)
