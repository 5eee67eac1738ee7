"""Connectors against servers that play both systems: pages, changes meanwhile, faults."""

import datetime as dt

import pytest

from accounts.connectors import AmoCRM, Bitrix24, Cursor, Line, Problem, Rules
from accounts.connectors import line as line_module
from kam.lib.addresses import NotAllowed, addresses_of, target_of

from .conftest import LOCAL
from .servers import SECRET, TOKEN, Fault

MINUTE = dt.timedelta(minutes=1)


def read(connector, entity="companies", cursor=Cursor()):
    """Numbers of all elements in the order they came, and the cursor after them."""
    numbers = []
    for page in connector.pages(entity, cursor):
        numbers += [int(item.get("ID") or item.get("id")) for item in page.items]
        cursor = page.cursor
    return numbers, cursor


def code_of(call):
    with pytest.raises(Problem) as problem:
        call()
    assert SECRET not in str(problem.value) + str(problem.value.params)
    return problem.value.code


# --- Bitrix24 -----------------------------------------------------------------------------------


def test_bitrix24_companies_come_page_by_page_with_their_requisites(bitrix, to_bitrix):
    for number in range(1, 121):
        bitrix.add(number, f"Фирма {number}", "7707083893" if number == 60 else "")
    pages = list(to_bitrix.pages("companies", Cursor()))
    assert [len(page.items) for page in pages] == [50, 50, 20]
    assert pages[0].total == 120
    assert pages[1].items[9]["requisite"]["RQ_INN"] == "7707083893"
    assert pages[0].items[0]["requisite"] is None
    assert [page.last for page in pages] == [False, False, True]


def test_bitrix24_gives_only_what_changed_the_second_time(bitrix, to_bitrix):
    for number in range(1, 61):
        bitrix.add(number, f"Фирма {number}")
    bitrix.now += 10 * MINUTE
    _, cursor = read(to_bitrix)
    bitrix.now += 10 * MINUTE
    bitrix.add(7, "Новое имя")
    bitrix.add(61, "Новая фирма")
    assert read(to_bitrix, cursor=cursor)[0] == [7, 61]


def test_bitrix24_elements_changed_or_deleted_while_it_is_read_are_not_lost(bitrix, to_bitrix):
    for number in range(1, 151):
        bitrix.add(number, f"Фирма {number}")
    bitrix.now += 10 * MINUTE

    def meanwhile(request):
        if request == 3:  # the second page of companies
            bitrix.now += MINUTE
            del bitrix.companies[10]
            bitrix.add(20, "Переименована")
            bitrix.add(151, "Новая")

    bitrix.meanwhile = meanwhile
    numbers, cursor = read(to_bitrix)
    assert numbers == list(range(1, 152))
    bitrix.now += 10 * MINUTE
    assert set(read(to_bitrix, cursor=cursor)[0]) >= {20, 151}


def test_bitrix24_goes_on_in_the_middle(bitrix, to_bitrix):
    for number in range(1, 121):
        bitrix.add(number, f"Фирма {number}")
    first = next(to_bitrix.pages("companies", Cursor()))
    kept = Cursor.of_json(first.cursor.as_json())
    numbers, _ = read(to_bitrix, cursor=kept)
    assert numbers == list(range(51, 121))


def test_bitrix24_changed_requisites_bring_their_company(bitrix, to_bitrix):
    bitrix.add(1, "Альфа", "7707083893")
    bitrix.add(2, "Бета", "7728168971")
    bitrix.now += 10 * MINUTE
    since = Cursor(bitrix.now.isoformat())
    bitrix.requisites[2]["DATE_MODIFY"] = bitrix.now.isoformat()
    (page,) = to_bitrix.pages("requisites", since)
    assert [(item["TITLE"], item["requisite"]["RQ_INN"]) for item in page.items] == [
        ("Бета", "7728168971")
    ]


def test_bitrix24_of_several_requisites_takes_the_first_with_an_inn(bitrix, to_bitrix):
    bitrix.add(1, "Альфа", "7707083893")
    bitrix.requisites[2] = bitrix.requisites[1] | {"ID": "2"}
    bitrix.requisites[3] = bitrix.requisites[1] | {"ID": "3", "RQ_INN": "7728168971"}
    bitrix.requisites[1]["RQ_INN"] = None
    (page,) = to_bitrix.pages("companies", Cursor())
    assert page.items[0]["requisite"]["RQ_INN"] == "7707083893"


def test_bitrix24_that_gives_the_same_page_again_is_stopped(bitrix, line):
    for number in range(1, 61):
        bitrix.add(number, f"Фирма {number}")
    same = {"result": [{"ID": str(number), "TITLE": "x"} for number in range(1, 51)]}
    bitrix.faults = [Fault(body=same), Fault(body=same)]
    connector = Bitrix24(line, bitrix.webhook, requisites=False)
    assert code_of(lambda: read(connector)) == "repeats"


def test_bitrix24_says_whom_it_leads_to(bitrix, to_bitrix):
    for number in range(1, 73):
        bitrix.add(number, f"Фирма {number}")
    found = to_bitrix.find()
    assert (found.name, found.companies) == ("127.0.0.1", 72)


# --- amoCRM -------------------------------------------------------------------------------------


def test_amocrm_follows_pages_by_the_time_of_change(amo, to_amo):
    amo.page_size = 40
    for number in range(1, 101):
        amo.add(number, f"Фирма {number}", at=amo.seconds - 1000 + number)
    numbers, cursor = read(to_amo)
    assert numbers == list(range(1, 101))
    assert read(to_amo, cursor=cursor)[0] == []


def test_amocrm_many_changed_within_one_second(amo, to_amo):
    amo.page_size = 40
    for number in range(1, 131):
        amo.add(number, f"Фирма {number}", at=amo.seconds - 1000)
    amo.add(131, "Позже", at=amo.seconds - 900)
    numbers, cursor = read(to_amo)
    assert sorted(numbers) == list(range(1, 132))
    assert len(numbers) == 131
    assert read(to_amo, cursor=Cursor.of_json(cursor.as_json()))[0] == []


def test_amocrm_gives_only_what_changed_the_second_time(amo, to_amo):
    for number in range(1, 11):
        amo.add(number, f"Фирма {number}", at=amo.seconds - 1000)
    _, cursor = read(to_amo)
    amo.now += 10 * MINUTE
    amo.add(3, "Новое имя")
    assert read(to_amo, cursor=cursor)[0] == [3]


def test_amocrm_elements_changed_while_it_is_read_come_again_and_none_is_lost(amo, to_amo):
    amo.page_size = 40
    for number in range(1, 101):
        amo.add(number, f"Фирма {number}", at=amo.seconds - 1000 + number)

    def meanwhile(request):
        if request == 2:
            amo.add(1, "Изменена", at=amo.seconds)
            amo.add(2, "Изменена", at=amo.seconds)

    amo.meanwhile = meanwhile
    numbers, _ = read(to_amo)
    assert numbers == [*range(1, 101), 1, 2]


def test_amocrm_goes_on_in_the_middle(amo, to_amo):
    amo.page_size = 40
    for number in range(1, 101):
        amo.add(number, f"Фирма {number}", at=amo.seconds - 1000)
    first = next(to_amo.pages("companies", Cursor()))
    numbers, _ = read(to_amo, cursor=Cursor.of_json(first.cursor.as_json()))
    assert numbers == list(range(41, 101))


def test_amocrm_an_empty_account_answers_without_content(amo, to_amo):
    (page,) = to_amo.pages("companies", Cursor())
    assert (page.items, page.last) == ([], True)


def test_amocrm_deals_are_orders_at_chosen_stages_of_chosen_pipelines(amo, line):
    amo.deal(1, 10, 100)
    amo.deal(2, 10, 200, status=143)
    amo.deal(3, 10, 300, status=5001)
    amo.deal(4, 10, 400, pipeline=2)
    amo.deal(5, 10, 500)
    amo.leads[5]["is_deleted"] = True
    usual = AmoCRM(line, amo.address, {"token": TOKEN})
    (page,) = usual.pages("leads", Cursor())
    assert [item["id"] for item in page.items] == [1, 4]
    assert (page.read, page.skipped, page.gone) == (5, 2, 1)
    chosen = AmoCRM(line, amo.address, {"token": TOKEN}, won=[142, 5001], pipelines=[1])
    assert read(chosen, "leads")[0] == [1, 3]


def test_amocrm_renews_a_key_that_has_run_out_once_and_keeps_it(amo, line):
    amo.add(1, "Альфа")
    kept = []
    given = {
        "client_id": "i", "client_secret": "c", "redirect_uri": "https://kam.example",
        "refresh_token": "refresh-1", "token": "old",
    }  # fmt: skip
    connector = AmoCRM(line, amo.address, given, store=lambda new: kept.append(dict(new)))
    assert read(connector)[0] == [1]
    assert [(new["token"], new["refresh_token"]) for new in kept] == [("token-2", "refresh-2")]
    amo.tokens = set()
    assert code_of(lambda: read(connector)) == "refused.credentials"
    assert len(kept) == 1
    used = AmoCRM(line, amo.address, given)
    assert code_of(lambda: read(used)) == "refused.renewal"


# --- the line -----------------------------------------------------------------------------------


def test_what_passes_is_tried_again_after_the_pause_that_was_asked_for(bitrix, to_bitrix, pauses):
    bitrix.add(1, "Альфа")
    limit = {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"}
    bitrix.faults = [
        Fault(503, limit),
        Fault(429, b"", {"Retry-After": "17"}),
        Fault(200, {"error": "OPERATION_TIME_LIMIT"}),
        Fault(cut=True),
    ]
    assert read(to_bitrix)[0] == [1]
    assert pauses == [2.0, 17.0, 8.0, 16.0]


def test_a_page_instead_of_data_is_tried_again_and_then_told(bitrix, to_bitrix):
    html = Fault(200, b"<html>repair</html>", {"Content-Type": "text/html"})
    bitrix.add(1, "Альфа")
    bitrix.faults = [html]
    assert read(to_bitrix)[0] == [1]
    bitrix.faults = [html] * 5
    assert code_of(lambda: read(to_bitrix)) == "no_json"


def test_five_tries_and_no_more(bitrix, to_bitrix, pauses):
    bitrix.faults = [Fault(503)] * 10
    assert code_of(lambda: read(to_bitrix)) == "server"
    assert len(bitrix.asked) == 5
    assert len(pauses) == 4


def test_a_long_pause_is_left_to_the_next_run(bitrix, to_bitrix, pauses):
    bitrix.faults = [Fault(429, b"", {"Retry-After": "3600"})]
    assert code_of(lambda: read(to_bitrix)) == "busy"
    assert pauses == []


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (401, "expired_token", "refused.credentials"),
        (401, "INVALID_CREDENTIALS", "refused.credentials"),
        (403, "insufficient_scope", "refused.rights"),
        (403, "", "refused.rights"),
        (404, "ERROR_METHOD_NOT_FOUND", "refused.method"),
        (402, "PAYMENT_REQUIRED", "refused.payment"),
        (400, "ERROR_CORE", "said"),
    ],
)
def test_refusals_of_bitrix24_are_told_apart(bitrix, to_bitrix, status, error, code):
    told = {"error": error, "error_description": f"Something about {bitrix.webhook}"}
    bitrix.faults = [Fault(status, told if error else b"")]
    assert code_of(lambda: read(to_bitrix)) == code
    assert len(bitrix.asked) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "refused.credentials"), (402, "refused.payment"), (403, "refused.rights"),
     (404, "refused.method"), (400, "said")],
)  # fmt: skip
def test_refusals_of_amocrm_are_told_apart(amo, to_amo, status, code):
    amo.faults = [Fault(status, {"title": "x", "detail": f"about {TOKEN}"})]
    with pytest.raises(Problem) as problem:
        read(to_amo)
    assert problem.value.code == code
    assert TOKEN not in str(problem.value.params)


@pytest.mark.parametrize(
    "body",
    [{}, {"result": "x"}, {"result": [{"TITLE": "no id"}]}, {"result": [{"ID": "x"}]}, [1, 2]],
)
def test_an_answer_of_another_shape_is_told(bitrix, to_bitrix, body):
    bitrix.faults = [Fault(200, body)]
    assert code_of(lambda: read(to_bitrix)) == "unexpected"


def test_nobody_is_followed_elsewhere(bitrix, to_bitrix):
    bitrix.faults = [Fault(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"})]
    assert code_of(lambda: read(to_bitrix)) == "moved"


def test_an_answer_too_large_is_not_read(bitrix, to_bitrix, monkeypatch):
    monkeypatch.setattr(line_module, "LARGEST", 1000)
    bitrix.faults = [Fault(200, b'{"result": [' + b" " * 5000 + b"]}")]
    assert code_of(lambda: read(to_bitrix)) == "too_large"


def test_a_system_that_is_down_is_told(bitrix, line):
    connector = Bitrix24(line, "http://127.0.0.1:1/rest/1/x")
    assert code_of(lambda: read(connector)) == "unreachable"


def test_requests_keep_the_pace_of_the_system(bitrix, pauses):
    for number in range(1, 121):
        bitrix.add(number, f"Фирма {number}")
    with Line(LOCAL, 0.5, pause=pauses, clock=lambda: 0.0) as slow:
        read(Bitrix24(slow, bitrix.webhook, requisites=False))
    assert pauses == [0.5, 0.5]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "address.not_https"),
        ("ftp://example.com/", "address.malformed"),
        ("https://", "address.malformed"),
        ("https://user@example.com/", "address.malformed"),
        ("https://[::1/", "address.malformed"),
        ("https://127.0.0.1/", "address.private"),
        ("https://127.1/", "address.malformed"),
        ("https://2130706433/", "address.malformed"),
        ("https://0x7f000001/", "address.malformed"),
        ("https://localhost/", "address.private"),
        ("https://10.0.0.1/", "address.private"),
        ("https://169.254.169.254/", "address.private"),
        ("https://[::1]/", "address.private"),
        ("https://[::ffff:10.0.0.1]/", "address.private"),
        ("https://[2002:7f00:1::]/", "address.private"),
        ("https://[64:ff9b::7f00:1]/", "address.private"),
        ("https://nothing.invalid/", "address.unknown"),
    ],
)
def test_private_and_crooked_addresses_are_not_called(url, code):
    with Line(Rules(), 0, pause=lambda _: None) as line, pytest.raises(Problem) as problem:
        line.ask("GET", url)
    assert problem.value.code == code


def test_a_network_that_the_operator_names_may_be_called():
    named = Rules(("10.1.0.0/16",))
    assert addresses_of(target_of("https://10.1.2.3/", named), named) == ["10.1.2.3"]
    with pytest.raises(NotAllowed):
        addresses_of(target_of("https://10.2.0.1/", named), named)
    public = Rules()
    assert addresses_of(target_of("https://93.184.216.34/", public), public) == ["93.184.216.34"]
