"""A small IMAP server over TLS for tests: one box, one person, and faults on demand."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socketserver
import ssl
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(folder: Path, host: str = "localhost") -> Path:
    """A certificate of the host, signed by itself, with its key: one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=365 * 40))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class _Session(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        box: Box = self.server.box
        self.say("* OK ready")
        for raw in self.rfile:
            tag, _space, command = raw.decode().strip().partition(" ")
            word = command.upper()
            if word.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1")
            elif word.startswith("LOGIN"):
                if command.split(" ", 1)[1] != f'{box.user} "{box.password}"':
                    self.say(f"{tag} NO refused")
                    continue
            elif word.startswith("SELECT"):
                self.say(f"* {len(box.letters)} EXISTS")
            elif word.startswith("UID SEARCH"):
                unread = [str(uid) for uid in sorted(box.letters) if uid not in box.seen]
                self.say(f"* SEARCH {' '.join(unread)}")
            elif word.startswith("UID FETCH"):
                uid = int(re.search(r"FETCH (\d+)", word)[1])
                content = box.letters[uid]
                if "RFC822.SIZE" in word:
                    size = box.sizes.get(uid, len(content))
                    self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {size})")
                else:
                    box.fetched.append(uid)
                    self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n".encode())
                    if uid in box.breaks_at:
                        self.wfile.write(content[: len(content) // 2])
                        box.breaks_at.discard(uid)
                        return  # the line goes dead in the middle
                    self.wfile.write(content)
                    self.say(")")
            elif word.startswith("UID STORE"):
                uid = int(re.search(r"STORE (\d+)", word)[1])
                if uid in box.forgets:
                    box.forgets.discard(uid)
                    return  # before the mark is set
                box.seen.add(uid)
            elif word.startswith("LOGOUT"):
                self.say("* BYE")
                self.say(f"{tag} OK done")
                return
            self.say(f"{tag} OK done")


class Box:
    """letters: uid -> content.  breaks_at: where the line goes dead in the middle of a letter;
    forgets: where it does before the mark; sizes: what the server says of a letter's size."""

    user, password = "kam", "secret word"

    def __init__(self, pem: Path):
        self.letters: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.fetched: list[int] = []
        self.breaks_at: set[int] = set()
        self.forgets: set[int] = set()
        self.sizes: dict[int, int] = {}
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

            def get_request(self):
                plain, address = super().get_request()
                return context.wrap_socket(plain, server_side=True), address

            def handle_error(self, request, client_address):
                """A client that goes away is no fault of the test."""

        self._server = Server(("127.0.0.1", 0), _Session)
        self._server.box = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def add(self, content: bytes) -> int:
        uid = len(self.letters) + 1
        self.letters[uid] = content
        return uid

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
