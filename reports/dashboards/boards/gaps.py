"""Product families that look-alikes buy and a client does not, from the last estimates of room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Client, Potential, ProductFamily
from reports import charts
from reports.charts.frame import in_lines, shortened
from reports.dashboards.portfolio_charts import Chart, currency, day, money, number
from reports.dashboards.portfolio_rows import Column
from reports.datasets import clients_of
from reports.figures.whitespace import Gap, Whitespace, whitespace

from .board import Answer, Behind, Board
from .words import caption, missing

THOUSAND = 1_000
# Clients with most room that are looked at, and what a chart has room for.
LOOKED_AT = 200
CLIENTS, FAMILIES = 12, 6
NAME = 18


@dataclass(frozen=True)
class Found:
    gaps: list[Gap]
    space: Whitespace
    names: dict[int, str]
    as_of: dt.date | None


def found_gaps(board: Board) -> Found:
    """Gaps of the clients with most room; what a client buys less of is no gap."""
    rows = Potential.objects.filter(middle__gt=0)
    if board.asked.filters.narrow:
        rows = rows.filter(client__in=clients_of(board.asked.filters).values("pk"))
    rows = rows.order_by("-middle", "pk").values_list("client_id", "as_of", "reasons")[:LOOKED_AT]
    names = dict(ProductFamily.objects.values_list("pk", "name"))
    gaps, last = [], None
    for client, as_of, reasons in rows:
        last = max(as_of, last or as_of)
        gaps += [
            Gap(client, each["family"], each["buyers"], each["peers"], each["low"], each["high"])
            for each in reasons
            if each["family"] in names and not each["own"] > 0
        ]
    return Found(gaps, whitespace(gaps, CLIENTS, FAMILIES), names, last)


def gaps(board: Board) -> Answer:
    title = _("What clients like them buy and they do not")
    found = found_gaps(board)
    if found.as_of is None:
        why = _("Room to grow has not been estimated for these clients, or there is none.")
        return missing(board, "gaps", title, why)
    if not found.gaps:
        return missing(
            board, "gaps", title,
            _(
                "The clients with room buy of every product family that their look-alikes buy, or "
                "what they buy has no family."
            ),
        )  # fmt: skip
    space, names = found.space, found.names
    first = space.families[0]
    count, room = space.totals[first]
    words = caption(
        ngettext(
            "%(family)s: %(n)s client does not buy what its look-alikes do, room for %(money)s a year",
            "%(family)s: %(n)s clients do not buy what their look-alikes do, room for %(money)s a year",
            count,
        )
        % {"family": names[first], "n": number(count), "money": money(room)},
        _("What could they buy from us too? As estimated on %(day)s") % {"day": day(found.as_of)},
    )
    clients = dict(Client.objects.filter(pk__in=space.clients).order_by().values_list("pk", "name"))
    shown = [client for client in space.clients if client in clients]
    cells = [[space.cells.get((client, family)) for family in space.families] for client in shown]
    figure = charts.grid(
        words,
        [shortened(names[family], NAME) for family in space.families],
        ["\n".join(in_lines(clients[client])) for client in shown],
        [[cell and cell.room for cell in row] for row in cells],
        [[_short(cell) for cell in row] for row in cells],
        [
            [
                _hover(clients[client], names[family], cell)
                for family, cell in zip(space.families, row, strict=True)
            ]
            for client, row in zip(shown, cells, strict=True)
        ],
        upright=True,
        colours=["series-2"] * len(space.families),
        top=max((cell.room for row in cells for cell in row if cell), default=1.0) or 1.0,
    )
    unit = {"currency": currency()}
    return Answer(
        Chart(
            "gaps",
            words.title,
            words.subtitle,
            charts.for_page(figure, right=12),
            {
                "head": [
                    _("Client"), _("Product family"), _("Look-alikes that buy it"),
                    _("Look-alikes"), _("Room a year, %(currency)s") % unit,
                ],
                "rows": [
                    [clients[cell.client], names[cell.family], cell.buyers, cell.peers,
                     round(cell.room, 2)]
                    for row in cells for cell in row if cell
                ],
            },
            note=_(
                "An empty field: the client buys it, or fewer than five look-alikes do. The middle "
                "of the range stands in the field, in thousands of %(currency)s; room is sales, not "
                "profit. The %(n)s clients with most room are looked at."
            )
            % {"n": number(LOOKED_AT), **unit},
            height="tall",
        ),
        [
            {"family": names[family], "clients": space.totals[family][0],
             "room": space.totals[family][1]}
            for family in sorted(space.totals, key=lambda f: -space.totals[f][1])
        ],
        lambda: _behind(found),
    )  # fmt: skip


def _short(cell: Gap | None) -> str:
    """In thousands, so that a field has room for it on a phone."""
    if cell is None:
        return ""
    thousands = cell.room / THOUSAND
    return number(thousands, 0 if thousands >= 1 else 1)


def _hover(client: str, family: str, cell: Gap | None) -> str:
    if cell is None:
        return ""
    return f"{client}, {family}: " + _("%(buyers)s of %(peers)s look-alikes buy it, %(low)s–%(high)s") % {
        "buyers": number(cell.buyers), "peers": number(cell.peers),
        "low": money(cell.low), "high": money(cell.high),
    }  # fmt: skip


def _behind(found: Found) -> Behind:
    gaps_ = sorted(found.gaps, key=lambda gap: (-gap.room, gap.client, gap.family))
    return Behind(
        [
            Column("family", _("Product family"), "text"),
            Column("buyers", _("Look-alikes that buy it"), "count"),
            Column("peers", _("Look-alikes"), "count"),
            Column("low", _("Room a year, from"), "money"),
            Column("high", pgettext("range", "to"), "money"),
        ],
        np.array([gap.client for gap in gaps_], np.int64),
        [
            np.array([found.names[gap.family] for gap in gaps_], dtype=object),
            *(
                np.array([getattr(gap, name) for gap in gaps_], float)
                for name in ("buyers", "peers", "low", "high")
            ),
        ],
    )
