"""ETag, If-Match and If-None-Match on everything that can be read and written."""

import pytest

from accounts.models import Client
from kam.lib.scoping import acting_system
from tests.factories import make_client


@pytest.fixture
def made(kam):
    return make_client("Versioned", owner=kam)


def tag(call, route, *args):
    return call("get", route, *args)["ETag"]


def test_what_is_known_is_not_sent_again(call, made):
    first = call("get", "client-detail", made.pk)
    again = call("get", "client-detail", made.pk, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    with acting_system("test"):
        Client.objects.filter(pk=made.pk).update(owner=None, team=None, city="Tver")
        Client.objects.filter(pk=made.pk).update(owner=first.json()["owner"])
    changed = call("get", "client-detail", made.pk, **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_writing_needs_the_version_and_the_second_writer_is_told(call, made):
    old = tag(call, "client-detail", made.pk)
    bare = call("patch", "client-detail", made.pk, data={"city": "Tver"})
    assert bare.status_code == 428
    assert bare.json()["error"]["code"] == "version_needed"
    asked = {"data": {"city": "Tver"}, "If-Match": old}
    assert call("patch", "client-detail", made.pk, **asked).status_code == 200
    late = call("patch", "client-detail", made.pk, **asked)
    assert late.status_code == 412
    assert late.json()["error"]["code"] == "conflict"
    body = call("patch", "client-detail", made.pk, data={"city": "Omsk", "version": 1})
    assert body.status_code == 409
    anyway = call("patch", "client-detail", made.pk, data={"city": "Omsk"}, **{"If-Match": "*"})
    assert anyway.status_code == 200


def test_the_version_holds_though_others_change_what_is_told_beside_it(call, kam, made):
    old = tag(call, "client-detail", made.pk)
    kam.name = "Another Name"
    kam.save()
    assert tag(call, "client-detail", made.pk) != old
    asked = {"data": {"city": "Tver"}, "If-Match": old}
    assert call("patch", "client-detail", made.pk, **asked).status_code == 200


def test_what_has_no_version_is_compared_by_all_that_is_told(program, db):
    from tests.factories import make_user

    call = program(make_user("administrator", language="en"))
    words = {"label_ru": "Ясность", "label_en": "Clarity", "measure": "revenue"}
    words["anchors"] = {"en": {"1": "no", "5": "some", "10": "yes"}}
    made = call("post", "criterion-list", data=words)
    assert made.status_code == 201, made.content
    key = made.json()["key"]
    old = tag(call, "criterion-detail", key)
    asked = {"data": {"label_en": "Lucidity"}, "If-Match": old}
    first, late = (call("patch", "criterion-detail", key, **asked) for _ in range(2))
    assert first.status_code == 200, first.content
    assert late.status_code == 412


def test_a_draft_is_written_as_it_was_read(program, db):
    from scoring.models import Matrix
    from tests.factories import make_user

    call = program(make_user("administrator", language="en"))
    matrix = Matrix.objects.get(is_main=True).pk
    assert call("get", "matrix-draft", matrix).status_code == 204
    criteria = [("profit", "50"), ("tenure", "30"), ("procurement", "20")]
    draft = {"criteria": [{"criterion": key, "weight": weight} for key, weight in criteria],
             "selection": "top_n", "selection_value": 25}  # fmt: skip
    assert call("put", "matrix-draft", matrix, data=draft).status_code == 200
    old = tag(call, "matrix-draft", matrix)
    draft["selection_value"] = 30
    first, late = (
        call("put", "matrix-draft", matrix, data=draft, **{"If-Match": old}) for _ in range(2)
    )
    assert first.status_code == 200, first.content
    assert late.status_code == 412


def test_where_nothing_has_a_version_none_is_taken(program, db):
    from scoring.models import Matrix
    from tests.factories import make_user

    call = program(make_user("administrator"))
    matrix = Matrix.objects.get(is_main=True).pk
    axes = {"criterion": "profit", "axis": "strength"}
    asked = call("put", "matrix-axes", matrix, data=axes, **{"If-Match": '"1"'})
    assert asked.status_code == 400
