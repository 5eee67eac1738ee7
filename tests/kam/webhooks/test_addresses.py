"""Nothing is sent to private addresses, however they are written, resolved or led to."""

import socket

import pytest

from kam.lib import addresses
from kam.lib.addresses import NotAllowed, UnknownHost, check, target_of
from kam.webhooks import calling
from kam.webhooks.calling import address_rules

from .conftest import Receiver

PUBLIC = "93.184.215.14"


@pytest.fixture
def names(monkeypatch, settings):
    """A name service of our own: name -> its addresses; every name not in it is unknown."""
    settings.WEBHOOK_PORTS = ["443", "8443"]
    known: dict[str, list[str]] = {}
    asked = []

    def look_up(host, port):
        asked.append(host)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in known[host]]

    monkeypatch.setattr(addresses, "look_up", look_up)
    known["asked"] = asked
    return known


HOSTS = [
    # this machine and its neighbours, in every way of writing them
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "2130706433",
    "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.0.0.1.", "127.0.0.01",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:53aa:64c:0:0:80ff:fffe]", "[fe80::1]",
    "[fe80::1%25eth0]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[fec0::1]",
    "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]",
    # names of them, also in letters that are made alike
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1.nip.example",
    "169-254-169-254.sslip.example", "both.example", "metadata.internal",
    "１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "ⓛocalhost", "loc\u00adalhost", "127.0.0.1\u200b",
    # hidden behind a name or a port
    "good.example@127.0.0.1", "good.example:443@127.0.0.1", "127.0.0.1#good.example",
    "good.example:22", "good.example:6379", "good.example:0", "good.example:99999",
    "good.example\\@127.0.0.1", "good.example%00.127.0.0.1", "good.example%2f@127.0.0.1",
    "-good.example", "good_.example", "good..example", ".", "", "[", "[::1", "[127.0.0.1]",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_tricky_hosts_are_refused(host, names):
    names |= {
        "good.example": [PUBLIC],
        "localhost": ["127.0.0.1"],
        "a.localhost": ["::1"],
        "127.0.0.1.nip.example": ["127.0.0.1"],
        "169-254-169-254.sslip.example": ["169.254.169.254"],
        "both.example": [PUBLIC, "10.0.0.1"],
        "metadata.internal": ["fe80::a9fe:a9fe%eth0"],
    }
    with pytest.raises(NotAllowed) as refused:
        check(f"https://{host}/hook", address_rules())
    assert not isinstance(refused.value, UnknownHost), "refused for what it is, not for want of it"
    assert calling.call(f"https://{host}/hook", b"{}", {}).error == "refused"


def test_there_are_enough_tricky_hosts():
    assert len(set(HOSTS)) >= 60


@pytest.mark.parametrize(
    "url",
    [
        "http://good.example/", "ftp://good.example/", "file:///etc/passwd", "gopher://127.0.0.1/",
        "//good.example/", "good.example", "https:good.example", "https:///hook", "javascript:1",
        "https://good.example/a b", "https://good.example/\r\nHost: x", "https://good.example/\x00",
        " https://good.example/", "https://good.example/" + "a" * 2000, "https://good.example/#x",
    ],
)  # fmt: skip
def test_what_is_no_https_address_is_refused(url, names):
    names["good.example"] = [PUBLIC]
    with pytest.raises(NotAllowed):
        check(url, address_rules())


@pytest.mark.parametrize(
    "host",
    ["good.example", "GOOD.example:443", "good.example:8443", PUBLIC, "[2606:2800:21f::1]",
     "пример.рф", "[64:ff9b::5db8:d70e]"],
)  # fmt: skip
def test_public_hosts_are_allowed(host, names):
    names |= {"good.example": [PUBLIC, "2606:2800:21f::1"], "xn--e1afmkfd.xn--p1ai": [PUBLIC]}
    assert check(f"https://{host}/hook?a=1", address_rules()).path == "/hook?a=1"


def test_a_host_without_an_address_is_told_apart(names):
    with pytest.raises(UnknownHost):
        check("https://nowhere.example/", address_rules())
    assert calling.call("https://nowhere.example/", b"", {}).error == "unknown_host"


def test_named_networks_are_allowed_and_no_others(names, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.1.0.0/16", "fd00:1::/32"]
    for host in ("10.1.2.3", "[fd00:1::5]", "[::ffff:10.1.2.3]"):
        check(f"https://{host}/", address_rules())
    for host in ("10.2.0.1", "[fd00:2::5]", "127.0.0.1"):
        with pytest.raises(NotAllowed):
            check(f"https://{host}/", address_rules())


def test_the_host_header_names_the_host_as_it_was_written(settings):
    settings.WEBHOOK_ALLOW_HTTP, settings.WEBHOOK_PORTS = True, []
    assert target_of("https://good.example/", address_rules()).authority == "good.example"
    assert target_of("http://good.example:8080/", address_rules()).authority == "good.example:8080"
    assert (
        target_of("https://[2606:2800:21f::1]:8443/", address_rules()).authority
        == "[2606:2800:21f::1]:8443"
    )


# --- The call itself: it goes where was checked, and nowhere else --------------------------------


def test_a_name_that_turns_private_after_the_check_gains_nothing(
    monkeypatch, receiver: Receiver, settings
):
    """The resolver answers "public" once and "this machine" from then on, where a canary listens."""
    settings.WEBHOOK_ALLOW_HTTP, settings.WEBHOOK_PORTS = True, []
    answers = [PUBLIC]
    dialled = []

    def look_up(host, port):
        address = answers.pop(0) if answers else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address, *rest, **more):
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(addresses, "look_up", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    answer = calling.call(f"http://rebinding.example:{receiver.port}/", b"{}", {})
    assert dialled == [PUBLIC], "looked up once, and called what was checked"
    assert answer.error == "unreachable"
    assert calling.call(f"http://rebinding.example:{receiver.port}/", b"{}", {}).error == "refused"
    assert dialled == [PUBLIC]
    assert receiver.got == []


@pytest.mark.usefixtures("open_network")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status, receiver: Receiver):
    receiver.answers = [(status, {"Location": receiver.url + "/canary"}, b"")]
    answer = calling.call(receiver.url, b"{}", {})
    assert (answer.status, answer.error) == (status, "redirect")
    assert [path for path, _headers, _body in receiver.got] == ["/hook"]


def test_no_proxy_of_the_environment_is_asked(monkeypatch, receiver: Receiver, open_network):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert calling.call(receiver.url, b"{}", {}).arrived
