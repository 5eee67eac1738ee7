"""Why a score is what it is, and why it changed: sums that come out exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import Bools, Floats, column, matrix
from scoring.engine.flip import Flip, flip, lift
from scoring.engine.weights import normalise

__all__ = ["Change", "Flip", "change", "contributions", "difference", "flip", "lift"]


def contributions(ratings: ArrayLike, weights: ArrayLike) -> Floats:
    """Points that each criterion brings to each client: (clients, criteria); a row sums to the score.

    A rating counts with its effective weight, its share of the weight that is rated for that
    client. Missing ratings bring 0; a client without any rating has a row of NaN, as its score.
    """
    w = normalise(weights)
    r = matrix(ratings, len(w))
    rated = np.isfinite(r)
    return _effective(w, rated) * np.where(rated, r, 0.0)


@dataclass(frozen=True, eq=False)
class Change:
    """Points of the change of score, per client and criterion: (clients, criteria).

    from_weights: because weights, or what is rated at all, changed; from_ratings: because ratings
    did. Both summed over criteria are the new score minus the old one. NaN for clients that have
    no score on one of the sides.
    """

    from_weights: Floats
    from_ratings: Floats


def change(
    ratings0: ArrayLike, weights0: ArrayLike, ratings1: ArrayLike, weights1: ArrayLike
) -> Change:
    """Split the change of scores between two runs into weights and ratings.

    Shapley's split for two factors: each factor is given the mean of its effect before and after
    the other one moves, so that nothing is left over and the order of blame does not matter.
    Clients (rows) and criteria (columns) must be the same ones in the same order on both sides; a
    criterion that one version lacks has weight 0 there. Where a rating is missing on one side, its
    effective weight is 0 there and the other side's rating stands in.
    """
    w0, w1 = normalise(weights0), normalise(weights1)
    r0, r1 = matrix(ratings0, len(w0), "ratings0"), matrix(ratings1, len(w1), "ratings1")
    if r0.shape != r1.shape:
        raise ValueError(f"ratings0 and ratings1 differ in shape: {r0.shape} and {r1.shape}")
    rated0, rated1 = np.isfinite(r0), np.isfinite(r1)
    e0, e1 = _effective(w0, rated0), _effective(w1, rated1)
    before = np.where(rated0, r0, np.where(rated1, r1, 0.0))
    after = np.where(rated1, r1, before)
    return Change(
        from_weights=(e1 - e0) * (after + before) / 2,
        from_ratings=(e1 + e0) / 2 * (after - before),
    )


def difference(a: ArrayLike, b: ArrayLike, weights: ArrayLike) -> Change:
    """Why a is above b: points that each criterion puts between them, (criteria,) each.

    from_ratings: because a is rated otherwise; from_weights: because a criterion that only one of
    them is rated on makes the others weigh more for the other one. Together they sum to a's score
    less b's; below zero is what speaks for b. Shapley's split, as in `change`.
    """
    parts = change(column(b, "b")[None], weights, column(a, "a")[None], weights)
    return Change(from_weights=parts.from_weights[0], from_ratings=parts.from_ratings[0])


def _effective(w: Floats, rated: Bools) -> Floats:
    """Weights of what is rated, scaled to sum to 1 per client; NaN where nothing is."""
    covered = rated @ w
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where((covered > 0)[:, None], w * rated / covered[:, None], np.nan)
    return result
