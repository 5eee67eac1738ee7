"""Bodies that no database, stack or float can hold are refused in the one shape."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"na\\u0000me": 1}',
        b'{"name": ["\\ud83d"]}',
        b'{"name": 1e400}',
        b'{"name": NaN}',
        b'{"name": ' + b"9" * 5_000 + b"}",
        b'{"name": "\xff"}',
        b"{",
        b"",
        b"null",
        b"3",
        b"[]",
    ],
)
@pytest.mark.parametrize(
    "path", ["clients/", "clients/bulk/", "ratings/", "goals/", "ratings/batch/"]
)
def test_it_is_refused(client, body, path):
    from tests.factories import make_user

    client.force_login(make_user("manager"))
    answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("parse_error", "invalid")


def test_characters_outside_the_first_plane_are_taken(client):
    from tests.factories import make_user

    client.force_login(make_user("administrator"))
    body = b'{"name": "\\ud83d\\ude00 Smile"}'
    answer = client.post("/api/v1/clients/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["name"]) == (201, "😀 Smile")


def test_a_body_that_is_too_large_is_told_so(client):
    from tests.factories import make_user

    client.force_login(make_user("manager"))
    body = b'{"name": "' + b"x" * (2 * 2**20) + b'"}'
    answer = client.post("/api/v1/clients/", body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
