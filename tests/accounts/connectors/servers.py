"""Bitrix24 and amoCRM as they answer, played by a server of this machine, faults included.

The shapes are those of their documentation; the companies are made up.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SECRET = "s3cr3tw0rd"
TOKEN = "long-lived-token"


class Fault:
    """An answer instead of the right one: ``status``, raw ``body``, ``headers``; or a cut line."""

    def __init__(self, status=200, body=b"", headers=None, cut=False):
        self.status, self.headers, self.cut = status, headers or {}, cut
        self.body = json.dumps(body).encode() if isinstance(body, dict | list) else body


class System:
    """What both have: faults in turn (``None`` = none this time), a clock, a log of requests."""

    def __init__(self):
        self.faults: list[Fault | None] = []
        self.asked: list[str] = []
        self.now = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
        # Called with the number of the request before it is answered.
        self.meanwhile: Callable[[int], None] = lambda number: None
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self._serve()

            do_POST = do_GET

            def log_message(self, *args):
                pass

            def date_time_string(self, timestamp=None):
                return email.utils.format_datetime(outer.now, usegmt=True)

            def _serve(self):
                size = int(self.headers.get("Content-Length") or 0)
                sent = json.loads(self.rfile.read(size)) if size else {}
                with outer._lock:
                    outer.asked.append(self.path)
                    outer.meanwhile(len(outer.asked))
                    fault = outer.faults.pop(0) if outer.faults else None
                    status, body, headers = (
                        (fault.status, fault.body, fault.headers)
                        if fault
                        else outer.answer(self.path, sent, self.headers)
                    )
                if fault and fault.cut:
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"result": [')
                    self.close_connection = True
                    return
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(raw)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path, sent, headers):
        raise NotImplementedError


class Bitrix(System):
    """A portal with companies, requisites and invoices; lists give 50 at once."""

    def __init__(self):
        super().__init__()
        self.companies: dict[int, dict] = {}
        self.requisites: dict[int, dict] = {}
        self.invoices: dict[int, dict] = {}
        self.webhook = f"{self.address}/rest/1/{SECRET}/"

    def add(self, number: int, name: str, inn: str = "", kpp: str | None = None):
        self.companies[number] = {
            "ID": str(number), "TITLE": name, "INDUSTRY": "IT", "REVENUE": None,
            "PHONE": None, "DATE_MODIFY": self._stamp(),
        }  # fmt: skip
        if inn:
            self.requisites[number] = {
                "ID": str(number), "ENTITY_TYPE_ID": "4", "ENTITY_ID": str(number),
                "NAME": "Реквизиты", "RQ_COMPANY_NAME": name, "RQ_COMPANY_FULL_NAME": None,
                "RQ_INN": inn, "RQ_KPP": kpp, "DATE_MODIFY": self._stamp(),
            }  # fmt: skip

    def bill(self, number: int, company: int, amount, stage="DT31_1:N"):
        self.invoices[number] = {
            "id": number, "accountNumber": f"INV-{number}", "companyId": company,
            "opportunity": amount, "currencyId": "RUB", "stageId": stage,
            "begindate": "2026-02-10T00:00:00+03:00", "closedate": None,
            "updatedTime": self._stamp(),
        }  # fmt: skip

    def _stamp(self):
        return self.now.isoformat(timespec="seconds")

    def answer(self, path, sent, headers):
        method = path.rpartition("/")[2].removesuffix(".json")
        if not path.startswith(f"/rest/1/{SECRET}/"):
            return 401, {"error": "INVALID_CREDENTIALS", "error_description": "Invalid"}, {}
        rows, key = {
            "crm.company.list": (self.companies, "ID"),
            "crm.requisite.list": (self.requisites, "ID"),
            "crm.item.list": (self.invoices, "id"),
        }[method]
        found = [row for _, row in sorted(rows.items()) if _fits(row, sent.get("filter", {}))]
        body: dict = {"time": {"start": self.now.timestamp()}}
        if sent.get("start", 0) >= 0:
            body["total"] = len(found)
            if len(found) > 50:
                body["next"] = 50
        select = sent.get("select") or ["*"]
        kept = [{name: row.get(name) for name in select} for row in found[:50]]
        body["result"] = {"items": kept} if key == "id" else kept
        return 200, body, {}


def _fits(row, wanted) -> bool:
    for name, value in wanted.items():
        sign, field = re.match(r"([>=@]*)(\w+)", name).groups()
        if field == "entityTypeId":
            continue
        found = row.get(field)
        if sign == ">" and not int(found) > int(value):
            return False
        if sign == ">=" and not (
            dt.datetime.fromisoformat(found) >= dt.datetime.fromisoformat(value)
        ):
            return False
        if sign == "@" and str(found) not in value:
            return False
        if not sign and str(found) != str(value):
            return False
    return True


class Amo(System):
    """An account with companies and leads; 250 at once, ``limit`` permitting."""

    def __init__(self):
        super().__init__()
        self.companies: dict[int, dict] = {}
        self.leads: dict[int, dict] = {}
        self.tokens = {TOKEN}
        self.refresh = "refresh-1"
        self.page_size = 250

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())

    def add(self, number: int, name: str, inn: str = "", at: int | None = None):
        entity = {"name": name, "entity_type": 2, "vat_id": inn, "kpp": None}
        field = {"field_type": "legal_entity", "values": [{"value": entity}]}
        self.companies[number] = {
            "id": number, "name": name, "updated_at": self.seconds if at is None else at,
            "is_deleted": False, "custom_fields_values": [field] if inn else None,
        }  # fmt: skip

    def deal(self, number: int, company: int, price, status=142, pipeline=1):
        self.leads[number] = {
            "id": number, "price": price, "status_id": status, "pipeline_id": pipeline,
            "created_at": 1_770_000_000, "closed_at": 1_771_000_000, "updated_at": self.seconds,
            "is_deleted": False, "custom_fields_values": None,
            "_embedded": {"companies": [{"id": company}]},
        }  # fmt: skip

    def answer(self, path, sent, headers):
        parts = urlsplit(path)
        if parts.path == "/oauth2/access_token":
            if sent.get("refresh_token") != self.refresh:
                return 400, {"title": "Bad Request", "hint": "Token has been revoked"}, {}
            number = int(self.refresh.partition("-")[2]) + 1
            self.refresh, token = f"refresh-{number}", f"token-{number}"
            self.tokens = {token}
            body = {"access_token": token, "refresh_token": self.refresh, "expires_in": 86_400}
            return 200, body, {}
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"title": "Unauthorized", "status": 401, "detail": "no"}, {}
        if parts.path == "/api/v4/account":
            return 200, {"id": 1, "name": "Северный ветер"}, {}
        return self._page(parts.path.rpartition("/")[2], parse_qs(parts.query))

    def _page(self, entity, query):
        since = int(query.get("filter[updated_at][from]", ["0"])[0])
        page = int(query["page"][0])
        size = min(int(query["limit"][0]), self.page_size)
        rows = {"companies": self.companies, "leads": self.leads}[entity]
        found = sorted(
            (row for row in rows.values() if row["updated_at"] >= since),
            key=lambda row: (row["updated_at"], row["id"]),
        )
        some = found[(page - 1) * size : page * size]
        if not some:
            return 204, b"", {}
        links = {"self": {"href": "…"}}
        if len(found) > page * size:
            links["next"] = {"href": f"{self.address}/api/v4/{entity}?page={page + 1}"}
        return 200, {"_page": page, "_links": links, "_embedded": {entity: some}}, {}
