"""Measures from the headers of invoices and credit notes: one pass, one GROUP BY.

Only the aggregates that the asked measures need are in the statement.  Sums are formed in whole
cents, exact up to 90 trillion, and leave as float64 in the currency.
"""

import datetime as dt

import numpy as np

from . import value
from .reading import AS_OF, CENTS, EPOCH, IS_REVENUE, NO_DAY, Moment, read_columns
from .served import Served

DAYS_PER_MONTH = 30.4375
QUARTERS_TO_BE_REGULAR = 3
# The window of twelve months a year ago may begin at most one quarter before the first invoice.
MONTHS_FOR_GROWTH = 21

_SUM = "coalesce(sum({0}) FILTER (WHERE {1}), 0) / 100"
_NET_CENTS = CENTS.format("net")
_COUNT = "count(*) FILTER (WHERE {0})::float8"


def _aggregates(moment: Moment) -> dict[str, tuple[str, str]]:
    """name -> (SQL, dtype) of everything that can be asked of the headers."""

    def from_day(day: dt.date, until: dt.date | None = None) -> str:
        text = f"date >= '{day}'"
        return f"{text} AND date < '{until}'" if until else text

    year, before = moment.start(12), moment.start(24)
    recent = from_day(year)
    aggregates = {
        "credited": (_SUM.format(_NET_CENTS, f"type = 'credit_note' AND {recent}"), "f8"),
        "net_before": (_SUM.format(_NET_CENTS, from_day(before, year)), "f8"),
        "costed": (_SUM.format(CENTS.format("costed_net"), recent), "f8"),
        "profit": (_SUM.format(CENTS.format("costed_net - cost"), recent), "f8"),
        "costs": (
            _COUNT.format(f"{recent} AND (costed_net <> 0 OR cost <> 0)"),
            "f8",
        ),
        "documents": (_COUNT.format(recent), "f8"),
        "invoiced": (_SUM.format(_NET_CENTS, f"type = 'invoice' AND {recent}"), "f8"),
        "invoices": (_COUNT.format(f"type = 'invoice' AND {recent}"), "f8"),
        "first": (
            f"coalesce(min(date) FILTER (WHERE type = 'invoice') - '{EPOCH}', {NO_DAY})",
            "i4",
        ),
        "last": (
            f"coalesce(max(date) FILTER (WHERE type = 'invoice') - '{EPOCH}', {NO_DAY})",
            "i4",
        ),
    }
    for number in range(8):
        window = from_day(moment.start(3 * number + 3), moment.start(3 * number))
        aggregates[f"quarter{number}"] = (_COUNT.format(f"type = 'invoice' AND {window}"), "f8")
    for number in range(12):
        window = from_day(moment.start(number + 1), moment.start(number))
        aggregates[f"month{number}"] = (_SUM.format(_NET_CENTS, window), "f8")
    return aggregates


_NET = ("invoiced", "credited")  # apart, since credit notes are few and sums cost time
_PROFIT = ("profit", "costs", "documents")
_QUARTERS = tuple(f"quarter{number}" for number in range(4))
_QUARTERS_BEFORE = tuple(f"quarter{number}" for number in range(4, 8))
_MONTHS = tuple(f"month{number}" for number in range(12))
NEEDS: dict[str, tuple[str, ...]] = {
    "revenue": _NET,
    "profit": _PROFIT,
    "profit_cost_share": ("costed", *_NET),
    "regular_profit": (*_PROFIT, *_QUARTERS),
    "average_invoice": ("invoiced", "invoices"),
    "tenure": ("first",),
    "invoices": ("invoices",),
    "growth": (*_NET, "net_before", "first"),
    "volatility": ("first", *_MONTHS),
    "clv": (*_PROFIT, *_NET, "net_before", "first", *_QUARTERS, *_QUARTERS_BEFORE),
    "recency": ("last",),
}
# No window looks further back than this many months, except for the first and the last invoice.
_LOOKS_BACK = {"net_before": 24, "first": None, "last": None} | dict.fromkeys(_QUARTERS_BEFORE, 24)


def totals(
    keys: set[str], moment: Moment, served: Served, more: dict[str, tuple[str, str]]
) -> dict[str, np.ndarray]:
    """What the measures ``keys`` need, by served client: name -> float64 (n,).

    ``first`` and ``last`` are days since EPOCH, NaN for a client never invoiced.  ``more``:
    sums of other measures over the whole history, as (SQL, "f8"), taken in the same pass.
    """
    aggregates = {**_aggregates(moment), **more}
    names = sorted({*more, *(name for key in keys for name in NEEDS[key])})
    if not names:
        return {}
    depths = [None if name in more else _LOOKS_BACK.get(name, 12) for name in names]
    oldest = "" if None in depths else f"AND d.date >= '{moment.start(max(depths))}'"
    columns = read_columns(
        f"SELECT d.client_id, {', '.join(aggregates[name][0] for name in names)}"
        f" FROM accounts_document d"
        f" WHERE {IS_REVENUE.format('d')} AND {AS_OF.format('d')} {oldest}"
        f" GROUP BY d.client_id",
        moment.parameters,
        ("i8", *(aggregates[name][1] for name in names)),
    )
    client_ids, by_name = columns[0], dict(zip(names, columns[1:], strict=True))
    result = {}
    for name, column in by_name.items():
        if name in ("first", "last"):
            bought = column != NO_DAY
            pick = np.minimum if name == "first" else np.maximum
            result[name] = served.extreme(client_ids[bought], column[bought], pick)
        else:
            (result[name],) = served.sums(client_ids, column)
    return result


def ratio(above: np.ndarray, below: np.ndarray, where: np.ndarray) -> np.ndarray:
    """above / below where ``where`` holds, NaN elsewhere."""
    return np.divide(above, below, out=np.full(len(above), np.nan), where=where)


def measure(key: str, total: dict[str, np.ndarray], moment: Moment) -> np.ndarray:
    """One measure from the totals: float64 (n,), NaN = missing."""
    match key:
        case "revenue":
            return total["invoiced"] + total["credited"]
        case "profit":
            unknown = (total["costs"] == 0) & (total["documents"] > 0)
            return np.where(unknown, np.nan, total["profit"])
        case "profit_cost_share":
            net = measure("revenue", total, moment)
            return 100 * ratio(total["costed"], net, net > 0)
        case "regular_profit":
            return np.where(
                _bought_in(_QUARTERS, total) >= QUARTERS_TO_BE_REGULAR,
                measure("profit", total, moment),
                0.0,
            )
        case "average_invoice":
            return ratio(total["invoiced"], total["invoices"], total["invoices"] > 0)
        case "invoices":
            return total["invoices"]
        case "tenure":
            return (moment.number - total["first"]) / DAYS_PER_MONTH
        case "recency":
            return moment.number - total["last"]
        case "growth":
            comparable = _bought_by(total["first"], moment.start(MONTHS_FOR_GROWTH))
            comparable &= total["net_before"] > 0
            change = measure("revenue", total, moment) - total["net_before"]
            return 100 * ratio(change, total["net_before"], comparable)
        case "volatility":
            months = np.stack([total[name] for name in _MONTHS])
            mean = months.mean(axis=0)
            whole = _bought_by(total["first"], moment.start(12)) & (mean > 0)
            return ratio(months.std(axis=0), mean, whole)
        case "clv":
            return np.where(np.isnan(total["first"]), np.nan, _lifetime(total, moment))
    raise KeyError(key)


def _lifetime(total: dict[str, np.ndarray], moment: Moment) -> np.ndarray:
    """Whether clients stay is told by those who bought in as many quarters of the year before."""
    before, now = _bought_in(_QUARTERS_BEFORE, total), _bought_in(_QUARTERS, total)
    there = before > 0
    shares = value.retention(before[there], now[there] > 0, cohorts=5)
    return value.lifetime_value(
        measure("profit", total, moment), measure("growth", total, moment) / 100, shares[now]
    )


def _bought_in(quarters: tuple[str, ...], total: dict[str, np.ndarray]) -> np.ndarray:
    """In how many of these quarters something was invoiced: int64 (n,)."""
    return sum((total[name] > 0).astype(np.int64) for name in quarters)


def _bought_by(first: np.ndarray, day: dt.date) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return first <= (day - EPOCH).days
