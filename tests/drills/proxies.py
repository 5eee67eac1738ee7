"""The proxy of the containers, run for real with addresses of this machine."""

import contextlib
import datetime as dt
import http.client
import shutil
import socket
import ssl
import sys
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kam import processes
from kam.embedded import PROJECT
from kam.servers import keeper

from .containers import Containers
from .house import Answer

CADDY = shutil.which("caddy", path=str(Path(sys.executable).parent)) or shutil.which("caddy")


class Proxy:
    """docker/Caddyfile with addresses of this machine, and a certificate of its own."""

    def __init__(self, house):
        self.port, self.plain, inside = (keeper._free_port() for _ in range(3))
        self.site = f"https://localhost:{self.port}"
        self.house, self.trusted = house, _certificate(house.home)
        text = (PROJECT / "docker" / "Caddyfile").read_text()
        for theirs, ours in (
            ("admin off", f"admin off\n\thttp_port {self.plain}"),
            ("web:8000", f"127.0.0.1:{house.port}"),
            (":2021", f":{inside}"),
        ):
            assert text.count(theirs) == 1, theirs
            text = text.replace(theirs, ours)
        (house.home / "Caddyfile").write_text(text)
        self.containers = Containers(
            house, SITE_URL=self.site, ALLOWED_HOSTS="localhost", PROXY_NETWORK="127.0.0.1/32"
        )

    def start(self) -> None:
        assert CADDY, "caddy is missing; requirements-dev.lock brings it"
        home = self.house.home
        self.house.running["proxy"] = processes.spawn(
            [CADDY, "run", "--adapter", "caddyfile", "--config", str(home / "Caddyfile")],
            log=self.house.log("proxy"),
            env={
                "SITE_URL": self.site,
                "PROXY_TLS": f"tls {home / 'certificate'} {home / 'key'}",
                "HOME": str(home),
            },
            cwd=home,
        )
        self.house.until(self.listens)

    def listens(self) -> bool:
        with contextlib.suppress(OSError), self.connect():
            return True
        return False

    def connect(self, tls: bool = True) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port if tls else self.plain), 60)
        return self.trusted.wrap_socket(line, server_hostname="localhost") if tls else line

    def ask(self, method: str, path: str, body=None, headers=None, tls: bool = True) -> Answer:
        """One request; ``body`` may be an iterator, which is sent in chunks; status 0 where it
        broke."""
        began = time.monotonic()
        line = http.client.HTTPConnection("localhost", self.port if tls else self.plain)
        try:
            line.sock = self.connect(tls)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                line.request(method, path, body, {"Connection": "close", **(headers or {})})
            got = line.getresponse()
            return Answer(
                got.status,
                {name: got.headers.get_all(name) for name in got.headers},
                got.read().decode(errors="replace"),
                time.monotonic() - began,
            )
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, {}, repr(error), time.monotonic() - began)
        finally:
            line.close()


def _certificate(home: Path) -> ssl.SSLContext:
    """Make a certificate of localhost; who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    text = made.public_bytes(serialization.Encoding.PEM)
    (home / "certificate").write_bytes(text)
    (home / "key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return ssl.create_default_context(cadata=text.decode())
