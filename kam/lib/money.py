"""Money: Decimal with two places, half-up, in the company's currency unless said otherwise."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Rounded half-up to cents.  Source: the rounding rule of Russian accounting documents."""
    return amount.quantize(CENT, ROUND_HALF_UP)
