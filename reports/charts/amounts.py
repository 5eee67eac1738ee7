"""Amounts as people read them along an axis: round steps, and millions by their word."""

from __future__ import annotations

from math import ceil, floor, log10

# From a thousand up, each a thousand times the one before.
POWERS = {
    "ru": ("", " тыс.", " млн", " млрд", " трлн"),
    "en": ("", "K", "M", "B", "T"),
}
DECIMAL_SIGN = {"ru": ",", "en": "."}
# Thousands begin where four figures end: 9 500 is still read at a glance.
PLAIN_BELOW = 10_000
SMALLEST_STEP = 1e-9
ROUND_STEPS = (1, 2, 2.5, 5, 10)


def power_of(size: float, most: int) -> int:
    """How many times a thousand an amount is told in: 0 for 9 500, 2 for 12 345 678."""
    return min(int(log10(size) // 3), most) if size >= PLAIN_BELOW else 0


def short(value: float, language: str, *, signed: bool = False) -> str:
    """12 345 678 -> "12,3 млн" or "12.3M": three figures at most after the first power."""
    size = abs(value)
    power = power_of(size, len(POWERS[language]) - 1)
    scaled = size / 1000**power
    decimals = 0 if scaled >= 100 or (power == 0 and scaled == int(scaled)) else 1
    if power == 0 and 0 < scaled < 1:
        decimals = 2
    text = f"{scaled:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".").replace(".", DECIMAL_SIGN[language])
    sign = "\N{MINUS SIGN}" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{text}{POWERS[language][power]}"


def ticks(lowest: float, highest: float, count: int = 5) -> list[float]:
    """Round values that span from lowest to highest, zero always among them; about `count`."""
    lowest, highest = min(lowest, 0.0), max(highest, 0.0)
    rough = highest / count - lowest / count
    if rough < SMALLEST_STEP:
        return [0.0]
    magnitude = 10.0 ** floor(log10(rough))
    step = next(s * magnitude for s in ROUND_STEPS if s * magnitude >= rough * (1 - 1e-9))
    return [i * step for i in range(floor(lowest / step), ceil(highest / step) + 1)]
