"""amoCRM (Kommo), API v4: companies, and deals that were won.

Read by the time of the last change, each page from where the one before ended: what is changed
while it is read comes again at the end.  Only elements changed within one and the same second are
told apart by pages.
https://www.amocrm.ru/developers: companies, leads, OAuth 2.0, limits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from accounts.connectors.line import Answer, Line
from accounts.connectors.problems import Problem
from accounts.connectors.pulling import Cursor, Found, Item, Page, Shape

INTERVAL = 1 / 7
PAGE = 250
WON = 142
# A second that ended less than so many ago may still get changes.
SETTLED = 5

_STATUS = {401: "refused.credentials", 402: "refused.payment", 403: "refused.rights",
           404: "refused.method"}  # fmt: skip
Store = Callable[[Mapping[str, str]], None]


class AmoCRM:
    """credentials: `token`, which lives long; or `client_id`, `client_secret`, `redirect_uri` and
    `refresh_token`, which is good for one use, with the last `token` it gave.

    store: keeps renewed credentials at once, for the old ones are worth nothing any more.
    won: stages of deals that are orders. pipelines: of these only, empty = of all.
    """

    SHAPES: Mapping[str, Shape] = {
        "companies": Shape("clients", "amocrm.companies", "id"),
        "leads": Shape("documents", "amocrm.deals", "id"),
    }

    def __init__(
        self,
        line: Line,
        address: str,
        credentials: Mapping[str, str],
        *,
        store: Store = lambda credentials: None,
        won: Collection[int] = (),
        pipelines: Collection[int] = (),
    ) -> None:
        self._line = line
        self._address = address.rstrip("/")
        self._credentials = dict(credentials)
        self._store = store
        self._won = frozenset(won or (WON,))
        self._pipelines = frozenset(pipelines)
        self._renewed = False

    def find(self) -> Found:
        """Whom the credentials lead to. Raises Problem."""
        account = self._get("/api/v4/account").body
        if not isinstance(account, dict):
            raise Problem("unexpected")
        page = self._get(f"/api/v4/companies?{urlencode({'limit': PAGE, 'page': 1})}")
        items, more = _items(page, "companies")
        name = str(account.get("name") or urlsplit(self._address).hostname or "")
        return Found(name[:120], len(items), more)

    def pages(self, entity: str, cursor: Cursor) -> Iterator[Page]:
        """Elements changed since the cursor, the longest unchanged first. Raises Problem."""
        start, page = int(cursor.since or 0), int(cursor.at.get("page") or 1)
        seen = {(int(number), int(at)) for number, at in cursor.at.get("seen") or ()}
        before: list[int] = []
        while True:
            asked: dict[str, str | int] = {
                "limit": PAGE,
                "page": page,
                "order[updated_at]": "asc",
            }
            if start:
                # One second more: whether the border itself is inside is nowhere written.
                asked["filter[updated_at][from]"] = start - 1
            answer = self._get(f"/api/v4/{entity}?{urlencode(asked)}")
            items, more = _items(answer, entity)
            marks = [(_whole(item, "id"), _whole(item, "updated_at")) for item in items]
            numbers = [number for number, _ in marks]
            if numbers and numbers == before and page > 1:
                raise Problem("repeats")
            before = numbers
            fresh = [item for item, mark in zip(items, marks, strict=True) if mark not in seen]
            newest = max((at for _, at in marks), default=start)
            if newest < start - 1:
                raise Problem("repeats")
            page = page + 1 if newest <= start else 1
            start = max(start, newest)
            seen = {mark for mark in seen | set(marks) if mark[1] >= start - 1}
            reached = Cursor(str(start), _at(seen, page, more, answer.date))
            yield self._page(entity, fresh, reached, last=not more)
            if not more:
                return

    def _page(self, entity: str, fresh: list[Item], cursor: Cursor, *, last: bool) -> Page:
        there = [item for item in fresh if not item.get("is_deleted")]
        items = there if entity != "leads" else [item for item in there if self._is_won(item)]
        return Page(
            items,
            cursor,
            len(fresh),
            last,
            skipped=len(there) - len(items),
            gone=len(fresh) - len(there),
        )

    def _is_won(self, lead: Item) -> bool:
        right_pipeline = not self._pipelines or lead.get("pipeline_id") in self._pipelines
        return right_pipeline and lead.get("status_id") in self._won

    def _get(self, path: str) -> Answer:
        """An answer of the API; credentials that have run out are renewed once."""
        if not self._credentials.get("token"):
            self._renew()
        answer = self._ask(path)
        if answer.status == 401 and not self._renewed and self._credentials.get("refresh_token"):
            self._renew()
            answer = self._ask(path)
        if answer.status >= 400:
            code = _STATUS.get(answer.status)
            if code is None:
                body = answer.body if isinstance(answer.body, dict) else {}
                said = str(body.get("detail") or body.get("title") or answer.status)
                raise Problem("said", said=self._without_secrets(said))
            raise Problem(code)
        return answer

    def _ask(self, path: str) -> Answer:
        token = self._credentials["token"]
        return self._line.ask(
            "GET", f"{self._address}{path}", headers={"Authorization": f"Bearer {token}"}
        )

    def _renew(self) -> None:
        self._renewed = True
        needed = ("client_id", "client_secret", "refresh_token", "redirect_uri")
        if not all(self._credentials.get(name) for name in needed):
            raise Problem("refused.credentials")
        answer = self._line.ask(
            "POST",
            f"{self._address}/oauth2/access_token",
            sent={name: self._credentials[name] for name in needed}
            | {"grant_type": "refresh_token"},
            once=True,
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status >= 400 or not body.get("access_token") or not body.get("refresh_token"):
            raise Problem("refused.renewal")
        self._credentials |= {
            "token": str(body["access_token"]),
            "refresh_token": str(body["refresh_token"]),
        }
        self._store(self._credentials)

    def _without_secrets(self, text: str) -> str:
        for secret in self._credentials.values():
            text = text.replace(secret, "…") if secret else text
        return text


def _at(seen: set[tuple[int, int]], page: int, more: bool, date: float) -> dict[str, Any]:
    """What of the border is known: between pulls only what cannot change unseen any more."""
    kept = seen if more else {mark for mark in seen if mark[1] < date - SETTLED}
    at: dict[str, Any] = {"seen": sorted(kept)} if kept else {}
    return at | {"page": page} if more else at


def _items(answer: Answer, entity: str) -> tuple[list[Item], bool]:
    """The elements of a page, and whether there is another; 204 is the page after the last."""
    if answer.status == 204 or answer.body is None:
        return [], False
    body = answer.body if isinstance(answer.body, dict) else {}
    embedded, links = body.get("_embedded"), body.get("_links")
    items = embedded.get(entity) if isinstance(embedded, dict) else None
    if not isinstance(items, list):
        raise Problem("unexpected")
    more = isinstance(links, dict) and bool(links.get("next"))
    return [item for item in items if isinstance(item, dict)], more


def _whole(item: Item, name: str) -> int:
    value = item.get(name)
    if not isinstance(value, int):
        raise Problem("unexpected")
    return value
