"""Two people, one record: on every form of an existing row, whoever saves second loses nothing.

Nothing here lists the pages: a form that carries the version it was read at is walked by itself,
and a form over rows that carries none has to be named with its reason.
"""

import json
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.forms import ModelForm
from django.urls import reverse

import accounts.urls  # noqa: F401  every form is loaded with the pages
import kam.webhooks.views  # noqa: F401
import scoring.urls  # noqa: F401
from kam.lib.editing import VersionedForm
from kam.lib.scoping import acting_system
from tests.factories import make_user

from .routes import all_routes
from .test_walk import browser_of, world  # noqa: F401

# Where what is typed is not the first free text of the form.
TYPED = {
    "promise_edit": "assured",
    "radar_settings": "budget",
    "webhook_edit": "description",
    "schedule_edit": "hour",
    "effort_rules": "rate",
    "hour_rate_edit": "rate",
}
# What is typed by two people twice, where the form takes no words.
WORDS = ("Theirs typed", "Mine typed", "Theirs again", "Mine again")
SAID = {
    "radar_settings": ("41", "42", "43", "44"),
    "schedule_edit": ("8", "9", "10", "11"),
    "effort_rules": ("41", "42", "43", "44"),
    "hour_rate_edit": ("41", "42", "43", "44"),
}
FREE = ("text", "textarea")
NO_VERSION = {
    "OfferPartForm": "the version is that of its offer",
    "ConsentForm": "an answer is written once and never changed",
    "ProfileForm": "one's own",
    "TokenForm": "made, never changed",
    "PersonInvitationForm": "made, sent again or withdrawn, never changed",
    "WalletForm": "each statement is a new row",
    "MatrixForm": "made, never changed",
    "StepForm": "made, never changed; it is done or not",
}


class Page(HTMLParser):
    """What a browser would send of the form that carries ``read``, and the types of its fields."""

    def __init__(self, html: str):
        super().__init__()
        self.forms, self.data, self.kinds = [], None, {}
        self._name = self._select = None
        self.feed(html)
        found = [each for each in self.forms if "read" in each[1]]
        self.action, self.data, self.kinds = found[0] if found else ("", {}, {})

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.forms.append((at.get("action", ""), {}, {}))
        if not self.forms:
            return
        _action, data, kinds = self.forms[-1]
        name = at.get("name")
        if tag == "input" and name:
            kind = at.get("type", "text")
            kinds[name] = kind
            if kind not in ("checkbox", "radio") or "checked" in at:
                data.setdefault(name, []).append(
                    at.get("value", "on" if kind == "checkbox" else "")
                )
        elif tag == "textarea" and name:
            kinds[name], self._name = "textarea", name
            data[name] = [""]
        elif tag == "select" and name:
            kinds[name], self._select = "select", name
        elif tag == "option" and self._select and ("selected" in at or self._select not in data):
            data[self._select] = [at.get("value", "")]

    def handle_data(self, text):
        if self._name:
            self.forms[-1][1][self._name] = [text.removeprefix("\n")]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._name = None
        elif tag == "select":
            self._select = None


def edit_forms(world, browser):  # noqa: F811
    for route in all_routes():
        if route.is_api or not {"administrator"} <= route.policy.write & route.policy.read:
            continue
        url = route.url(world, "own" if route.parameters else "none")
        answer = browser.get(url)
        if answer.status_code == 200 and not answer.streaming:
            page = Page(answer.content.decode())
            if page.data.get("read", [""])[0]:
                yield route.name, url, page


def test_whoever_saves_second_keeps_theirs_or_takes_the_other_s(world):  # noqa: F811
    first = browser_of("administrator", world)
    world.people["second"] = make_user("administrator", name="Second Person", language="en")
    second = browser_of("second", world)
    walked = set()
    for name, url, page in edit_forms(world, second):
        walked.add(name)
        field = TYPED.get(name) or next((n for n, kind in page.kinds.items() if kind in FREE), None)
        assert field, f"{name}: name the field to type into, in TYPED"
        theirs_1, mine_1, theirs_2, mine_2 = SAID.get(name, WORDS)
        theirs = page.data | {field: [theirs_1]}
        assert first.post(url, theirs).status_code == 302, name
        answer = second.post(url, page.data | {field: [mine_1]})
        body = answer.content.decode()
        assert answer.status_code == 409, name
        assert "administrator saved this on" in body, f"{name} does not say who"
        again = Page(body)
        assert again.data[field] == [mine_1], name
        assert theirs_1 in body, name
        choice = f"taken-{field}"
        assert again.data[choice] == ["mine"], f"{name} gives no choice beside the field"
        url = again.action or url
        assert second.post(url, again.data | {choice: ["theirs"]}).status_code == 302, name
        assert now(second, name, url).data[field] in written(theirs_1), name
        # The other way round, by the page as it stands now: the choice was not mine for good.
        page = now(second, name, url)
        first_page = now(first, name, url)
        assert first.post(url, first_page.data | {field: [theirs_2]}).status_code == 302
        again = Page(second.post(url, page.data | {field: [mine_2]}).content.decode())
        url = again.action or url
        assert second.post(url, again.data).status_code == 302, name
        assert now(second, name, url).data[field] in written(mine_2), name
    known = {"client_edit", "contact_edit", "interaction_edit", "goal_edit", "promise_edit",
             "agreement_edit", "process_edit", "relation_edit", "webhook_edit", "person_edit",
             "team_edit", "need_edit", "offer_edit"}  # fmt: skip
    assert known <= walked, known - walked


def written(said: str) -> tuple[list[str], list[str]]:
    """As it was typed, or as a field of money shows it."""
    return [said], [f"{said}.00"]


def now(browser, name, url) -> Page:
    """The form as it is to be seen now.  A corrected note has another address each time."""
    if name == "interaction_edit":
        model = apps.get_model("accounts.Interaction")
        pk = int(url.rstrip("/").split("/")[-1 if url.rstrip("/")[-1].isdigit() else -2])
        key = model.unscoped.values_list("key", flat=True).get(pk=pk)
        present = model.unscoped.get(key=key, known_to=None) if key else model.unscoped.get(pk=pk)
        url = url.replace(str(pk), str(present.pk))
    page = Page(browser.get(url).content.decode())
    page.action = url
    return page


def test_what_only_the_other_touched_is_taken_over(world):  # noqa: F811
    first = browser_of("administrator", world)
    second = browser_of("kam", world)
    client = world.clients["own"]
    url = reverse("client_edit", args=[client.pk])
    mine, theirs = (Page(b.get(url).content.decode()) for b in (second, first))
    assert first.post(url, theirs.data | {"city": ["Perm"]}).status_code == 302
    answer = second.post(url, mine.data | {"segment": ["Cafes"]})
    again = Page(answer.content.decode())
    assert answer.status_code == 409
    assert again.data["city"] == ["Perm"], "an old value that nobody typed does not come back"
    assert again.data["segment"] == ["Cafes"]
    assert "taken-city" not in again.data
    assert second.post(url, again.data).status_code == 302
    client.refresh_from_db()
    assert (client.city, client.segment) == ("Perm", "Cafes")


def test_rows_inside_a_form_are_kept_or_taken_as_one(world):  # noqa: F811
    first, second = browser_of("administrator", world), browser_of("kam", world)
    agreement = world.rows["accounts.Agreement"]["own"]
    url = reverse("agreement_edit", args=[agreement.pk])
    mine, theirs = (Page(b.get(url).content.decode()) for b in (second, first))
    rows = {"rebate_steps-1-volume": ["500"], "rebate_steps-1-percent": ["4"]}
    assert first.post(url, theirs.data | rows).status_code == 302
    other = {"rebate_steps-1-volume": ["900"], "rebate_steps-1-percent": ["9"]}
    again = Page(second.post(url, mine.data | other).content.decode())
    assert again.data["rebate_steps-1-volume"] == ["900"]
    assert again.data["taken-rebate_steps"] == ["mine"]
    assert "taken-prices" not in again.data, "what is the same is not asked about"
    answer = second.post(url, again.data | {"taken-rebate_steps": ["theirs"]})
    assert answer.status_code == 302
    with acting_system("test"):
        steps = list(agreement.rebate_steps.order_by("volume").values_list("volume", "percent"))
    assert [(int(v), int(p)) for v, p in steps] == [(1, 2), (500, 4)]


@pytest.mark.parametrize("junk", ["{", "[1]", "[" * 5000, json.dumps({"name": 3})])
def test_what_was_read_may_be_anything_and_harms_nothing(world, junk):  # noqa: F811
    first, second = browser_of("administrator", world), browser_of("kam", world)
    url = reverse("client_edit", args=[world.clients["own"].pk])
    page = Page(first.get(url).content.decode())
    assert first.post(url, page.data | {"city": ["Perm"]}).status_code == 302
    answer = second.post(url, page.data | {"read": [junk], "city": ["Omsk"]})
    assert answer.status_code == 409
    assert Page(answer.content.decode()).data["city"] == ["Omsk"]


def test_every_form_over_rows_carries_its_version_or_says_why_not():
    def of(model_form):
        for each in model_form.__subclasses__():
            yield each
            yield from of(each)

    ours = [each for each in of(ModelForm) if each.__module__.split(".")[0] in
            ("kam", "accounts", "scoring", "reports")]  # fmt: skip
    without = {each.__name__ for each in ours if not issubclass(each, VersionedForm)}
    assert without <= set(NO_VERSION), without - set(NO_VERSION)
