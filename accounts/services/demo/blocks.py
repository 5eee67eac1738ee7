"""Everything about a workspace that can be thought up without a database, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from . import key_growth, ledger, names, shapes, trading
from .calendar import day_number, month_starts
from .words.vocabulary import Words

OWNED_PER_KAM = 38
OWNED_SHARE = 0.72  # of all clients at most: the rest is served without a KAM


def trade_of(words: Words, currency: str) -> shapes.Trade:
    """The words' assortment as arrays.  Prices are in roubles; elsewhere one is a hundredth."""
    factor = 1.0 if currency == "RUB" else 0.01
    counts = [len(family.products) for family in words.families]
    return shapes.Trade(
        family=np.repeat(np.arange(len(counts)), counts),
        price=np.array(
            [price * 100 * factor for family in words.families for _, price in family.products]
        ),
        margin=np.repeat([family.margin for family in words.families], counts),
        cost_known=np.repeat([family.cost_known for family in words.families], counts),
        season=np.array([segment.season for segment in words.segments]),
        segment_shares=np.array([segment.share for segment in words.segments]),
        larger=np.array([segment.larger for segment in words.segments]),
        city_shares=np.array([city.share for city in words.cities]),
        vat_per_cent=words.vat_per_cent,
        price_factor=factor,
    )


@dataclass(frozen=True)
class Block:
    """A block of clients, ready to be written.  Arrays without a comment: one value a client."""

    before: int  # clients in the blocks before it
    clients: shapes.Clients
    who: names.Identities
    owner: np.ndarray  # index into the KAMs, −1 none
    team: np.ndarray  # 0, 1; −1 none
    since: np.ndarray  # membership of the group: first day
    until: np.ndarray  # and first day after it, −1 still a member
    known: np.ndarray  # day on which a prospect was noted down
    documents: ledger.Documents
    lines: ledger.Lines
    payments: ledger.Payments
    payment_number: np.ndarray  # of each payment
    people: names.Contacts
    talks: names.Interactions


class Maker:
    """Makes the blocks of one workspace.

    ``kam_teams`` says for each KAM which of the two teams they work in.  ``key_since`` says of the
    clients that became key, by their place among all, the first whole month as such: they buy more
    from then on, and all else stays as it is without them, to the byte.
    """

    def __init__(
        self,
        words: Words,
        size: shapes.Size,
        trade: shapes.Trade,
        kam_teams: Sequence[int],
        key_since: Mapping[int, int] | None = None,
    ):
        self.words, self.size, self.trade = words, size, trade
        self.kam_teams = np.array(kam_teams)
        self.key_since = key_since or {}
        self.today = day_number(size.as_of)
        self.first_day = int(month_starts(size.as_of, size.months)[0])
        self.numbers = ledger.Numbers()
        self.payments = 0

    def blocks(self) -> Iterator[Block]:
        """All blocks of the workspace, in order."""
        plan = shapes.plan(self.size, self.trade)
        before = 0
        for number, n in enumerate(plan.sizes):
            yield self._make(number, before, n, plan.thinning)
            before += n

    def _make(self, number: int, before: int, n: int, thinning: float) -> Block:
        """Think up one block of clients and all that hangs on them; touches no database.

        Blocks have to come in their order: numbers of documents run on from one to the next.
        """
        rng = np.random.default_rng([self.size.seed, number + 1])
        clients = shapes.make_clients(rng, self.trade, self.size, n, thinning)
        who = names.identities(rng, self.words, clients, before)
        owner, team = self._owners(rng, clients)
        since, until = self._membership_days(rng, clients)
        if self.key_since:
            more = key_growth.more(self.key_since, before, n, self.size)
            clients = replace(clients, more=more)
        documents, lines, payments = trading.make_trading(
            rng, clients, self.trade, self.size, self.numbers
        )
        people = names.contacts(rng, self.words, clients, who, self.today)
        span = (self.first_day, self.today)
        talks = names.interactions(rng, self.words, clients, people, owner >= 0, span)
        payment_number = self.payments + 1 + np.arange(len(payments))
        self.payments += len(payments)
        return Block(
            before=before,
            clients=clients,
            who=who,
            owner=owner,
            team=team,
            since=since,
            until=until,
            known=self.today - rng.integers(10, 300, n),
            documents=documents,
            lines=lines,
            payments=payments,
            payment_number=payment_number,
            people=people,
            talks=talks,
        )

    def _owners(
        self, rng: np.random.Generator, clients: shapes.Clients
    ) -> tuple[np.ndarray, np.ndarray]:
        """Index of the KAM and of the team of each client, −1 none.

        The largest are cared for by a KAM, and some small ones; members of a group go together.
        """
        n = len(clients)
        city_team = np.array([city.team for city in self.words.cities])
        leader = np.arange(n)
        for group in range(clients.group.max() + 1):
            members = np.flatnonzero(clients.group == group)
            leader[members] = members[np.argmax(clients.size[members])]
        team = city_team[clients.city[leader]]
        wanted = min(len(self.kam_teams) * OWNED_PER_KAM * n / self.size.clients, OWNED_SHARE * n)
        weight = clients.size[leader] + rng.normal(0, 0.08, n)[leader]
        cared = np.argsort(-weight, kind="stable")[: int(np.ceil(wanted))]
        owner = np.full(n, -1)
        turn = [0, 0]
        by_team = [np.flatnonzero(self.kam_teams == index) for index in (0, 1)]
        for client in cared[leader[cared] == cared]:
            choice = by_team[team[client]]
            owner[client] = choice[turn[team[client]] % len(choice)]
            turn[team[client]] += 1
        owner = owner[leader]
        nobody = (owner < 0) & (rng.random(n) < 0.04)[leader]
        return owner, np.where(nobody, -1, team)

    def _membership_days(
        self, rng: np.random.Generator, clients: shapes.Clients
    ) -> tuple[np.ndarray, np.ndarray]:
        """From when to when (−1: still) each client belongs to its group.

        Every fourth group has lost a member: it keeps the past and is on its own today."""
        n, span = len(clients), self.today - self.first_day
        bought_later = rng.random(n) < 0.25
        middle = self.first_day + (span * rng.uniform(0.3, 0.7, n)).astype(np.int64)
        since = np.where(bought_later, middle, self.first_day - 60)
        until = np.full(n, -1)
        for group in range(0, clients.group.max() + 1, 4):
            members = np.flatnonzero(clients.group == group)
            if len(members) > 2:
                until[members[-1]] = self.today - span // 6
                since[members[-1]] = self.first_day - 60
        return since, until


def only(block: Block, chosen: np.ndarray) -> Block:
    """The block with what was traded with the ``chosen`` clients (bool, one a client) alone."""
    documents, lines, payments = block.documents, block.lines, block.payments
    kept, paid = chosen[documents.client], chosen[payments.client]
    inside = kept[lines.document]
    few = taken(lines, inside)
    return replace(
        block,
        documents=taken(documents, kept),
        lines=replace(few, document=ledger.renumbered(lines.document, kept)[inside]),
        payments=taken(payments, paid),
        payment_number=block.payment_number[paid],
    )


def taken(columns, chosen):
    """The same dataclass of arrays, with these rows only: a slice, places or a mask."""
    return replace(columns, **{name: values[chosen] for name, values in vars(columns).items()})


def ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The blocks, the next one being made in a thread while the last one is written."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        waiting = maker.submit(next, blocks, None)
        while (block := waiting.result()) is not None:
            waiting = maker.submit(next, blocks, None)
            yield block
